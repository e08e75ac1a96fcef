import { add, equal, max, maximum, multiply, square, subtract, sum, where } from "@hekla/tensor";
import { type LossFunction, matched, meanOf } from "./loss-function.js";

/**
 * `max(1 - t p, 0)` with labels -1 and 1; labels 0 count as -1. Keras converts a batch whose labels are all 0 or 1;
 * here each label is converted by itself, so that what stands in masked places cannot change the others.
 */
const margins: LossFunction = (t, p) => maximum(subtract(1, multiply(where(equal(t, 0), -1, t), p)), 0);

/** `mean(max(1 - t p, 0))` over the last axis; labels -1 and 1, or 0 and 1. Source: Keras 3 `hinge`. */
export const hinge = meanOf("hinge", margins);

/** `mean(max(1 - t p, 0)^2)` over the last axis; labels as for `hinge`. Source: Keras 3 `squared_hinge`. */
export const squaredHinge = meanOf("squaredHinge", (t, p) => square(margins(t, p)));

/** `max(max((1 - t) p) - sum(t p) + 1, 0)` over the last axis, one-hot. Source: Keras 3 `categorical_hinge`. */
export const categoricalHinge: LossFunction = (yTrue, yPred) => {
  const [t, p] = matched("categoricalHinge", yTrue, yPred);
  const right = sum(multiply(t, p), { axes: -1 });
  const wrong = max(multiply(subtract(1, t), p), { axes: -1 });
  return maximum(add(subtract(wrong, right), 1), 0);
};
