import type { Model } from "@hekla/layers";
import {
  add,
  type Backend,
  compile,
  type HostArray,
  mean,
  multiply,
  square,
  subtract,
  type Tensor,
  useBackend,
  valueAndGrad,
} from "@hekla/tensor";
import type { ConfigValue, ZooModel } from "@hekla/zoo";

/** What a backend is wanted for. */
export interface ProbedWork {
  readonly model: ZooModel;
  readonly config: Readonly<Record<string, ConfigValue>>;
}

/** Steps of a sequence, or pixels of a side, where a network takes any number. */
const anyLength = 32;
/** Milliseconds that a round should take at most. */
const longestRound = 250;

/**
 * Milliseconds that a step of the model's network takes on a backend, the best of several rounds: forward, gradients of all
 * weights and an update, on a batch of zeros, read at the end of each round. Leaves that backend the current one.
 * @param budget milliseconds after which no further round begins
 */
export async function millisecondsPerStep(
  backend: Backend,
  { model, config }: ProbedWork,
  budget = 700,
): Promise<number> {
  await useBackend(backend);
  const network = model.build(config);
  const step = trainingStep(network);
  const batch = zeroBatch(network, Number(config["batchSize"] ?? 32));
  const round = async (steps: number): Promise<number> => {
    const started = performance.now();
    let loss: Tensor | undefined;
    for (let at = 0; at < steps; at++) loss = step(...batch);
    await loss!.data();
    return (performance.now() - started) / steps;
  };
  try {
    const began = performance.now();
    await round(1); // code and pipelines are made
    let best = await round(1);
    let steps = 1;
    while (performance.now() - began < budget) {
      best = Math.min(best, await round(steps));
      if (best * steps * 2 < longestRound) steps *= 2;
    }
    return best;
  } finally {
    step.dispose();
    for (const weight of network.weights) weight.dispose();
  }
}

function trainingStep(network: Model) {
  const weights = network.trainableWeights;
  return compile((...inputs: Tensor[]): Tensor => {
    const loss = (): Tensor =>
      network
        .applyAll(inputs.length === 1 ? inputs[0]! : inputs, { training: true })
        .map((output) => mean(square(output)))
        .reduce((sum, part) => add(sum, part));
    const { value, grads } = valueAndGrad(loss, weights)();
    for (const [weight, gradient] of grads) weight.assign(subtract(weight, multiply(gradient, 1e-6)));
    return value;
  });
}

function zeroBatch(network: Model, batchSize: number): HostArray[] {
  // A model's own training may take something else than its network does.
  const shapes = network.graph?.inputs.map(({ shape }) => shape) ?? network.inputShapes ?? [];
  return shapes.map(([, ...sizes]) => {
    const shape = [batchSize, ...sizes.map((size) => size ?? anyLength)];
    return { data: new Float32Array(shape.reduce((product, size) => product * size, 1)), shape };
  });
}
