import { sparseCategoricalCrossentropy } from "@hekla/layers";
import { add, logSumExp, mean, multiply, subtract, type Tensor } from "@hekla/tensor";

/**
 * Cross-entropy of logits against class numbers of which a share of the probability is spread over all classes:
 * `(1 - s) (-log p_y) + s mean(-log p)`.
 * Source: Szegedy et al. 2016, section 7; Keras 3 `CategoricalCrossentropy(label_smoothing=s)`, without one-hot labels.
 */
export const smoothedCrossentropy =
  (smoothing: number) =>
  (labels: Tensor, logits: Tensor): Tensor => {
    const sharp = sparseCategoricalCrossentropy(labels, logits, { fromLogits: true });
    const even = subtract(logSumExp(logits, { axes: -1 }), mean(logits, { axes: -1 }));
    return add(multiply(sharp, 1 - smoothing), multiply(even, smoothing));
  };
