import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Array as JaxArray } from "@jax-js/jax";
import { type PeerDescription, type PreparedCase, serve } from "../src/child.js";
import { biasSize, kernelShape, makeBatch, makeKernel, permute, STREAMS, uniform } from "../src/inputs.js";
import type { Request } from "../src/protocol.js";
import { gemmCase, TRAINING_WORKS, type TrainingWork } from "../src/works.js";
import { installBrowserWorker } from "./browser-worker.js";

// The library looks for Worker while it loads, so that must be there first.
const asked = JSON.parse(process.argv.at(-1)!) as Request;
if (asked.threads > 1) installBrowserWorker(asked.threads);
const jax = await import("@jax-js/jax");
const { blockUntilReady, defaultDevice, init, jit, lax, nn, numpy: np, tree, valueAndGrad } = jax;

type Step = PreparedCase["step"];
type Parameters = JaxArray[];

/** Arguments are consumed in this library: `.ref` where a value is used again. */
function dense(x: JaxArray, kernel: JaxArray, bias: JaxArray): JaxArray {
  return np.matmul(x, kernel).add(bias);
}

function convolution(x: JaxArray, kernel: JaxArray, bias: JaxArray): JaxArray {
  return lax.conv(x, kernel, [1, 1], "SAME").add(bias.reshape([-1, 1, 1]));
}

function maxPool(x: JaxArray): JaxArray {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  return np.max(x.reshape([batch, channels, height / 2, 2, width / 2, 2]), [3, 5]);
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

function crossEntropy(logits: JaxArray, labels: JaxArray): JaxArray {
  return np.mean(np.sum(nn.logSoftmax(logits, -1).mul(labels), -1)).mul(-1);
}

type State = { parameters: Parameters; first: Parameters; second: Parameters; correction: JaxArray };

function sgdStep(state: State, gradients: Parameters): State {
  const parameters = state.parameters.map((value, i) => value.sub(gradients[i]!.mul(0.01)));
  return { ...state, parameters };
}

/** Adam with Keras's defaults; `correction` is [beta1^t, beta2^t]. */
function adamStep(state: State, gradients: Parameters): State {
  const correction = state.correction.mul(np.array([0.9, 0.999]));
  const rate = np
    .sqrt(np.subtract(1, correction.ref.slice(1)))
    .div(np.subtract(1, correction.ref.slice(0)))
    .mul(0.001);
  const first = state.first.map((m, i) => m.mul(0.9).add(gradients[i]!.ref.mul(0.1)));
  const second = state.second.map((v, i) => v.mul(0.999).add(np.square(gradients[i]!).mul(0.001)));
  const parameters = state.parameters.map((value, i) => {
    const change = first[i]!.ref.div(np.sqrt(second[i]!.ref).add(1e-7));
    return value.sub(change.mul(rate.ref));
  });
  rate.dispose();
  return { parameters, first, second, correction };
}

/** The shared first weights; convolution kernels are turned to [outputs, inputs, height, width]. */
function initialState(work: TrainingWork): State {
  const parameters = work.layers.flatMap((layer, index) => {
    const shape = kernelShape(layer);
    const kernel = makeKernel(layer, index);
    const array =
      layer.kind === "dense"
        ? np.array(kernel, { shape })
        : np.array(permute(kernel, shape, [3, 2, 0, 1]), { shape: [3, 2, 0, 1].map((axis) => shape[axis]!) });
    return [array, np.zeros([biasSize(layer)])];
  });
  const adam = work.name === "cnn";
  const zeros = () => (adam ? parameters.map((value) => np.zeros(value.shape)) : []);
  return { parameters, first: zeros(), second: zeros(), correction: np.ones([2]) };
}

function training(work: TrainingWork, batch: number): Step {
  if (work.name === "lstm") throw new Error("the library has no LSTM");
  const network = work.name === "cnn" ? cnn : mlp;
  const update = work.name === "cnn" ? adamStep : sgdStep;
  const { images, labels } = makeBatch(work, batch);
  const x = np.array(images, { shape: [batch, ...work.inputShape] });
  const y = np.array(labels, { shape: [batch, work.outputs] });
  const step = jit((state: State, input: JaxArray, target: JaxArray): [JaxArray, State] => {
    const loss = (parameters: Parameters) => crossEntropy(network(parameters, input), target);
    const [value, gradients] = valueAndGrad(loss)(tree.ref(state.parameters));
    return [value as JaxArray, update(state, gradients as Parameters)];
  });
  let state = initialState(work);
  return async () => {
    const [value, next] = step(state, x.ref, y.ref) as [JaxArray, State];
    state = next;
    await blockUntilReady(state);
    return (await value.data())[0]!;
  };
}

function product(size: number): Step {
  const left = np.array(uniform(STREAMS.left, size * size), { shape: [size, size] });
  const right = np.array(uniform(STREAMS.right, size * size), { shape: [size, size] });
  return async () => (await np.matmul(left.ref, right.ref).data())[0]!;
}

function version(): string {
  const main = createRequire(import.meta.url).resolve("@jax-js/jax");
  const text = readFileSync(join(dirname(main), "..", "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

async function load(request: Request): Promise<PeerDescription> {
  await init("wasm");
  defaultDevice("wasm");
  const cases =
    request.work === "gemm"
      ? request.sizes.map((size) => ({ name: gemmCase(size), prepare: async () => product(size) }))
      : [TRAINING_WORKS[request.work]].map((work) => ({
          name: work.name,
          prepare: async () => training(work, request.batch),
        }));
  const detail = `wasm, ${request.threads} thread(s), jit, channels first`;
  return { version: `@jax-js/jax ${version()}`, detail, cases };
}

await serve(load);
