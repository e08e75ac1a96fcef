import { GRU, type Layer, LSTM } from "@hekla/layers";
import {
  add,
  broadcastTo,
  HeklaError,
  type HostArray,
  matmul,
  multiply,
  scope,
  sigmoid,
  slice,
  split,
  squeeze,
  stack,
  subtract,
  type Tensor,
  type TensorLike,
  tanh,
  zeros,
} from "@hekla/tensor";

/** Values of the gates and states of a recurrent layer over one sequence, each `[time, units]`. */
export type GateTrace = Readonly<Record<string, HostArray>>;

/**
 * What happens inside an LSTM or a GRU while it reads one sequence.
 *
 * LSTM: input, forget and output gate (0 to 1), candidate, cell state, hidden state. GRU: update and reset gate, candidate, hidden
 * state. No dropout, as in prediction; the layer's activations are Keras's defaults.
 *
 * @param x `[time, features]`.
 * @throws HeklaError for another layer, or one with other activations
 */
export async function gateTrace(layer: Layer, x: Tensor): Promise<GateTrace> {
  const config = layer.getConfig();
  const standard = config["activation"] === "tanh" && config["recurrentActivation"] === "sigmoid";
  if (!standard || !(layer instanceof LSTM || layer instanceof GRU)) {
    throw new HeklaError(`gateTrace: got ${layer.name}, expected an LSTM or a GRU with tanh and sigmoid`);
  }
  const traced = scope(() => {
    const steps = layer instanceof LSTM ? lstmSteps(layer, x) : gruSteps(layer, x);
    const names = Object.keys(steps[0]!);
    return Object.fromEntries(names.map((name) => [name, stack(steps.map((step) => step[name]!))]));
  });
  const entries = Object.entries(traced).map(async ([name, values]) => [
    name,
    { data: await values.data(), shape: values.shape },
  ]);
  return Object.fromEntries(await Promise.all(entries)) as GateTrace;
}

type Step = Readonly<Record<string, Tensor>>;

/** i, f, o = s(x W + h U + b), g = tanh(...), c = f c + i g, h = o tanh(c); the kernel's columns are i, f, g, o. */
function lstmSteps(layer: LSTM, x: Tensor): Step[] {
  const [kernel, recurrent, bias] = layer.weights;
  const { units } = layer;
  let [h, c]: [Tensor, Tensor] = [zeros([1, units]), zeros([1, units])];
  return rowsOf(x).map((row) => {
    const sums = add(add(matmul(row, kernel!), matmul(h, recurrent!)), bias ?? 0);
    const [i, f, g, o] = split(sums, 4, { axis: 1 }) as [Tensor, Tensor, Tensor, Tensor];
    const [input, forget, candidate, output] = [sigmoid(i), sigmoid(f), tanh(g), sigmoid(o)];
    c = add(multiply(forget, c), multiply(input, candidate));
    h = multiply(output, tanh(c));
    return flat({ input, forget, candidate, output, cell: c, hidden: h });
  });
}

/** z, r = s(x W + h U + b), g = tanh(x W + r (h U + b')), h = z h + (1 - z) g; the kernel's columns are z, r, g. */
function gruSteps(layer: GRU, x: Tensor): Step[] {
  const [kernel, recurrent, bias] = layer.weights;
  const { units } = layer;
  const parts = (sums: TensorLike) => split(sums, 3, { axis: 1 }) as [Tensor, Tensor, Tensor];
  const biasRow = (row: number) => (bias ? slice(bias, [row, 0], [1, 3 * units]) : zeros([1, 3 * units]));
  let h = broadcastTo(0, [1, units]);
  return rowsOf(x).map((row) => {
    const [xz, xr, xg] = parts(add(matmul(row, kernel!), biasRow(0)));
    const [hz, hr, hg] = parts(add(matmul(h, recurrent!), biasRow(1)));
    const [update, reset] = [sigmoid(add(xz, hz)), sigmoid(add(xr, hr))];
    const candidate = tanh(add(xg, multiply(reset, hg)));
    h = add(multiply(update, h), multiply(subtract(1, update), candidate));
    return flat({ update, reset, candidate, hidden: h });
  });
}

function rowsOf(x: Tensor): Tensor[] {
  const [time = 0, features = 0] = x.shape;
  return Array.from({ length: time }, (_, at) => slice(x, [at, 0], [1, features]));
}

function flat(step: Step): Step {
  return Object.fromEntries(Object.entries(step).map(([name, value]) => [name, squeeze(value, 0)]));
}
