import { type Callback, History, type Model } from "@hekla/layers";
import { Adam, cosineDecay } from "@hekla/optim";
import { compile, DataError, type HostArray, type HostRandom, type Tensor } from "@hekla/tensor";
import type { TrainContext, TrainOutcome } from "../model.js";
import { keepConfig } from "../train-network.js";
import { codesOf, codeWindows, firstFrames, framesOf } from "./latent-codes.js";
import { AutoencoderTraining, RollOutTraining, type WithoutLabels } from "./latent-losses.js";
import type { LatentPhysicsConfig } from "./latent-physics.js";
import { partsOf } from "./latent-roll-out.js";
import { mirror, pressureSeries } from "./pressure-series.js";

/**
 * Makes simulations, trains the autoencoder on their frames, then memory and change on the codes of the
 * trained encoder, which stays as it is.
 *
 * @throws DataError for a training to go on from: there are two, and a file holds one optimizer's state
 */
export async function trainLatentPhysics(
  id: string,
  network: Model,
  context: TrainContext<LatentPhysicsConfig>,
): Promise<TrainOutcome> {
  const { config, signal, callbacks = [] } = context;
  if (context.resume) {
    throw new DataError(
      `${id}: cannot go on with a training, got ${context.resume.source}, expected to begin anew: ` +
        "autoencoder and LSTM have an optimizer each, and a file keeps one",
    );
  }
  keepConfig(network, id, config);
  const parts = partsOf(network);
  const { given, horizon, unroll, simulations, validationSimulations, batchSize, learningRate, seed } =
    config;
  const frames = given + Math.max(horizon, unroll);
  const stepsPerEpoch = Math.ceil((simulations * frames) / batchSize);
  const epochs = config.autoencoderEpochs + config.epochs;
  const source = `solver, rising smoke, ${config.grid} x ${config.grid} cells`;
  const counts = { trainSamples: simulations, validationSamples: validationSimulations };
  const ready = { model: network, source, ...counts, epochs, stepsPerEpoch, initialEpoch: 0 };
  context.onReady?.(ready);
  const made = { ...config, frames, signal };
  const { fields } = await pressureSeries({ ...made, part: "train" });
  const heldOut =
    validationSimulations > 0
      ? (await pressureSeries({ ...made, part: "validation", simulations: validationSimulations })).fields
      : undefined;

  const started = performance.now();
  const history = new History();
  const fit = async (
    trained: WithoutLabels,
    x: HostArray | (() => Iterable<readonly [HostArray]>),
    validation: HostArray | undefined,
    [from, to]: readonly [number, number],
  ): Promise<void> => {
    const steps = (to - from) * stepsPerEpoch;
    const warm = { warmupTarget: learningRate, warmupSteps: Math.min(50, steps) };
    trained.compile({ optimizer: new Adam(cosineDecay(0, steps, warm), { globalClipNorm: 1 }) });
    const score = validation && scorer(trained, validation, batchSize);
    const options = {
      epochs: to,
      initialEpoch: from,
      seed,
      stepsPerEpoch,
      callbacks: [handedOn(callbacks, network, trained, score)],
      ...(signal && { signal }),
    };
    const own =
      typeof x === "function"
        ? await trained.fit(x, options)
        : await trained.fit(x, null, { ...options, batchSize, augment: mirrorSome });
    own.epoch.forEach((epoch, at) => {
      const row = Object.entries(own.history).map(([name, values]) => [name, values[at]!]);
      history.record(epoch, Object.fromEntries(row), own.seconds[at]!);
    });
    history.stopped = own.stopped;
  };
  for (const one of callbacks) one.setModel?.(network);
  for (const one of callbacks) await one.onTrainBegin?.();
  const both = new AutoencoderTraining(parts.encoder, parts.decoder);
  await fit(both, framesOf(fields), heldOut && framesOf(heldOut), [0, config.autoencoderEpochs]);
  if (!history.stopped) {
    const window = { frames: given + unroll, batchSize, seed };
    const codes = [await codesOf(parts.encoder, fields), await codesOf(parts.encoder, fields, mirror)];
    const heldOutCodes = heldOut && firstFrames(await codesOf(parts.encoder, heldOut), window.frames);
    const rollOut = new RollOutTraining(parts, given);
    await fit(rollOut, () => codeWindows(codes, window), heldOutCodes, [config.autoencoderEpochs, epochs]);
  }
  for (const one of callbacks) await one.onTrainEnd?.(history);
  const seconds = (performance.now() - started) / 1000;
  return { ...ready, history: history.history, seconds, interrupted: history.stopped };
}

/** Shows half of the fields in a mirror (left and right): smoke rises there by the same laws. */
function mirrorSome(batch: Float32Array, shape: readonly number[], random: HostRandom): void {
  const length = batch.length / shape[0]!;
  for (let from = 0; from < batch.length; from += length) {
    if (random.uniform() < 0.5) mirror(batch.subarray(from, from + length), shape.at(-1)!);
  }
}

/** What scores samples by the loss that a network is trained for. */
function scorer(trained: WithoutLabels, { data, shape }: HostArray, batchSize: number) {
  const [samples = 0, ...rest] = shape;
  const length = data.length / samples;
  const loss = compile((batch: Tensor) => trained.loss(batch));
  return async (): Promise<number> => {
    let sum = 0;
    for (let from = 0; from < samples; from += batchSize) {
      const to = Math.min(from + batchSize, samples);
      const batch = { data: data.subarray(from * length, to * length), shape: [to - from, ...rest] };
      sum += (await loss(batch).data())[0]! * (to - from);
    }
    return sum / samples;
  };
}

/** Tells callbacks of `network` about the training of a part of it, validation added. */
function handedOn(
  callbacks: readonly Callback[],
  network: Model,
  trained: Model,
  score: (() => Promise<number>) | undefined,
): Callback {
  return {
    async onEpochBegin(epoch) {
      for (const one of callbacks) await one.onEpochBegin?.(epoch);
    },
    async onBatchBegin(batch) {
      for (const one of callbacks) await one.onBatchBegin?.(batch);
    },
    async onBatchEnd(batch, logs) {
      for (const one of callbacks) await one.onBatchEnd?.(batch, logs);
      trained.stopTraining ||= network.stopTraining;
    },
    async onEpochEnd(epoch, logs) {
      if (score) logs["val_loss"] = await score();
      for (const one of callbacks) await one.onEpochEnd?.(epoch, logs);
      trained.stopTraining ||= network.stopTraining;
    },
    onDiverged: (error) => callbacks.map((one) => one.onDiverged?.(error) ?? false).includes(true),
  };
}
