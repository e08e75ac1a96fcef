import {
  Add,
  Conv2D,
  Dense,
  Flatten,
  GlobalAveragePooling1D,
  input,
  Model,
  Permute,
  Reshape,
  Subtract,
} from "@hekla/layers";
import { DataError } from "@hekla/tensor";

/** What a network that rates actions looks like. */
export interface QNetworkOptions {
  /** `[values]`, or `[channels, height, width]`. */
  readonly observationShape: readonly number[];
  readonly actions: number;
  /** Units of each dense layer. */
  readonly units: number;
  /** Dense layers, all of them behind the convolution where there is one. */
  readonly hiddenLayers: number;
  /** 3x3 filters of the convolution over a grid. */
  readonly filters: number;
  /** Whether values are put together from the value of the state and the advantages of the actions. */
  readonly dueling: boolean;
  readonly seed: number;
}

/**
 * A network that rates all actions at once: observations `[batch, ...observation]` to values
 * `[batch, actions]`. Dense layers with ReLU; for observations on a grid one 3x3 convolution before them.
 * Dueling: `Q(s, a) = V(s) + A(s, a) - mean_a A(s, a)`.
 *
 * @throws DataError for observations of another rank
 * Source: Mnih et al. 2015; the network of Young and Tian 2019 (MinAtar): 16 filters, 128 units; Wang et al.
 * 2016, equation 9.
 */
export function qNetwork(options: QNetworkOptions): Model {
  const { observationShape, actions, units, hiddenLayers, filters, dueling, seed } = options;
  const observations = input(observationShape);
  let features = observations;
  const relu = { activation: "relu", kernelInitializer: "heUniform" } as const;
  if (observationShape.length === 3) {
    features = new Permute([2, 3, 1]).apply(features);
    features = new Conv2D(filters, 3, relu).apply(features);
    features = new Flatten().apply(features);
  } else if (observationShape.length !== 1) {
    throw new DataError(
      `qNetwork: observations do not fit, got [${observationShape}], ` +
        "expected [values] or [channels, height, width]",
    );
  }
  for (let layer = 0; layer < hiddenLayers; layer++) features = new Dense(units, relu).apply(features);
  let values = new Dense(actions, { name: dueling ? "advantages" : "values" }).apply(features);
  if (dueling) {
    const steps = new Reshape([actions, 1]).apply(values);
    const centered = new Subtract().apply([values, new GlobalAveragePooling1D().apply(steps)]);
    values = new Add().apply([new Dense(1, { name: "value" }).apply(features), centered]);
  }
  return new Model(observations, values, { name: "q_network", seed });
}
