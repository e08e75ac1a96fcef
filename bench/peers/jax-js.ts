import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { outputsCheck, type PeerDescription, type Step, serve } from "../src/child.js";
import { makeBatch, STREAMS, uniform } from "../src/inputs.js";
import type { Request } from "../src/protocol.js";
import type { GemmShape, InferenceWork, TrainingWork } from "../src/works.js";
import { installBrowserWorker } from "./browser-worker.js";
import type { JaxArray, Parameters } from "./jax-js-networks.js";

// The library looks for Worker while it loads, so that must be there first.
const asked = JSON.parse(process.argv.at(-1)!) as Request;
if (asked.threads > 1) installBrowserWorker(asked.threads);
const jax = await import("@jax-js/jax");
const { initialParameters, NETWORKS } = await import("./jax-js-networks.js");
const { blockUntilReady, defaultDevice, init, jit, nn, numpy: np, tree, valueAndGrad } = jax;

type Loss = (outputs: JaxArray, targets: JaxArray) => JaxArray;

const LOSSES: Readonly<Record<TrainingWork["loss"], Loss>> = {
  categoricalCrossentropy: (logits, labels) =>
    np.mean(np.sum(nn.logSoftmax(logits, -1).mul(labels), -1)).mul(-1),
  binaryCrossentropy: (logits, labels) => np.mean(nn.softplus(logits.ref).sub(logits.mul(labels))),
  meanSquaredError: (outputs, targets) => np.mean(np.square(outputs.sub(targets))),
};

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

function initialState(work: TrainingWork): State {
  const parameters = initialParameters(work);
  const zeros = () => (work.optimizer === "adam" ? parameters.map((value) => np.zeros(value.shape)) : []);
  return { parameters, first: zeros(), second: zeros(), correction: np.ones([2]) };
}

function training(work: TrainingWork, batch: number): Step {
  const network = NETWORKS[work.name];
  const update = work.optimizer === "adam" ? adamStep : sgdStep;
  const { images, imagesShape, labels, labelsShape } = makeBatch(work, batch);
  const x = np.array(images, { shape: imagesShape });
  const y = np.array(labels, { shape: labelsShape });
  const step = jit((state: State, input: JaxArray, target: JaxArray): [JaxArray, State] => {
    const loss = (parameters: Parameters) => LOSSES[work.loss](network(parameters, input), target);
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

function inference({ network }: InferenceWork, batch: number): Step {
  const { images, imagesShape } = makeBatch(network, batch);
  const x = np.array(images, { shape: imagesShape });
  const parameters = initialParameters(network);
  const run = jit((weights: Parameters, input: JaxArray) =>
    nn.softmax(NETWORKS[network.name](weights, input), -1),
  );
  return async () => {
    const outputs = run(tree.ref(parameters), x.ref) as JaxArray;
    return outputsCheck(await outputs.data(), network.outputs);
  };
}

function product({ rows, inner, columns }: GemmShape): Step {
  const left = np.array(uniform(STREAMS.left, rows * inner), { shape: [rows, inner] });
  const right = np.array(uniform(STREAMS.right, inner * columns), { shape: [inner, columns] });
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
  const detail = `wasm, ${request.threads} thread(s), jit, channels first`;
  return { version: `@jax-js/jax ${version()}`, detail, training, inference, product };
}

await serve(load);
