import type { Model } from "@hekla/layers";
import { Adam, cosineDecay, type OptimizerBase, RMSprop, type Schedule, SGD } from "@hekla/optim";
import { DataError, type HostArray } from "@hekla/tensor";
import { affineAugment } from "./affine-augment.js";
import type { DigitsConfig } from "./digits-config.js";
import { loadDigits, withSampleShape } from "./digits-data.js";
import type { EvaluateContext, EvaluateOutcome, TrainContext, TrainOutcome } from "./model.js";

/** Names of the ten classes. */
export const digitClasses: readonly string[] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/** Trains a freshly built network on digits as its config says. */
export async function trainDigits(
  network: Model,
  context: TrainContext<DigitsConfig>,
): Promise<TrainOutcome> {
  const { config, signal } = context;
  const { train, source } = await loadDigits(context.data.digits, config.limit);
  const samples = train.x.shape[0] ?? 0;
  const validationSamples = samples - Math.floor(samples * (1 - config.validationSplit)); // as fit splits
  const trainSamples = samples - validationSamples;
  const steps = Math.ceil(trainSamples / config.batchSize);
  const optimizer = digitsOptimizer(config, steps);
  network.compile({ optimizer, loss: "categoricalCrossentropy", metrics: ["accuracy"] });
  const initialEpoch = context.resume ? await resume(network, optimizer, context.resume, config, steps) : 0;

  const ready = { model: network, source, trainSamples, validationSamples, initialEpoch };
  context.onReady?.(ready);
  const { augmentShift: shift, augmentRotation: rotation, augmentScale: scale } = config;
  const augment = affineAugment({ shift, rotation, scale }, [28, 28]);
  const started = performance.now();
  const { history, stopped } = await network.fit(withSampleShape(train.x, sampleShape(network)), train.y, {
    batchSize: config.batchSize,
    epochs: config.epochs,
    initialEpoch,
    validationSplit: config.validationSplit,
    seed: config.seed,
    callbacks: context.callbacks ?? [],
    ...(signal && { signal }),
    ...(augment && { augment }),
  });
  return { ...ready, history, seconds: (performance.now() - started) / 1000, interrupted: stopped };
}

/** Takes weights and optimizer state over and says how many epochs they have behind them. */
async function resume(
  network: Model,
  optimizer: OptimizerBase,
  file: NonNullable<TrainContext<DigitsConfig>["resume"]>,
  config: DigitsConfig,
  steps: number,
): Promise<number> {
  await network.restore(file.bytes, { source: file.source });
  const [taken = 0] = await optimizer.iterations.data();
  const done = Math.floor(taken / steps);
  if (done < config.epochs) return done;
  throw new DataError(
    `resume: ${file.source} is done, got ${done} finished epochs, expected less than ${config.epochs}`,
  );
}

/** Loss and accuracy on the test digits. */
export async function evaluateDigits({ model, data }: EvaluateContext): Promise<EvaluateOutcome> {
  const { test, source } = await data.digits({ trainSamples: 0 });
  if (!model.compileOptions) {
    model.compile({ optimizer: new SGD(), loss: "categoricalCrossentropy", metrics: ["accuracy"] });
  }
  const started = performance.now();
  const metrics = await model.evaluate(withSampleShape(test.x, sampleShape(model)), test.y, {
    batchSize: 500,
  });
  return { source, metrics, samples: test.x.shape[0] ?? 0, seconds: (performance.now() - started) / 1000 };
}

/** Class probabilities `[samples, 10]` for pictures of 784 values each. */
export async function predictDigits(model: Model, images: HostArray): Promise<HostArray> {
  return model.predict(withSampleShape(images, sampleShape(model)), { batchSize: 500 });
}

/** The optimizer a config describes, for an epoch of `steps` training steps. */
export function digitsOptimizer(config: DigitsConfig, steps: number): OptimizerBase {
  const rate = learningRate(config, steps);
  const { momentum, weightDecay } = config;
  switch (config.optimizer) {
    case "sgd":
      return new SGD(rate, { momentum, weightDecay });
    case "rmsprop":
      return new RMSprop(rate, { momentum, weightDecay });
    case "adam":
      return new Adam(rate, { weightDecay });
  }
}

function learningRate(config: DigitsConfig, steps: number): number | Schedule {
  const { learningRate: highest, schedule, epochs, warmup } = config;
  if (schedule === "constant" && warmup === 0) return highest;
  const warmupSteps = Math.round(warmup * steps);
  const decaySteps = Math.max(epochs * steps - warmupSteps, 1);
  // A decay to all of itself stays where it is: warm-up alone.
  const alpha = schedule === "constant" ? 1 : 0;
  return warmupSteps > 0
    ? cosineDecay(0, decaySteps, { alpha, warmupTarget: highest, warmupSteps })
    : cosineDecay(highest, decaySteps, { alpha });
}

function sampleShape(network: Model): readonly number[] {
  return (network.batchInputShape ?? []).slice(1) as readonly number[]; // cast: only the batch size is unknown
}
