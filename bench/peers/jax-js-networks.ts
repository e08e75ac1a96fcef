import type { Array as JaxTensor } from "@jax-js/jax";
import { makeWeights, permute } from "../src/inputs.js";
import type { TrainingName, TrainingWork } from "../src/works.js";

// Loaded when this module is: what the library looks for must be there before (see jax-js.ts).
const { lax, nn, numpy: np } = await import("@jax-js/jax");

/** A tensor of the library; arguments are consumed by its functions: `.ref` where a value is used again. */
export type JaxArray = JaxTensor;

/** Weights in Keras's order, kernels of convolutions as [outputs, inputs, height, width]. */
export type Parameters = JaxArray[];

/** Logits, or numbers, of a batch. */
export type Network = (parameters: Parameters, x: JaxArray) => JaxArray;

function dense(x: JaxArray, kernel: JaxArray, bias: JaxArray): JaxArray {
  return np.matmul(x, kernel).add(bias);
}

function convolution(
  x: JaxArray,
  kernel: JaxArray,
  bias: JaxArray,
  padding: "SAME" | "VALID" = "SAME",
): JaxArray {
  return lax.conv(x, kernel, [1, 1], padding).add(bias.reshape([-1, 1, 1]));
}

/** A row below and a column to the right. */
const ODD_SIDE: [number, number][] = [
  [0, 0],
  [0, 0],
  [0, 1],
  [0, 1],
];

/** Max pooling by 2 of activations that are not negative, for which zeros are the padding of an odd side. */
function maxPool(x: JaxArray): JaxArray {
  const [batch, channels, side] = x.shape as [number, number, number, number];
  const odd = side % 2;
  const even = odd === 0 ? x : np.pad(x, ODD_SIDE);
  const half = (side + odd) / 2;
  return np.max(even.reshape([batch, channels, half, 2, half, 2]), [3, 5]);
}

function upSampling(x: JaxArray): JaxArray {
  return np.repeat(np.repeat(x, 2, 2), 2, 3);
}

function mlp([k0, b0, k1, b1, k2, b2]: Parameters, x: JaxArray): JaxArray {
  const first = nn.relu(dense(x, k0!, b0!));
  return dense(nn.relu(dense(first, k1!, b1!)), k2!, b2!);
}

function cnn([k0, b0, k1, b1, k2, b2, k3, b3]: Parameters, x: JaxArray): JaxArray {
  const first = maxPool(nn.relu(convolution(x, k0!, b0!)));
  const second = maxPool(nn.relu(convolution(first, k1!, b1!)));
  const flat = second.reshape([second.shape[0]!, -1]);
  return dense(nn.relu(dense(flat, k2!, b2!)), k3!, b3!);
}

function cae(parameters: Parameters, x: JaxArray): JaxArray {
  let value = x;
  for (let layer = 0; layer < 6; layer++) {
    const padding = layer === 5 ? "VALID" : "SAME";
    value = nn.relu(convolution(value, parameters[2 * layer]!, parameters[2 * layer + 1]!, padding));
    value = layer < 3 ? maxPool(value) : upSampling(value);
  }
  return convolution(value, parameters[12]!, parameters[13]!);
}

function missing(what: string): Network {
  return () => {
    throw new Error(what);
  };
}

const NO_LSTM = missing("the library has neither recurrent layers nor a loop that can be differentiated");

/** The networks of the works. */
export const NETWORKS: Readonly<Record<TrainingName, Network>> = {
  mlp,
  cnn,
  cae,
  lstm: NO_LSTM,
  "si650-lstm": NO_LSTM,
  "si650-bilstm": NO_LSTM,
  "si650-gru": NO_LSTM,
  "si650-lstm-dropout": NO_LSTM,
};

/** The shared first weights. */
export function initialParameters(work: TrainingWork): Parameters {
  return work.layers.flatMap((layer, index) =>
    makeWeights(layer, index).map(({ data, shape }) => {
      if (shape.length < 4) return np.array(data, { shape });
      const axes = [3, 2, 0, 1];
      return np.array(permute(data, shape, axes), { shape: axes.map((axis) => shape[axis]!) });
    }),
  );
}
