import { DivergedError, History, type Model, Pauses } from "@hekla/layers";
import type { OptimizerBase } from "@hekla/optim";
import { DataError, type HostArray, HostRandom, type Tensor, type Variable } from "@hekla/tensor";
import type { TrainContext, TrainOutcome } from "../model.js";
import { type EpochConfig, keepConfig, resumeTraining } from "../train-network.js";
import { DataParallelStep } from "./data-parallel-step.js";

/** The fields that every config of a data-parallel training has. */
export interface DataParallelConfig extends EpochConfig {
  readonly shards: number;
}

/** What a data-parallel training needs besides its context. */
export interface DataParallelPlan<C extends DataParallelConfig> {
  /** Id of the zoo model; stands in the model's file with the config. */
  readonly id: string;
  readonly network: Model;
  readonly context: TrainContext<C>;
  readonly optimizer: OptimizerBase;
  /** Mean loss of samples `[samples, ...]`. */
  readonly loss: (samples: Tensor) => Tensor;
  /** The weights that an epoch changes. Default: all trainable ones in every epoch. */
  readonly weights?: (epoch: number) => readonly Variable[];
  /** Samples to learn from. */
  readonly samples: number;
  /** The samples with these numbers, as a batch. */
  readonly batch: (numbers: Int32Array) => HostArray;
  /** Name of the data's origin. */
  readonly source: string;
  /** Samples held out, and their mean loss after an epoch. */
  readonly validation?: { readonly samples: number; readonly loss: () => number | Promise<number> };
}

/** Steps of an epoch: full batches only, so that all can be cut alike. */
export const fullBatches = (samples: number, batchSize: number): number => Math.floor(samples / batchSize);

/**
 * Trains epoch by epoch, each in an order of its own, by data-parallel steps on `batchSize` samples. What does not fill a
 * batch is left out of an epoch; it is others in each. Callbacks, interruption and resumption are as with `fit`.
 *
 * @throws DataError where the samples fill no batch, or batches cannot be cut into the config's shards; DivergedError once
 * a loss is not finite
 */
export async function trainDataParallel<C extends DataParallelConfig>(
  plan: DataParallelPlan<C>,
): Promise<TrainOutcome> {
  const { id, network, context, optimizer, samples, source, validation } = plan;
  const { epochs, batchSize, shards, seed } = context.config;
  const stepsPerEpoch = fullBatches(samples, batchSize);
  checkBatches(plan, stepsPerEpoch);
  network.compile({ optimizer, loss: "meanSquaredError" }); // for the file: the optimizer's state
  optimizer.build(network.trainableWeights); // for all of them, whichever an epoch begins with
  keepConfig(network, id, context.config);
  const { initialEpoch, initialStep } = context.resume
    ? await resumeTraining(network, optimizer, context.resume, epochs, stepsPerEpoch)
    : { initialEpoch: 0, initialStep: 0 };
  const ready = {
    model: network,
    source,
    trainSamples: samples,
    validationSamples: validation?.samples ?? 0,
    epochs,
    stepsPerEpoch,
    initialEpoch,
    initialStep,
  };
  context.onReady?.(ready);

  const started = performance.now();
  let step: DataParallelStep | undefined;
  let trained: readonly Variable[] | undefined;
  /** The step of an epoch: a new one where other weights are to change. */
  const stepOf = (epoch: number): DataParallelStep => {
    const weights = plan.weights?.(epoch) ?? network.trainableWeights;
    if (step && sameItems(weights, trained)) return step;
    step?.dispose();
    trained = weights;
    step = new DataParallelStep({ network, optimizer, weights, loss: plan.loss, shards });
    return step;
  };
  const history = new History();
  const callbacks = context.callbacks ?? [];
  const stopped = () => context.signal?.aborted === true || network.stopTraining;
  network.stopTraining = false;
  const pauses = new Pauses();
  /** Mean loss of an epoch from step `first` on; undefined if it was ended early. */
  const runEpoch = async (epoch: number, first: number): Promise<number | undefined> => {
    const order = new HostRandom(seed, "shuffle", epoch).permutation(samples);
    const began = performance.now();
    const step = stepOf(epoch);
    let total = 0;
    for (let batch = first; batch < stepsPerEpoch; batch++) {
      if (batch > first && stopped()) return undefined;
      for (const callback of callbacks) await callback.onBatchBegin?.(batch);
      const loss = await step.train(plan.batch(order.subarray(batch * batchSize, (batch + 1) * batchSize)));
      if (!Number.isFinite(loss)) throw new DivergedError(epoch, loss, history);
      total += loss;
      const done = batch + 1 - first;
      const secondsPerStep = (performance.now() - began) / 1000 / done;
      const logs = {
        loss: total / done,
        batch,
        batches: stepsPerEpoch,
        samples: done * batchSize,
        secondsPerStep,
      };
      for (const callback of callbacks) await callback.onBatchEnd?.(batch, logs);
      if (pauses.due()) await pauses.take();
    }
    return total / Math.max(stepsPerEpoch - first, 1);
  };

  for (const callback of callbacks) callback.setModel?.(network);
  for (const callback of callbacks) await callback.onTrainBegin?.();
  try {
    for (let epoch = initialEpoch; epoch < epochs && !stopped(); epoch++) {
      const began = performance.now();
      for (const callback of callbacks) await callback.onEpochBegin?.(epoch);
      const loss = await runEpoch(epoch, epoch === initialEpoch ? initialStep : 0);
      if (loss === undefined) break;
      const logs: Record<string, number> = { loss };
      if (validation) logs["val_loss"] = await validation.loss();
      const seconds = (performance.now() - began) / 1000;
      for (const callback of callbacks) await callback.onEpochEnd?.(epoch, logs);
      history.record(epoch, logs, seconds);
    }
  } finally {
    step?.dispose();
  }
  history.stopped = stopped();
  for (const callback of callbacks) await callback.onTrainEnd?.(history);
  const seconds = (performance.now() - started) / 1000;
  return { ...ready, history: history.history, seconds, interrupted: history.stopped };
}

const sameItems = (a: readonly unknown[], b: readonly unknown[] | undefined): boolean =>
  a.length === b?.length && a.every((item, at) => item === b[at]);

function checkBatches<C extends DataParallelConfig>(
  { id, samples, context }: DataParallelPlan<C>,
  steps: number,
): void {
  const { batchSize, shards } = context.config;
  if (batchSize % shards !== 0) {
    throw new DataError(
      `${id}: got ${batchSize} samples a step, expected a multiple of the ${shards} shards`,
    );
  }
  if (steps > 0) return;
  throw new DataError(`${id}: got ${samples} samples, expected those of a step (${batchSize}) at least`);
}
