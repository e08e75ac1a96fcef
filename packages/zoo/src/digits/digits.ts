import type { Model } from "@hekla/layers";
import { Adam, cosineDecay, type OptimizerBase, RMSprop, type Schedule, SGD } from "@hekla/optim";
import type { DigitReader, EvaluateContext, EvaluateOutcome, TrainContext, TrainOutcome } from "../model.js";
import { trainNetwork } from "../train-network.js";
import { affineAugment } from "./affine-augment.js";
import type { DigitsConfig } from "./digits-config.js";
import { loadDigits, loadTestDigits, withSampleShape } from "./digits-data.js";

const objectives = { loss: "categoricalCrossentropy", metrics: ["accuracy"] } as const;

/** Trains a freshly built network on digits as its config says. */
export async function trainDigits(
  id: string,
  network: Model,
  context: TrainContext<DigitsConfig>,
): Promise<TrainOutcome> {
  const { config } = context;
  const { train, source } = await loadDigits(context.data, config.limit);
  const samples = train.x.shape[0] ?? 0;
  const steps = Math.ceil(Math.floor(samples * (1 - config.validationSplit)) / config.batchSize);
  const { augmentShift: shift, augmentRotation: rotation, augmentScale: scale } = config;
  const augment = affineAugment({ shift, rotation, scale }, [28, 28]);
  return trainNetwork({
    id,
    network,
    context,
    compile: { ...objectives, optimizer: digitsOptimizer(config, steps) },
    x: withSampleShape(train.x, sampleShape(network)),
    y: train.y,
    source,
    samples,
    fit: { validationSplit: config.validationSplit, ...(augment && { augment }) },
  });
}

/** Loss and accuracy on the test digits. */
export async function evaluateDigits({
  model,
  data,
}: EvaluateContext<DigitsConfig>): Promise<EvaluateOutcome> {
  const { test, source } = await loadTestDigits(data);
  if (!model.compileOptions) model.compile({ ...objectives, optimizer: new SGD() });
  const started = performance.now();
  const metrics = await model.evaluate(withSampleShape(test.x, sampleShape(model)), test.y, {
    batchSize: 500,
  });
  return { source, metrics, samples: test.x.shape[0] ?? 0, seconds: (performance.now() - started) / 1000 };
}

/** What every digit model is for. */
export const digitReader: DigitReader = {
  kind: "digit",
  doc: "Reads one picture of a digit.",
  classes: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
  read: (model, images) => model.predict(withSampleShape(images, sampleShape(model)), { batchSize: 500 }),
};

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
