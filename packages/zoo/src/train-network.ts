import type { Batches, CompileOptions, FitOptions, Model, ModelData } from "@hekla/layers";
import type { OptimizerBase } from "@hekla/optim";
import { DataError } from "@hekla/tensor";
import type { ConfigValue } from "./config.js";
import type { TrainContext, TrainOutcome } from "./model.js";

/** What a training needs besides its context. */
export interface TrainingPlan<C> {
  /** Id of the zoo model; stands in the model's file with the config. */
  readonly id: string;
  readonly network: Model;
  readonly context: TrainContext<C>;
  readonly compile: CompileOptions & { readonly optimizer: OptimizerBase };
  /** Samples, or batches of them with their labels, which begin anew for every epoch by its number. */
  readonly x: ModelData | Batches;
  /** Labels of samples. */
  readonly y?: ModelData;
  /** Name of the data's origin. */
  readonly source: string;
  /** Samples in `x`, those that `fit` holds out included. */
  readonly samples: number;
  /** Steps of an epoch of batches. Default: as many as samples fill. */
  readonly steps?: number;
  /** Whatever else `fit` takes: validationData, validationSplit, shuffle, augment, callbacks of the model's own, ... */
  readonly fit?: Omit<
    FitOptions,
    "batchSize" | "epochs" | "initialEpoch" | "initialStep" | "seed" | "signal"
  >;
}

/** The fields that every config of an epoch by epoch training has. */
export interface EpochConfig {
  readonly epochs: number;
  readonly batchSize: number;
  readonly seed: number;
}

/** Compiles, resumes where that is asked for, fits, and tells how it went. */
export async function trainNetwork<C extends EpochConfig>(plan: TrainingPlan<C>): Promise<TrainOutcome> {
  const { network, context, source, samples } = plan;
  const { config, signal } = context;
  network.compile(plan.compile);
  keepConfig(network, plan.id, config);
  const split = plan.fit?.validationSplit ?? 0;
  const validationSamples = samples - Math.floor(samples * (1 - split)); // as fit splits
  const trainSamples = samples - validationSamples;
  const stepsPerEpoch = plan.steps ?? Math.ceil(trainSamples / config.batchSize);
  const { initialEpoch, initialStep } = context.resume
    ? await resumeTraining(network, plan.compile.optimizer, context.resume, config.epochs, stepsPerEpoch)
    : { initialEpoch: 0, initialStep: 0 };
  const { epochs, batchSize, seed } = config;
  const ready = {
    model: network,
    source,
    trainSamples,
    validationSamples,
    epochs,
    stepsPerEpoch,
    initialEpoch,
    initialStep,
  };
  context.onReady?.(ready);
  const started = performance.now();
  const options: FitOptions = {
    ...plan.fit,
    batchSize,
    epochs,
    initialEpoch,
    initialStep,
    seed,
    callbacks: [...(plan.fit?.callbacks ?? []), ...(context.callbacks ?? [])],
    ...(signal && { signal }),
  };
  const { history, stopped } =
    plan.y === undefined
      ? await network.fit(plan.x as Batches, options) // cast: samples come with labels
      : await network.fit(plan.x as ModelData, plan.y, options);
  return { ...ready, history, seconds: (performance.now() - started) / 1000, interrupted: stopped };
}

/** Notes in the model's file which zoo model it is and how it was trained. */
export function keepConfig(network: Model, id: string, config: object): void {
  network.attachments = { ...network.attachments, zoo: { id, config } };
}

/** The settings that `keepConfig` noted, or nothing for other files. */
export function keptConfig(
  network: Model,
): { readonly id: string; readonly config: Record<string, ConfigValue> } | undefined {
  return network.attachments["zoo"] as ReturnType<typeof keptConfig>; // cast: written by keepConfig
}

/** Takes weights and optimizer state over and says how many epochs, and steps of the next one, they have behind them. */
export async function resumeTraining(
  network: Model,
  optimizer: OptimizerBase,
  file: NonNullable<TrainContext<unknown>["resume"]>,
  epochs: number,
  stepsPerEpoch: number,
): Promise<{ readonly initialEpoch: number; readonly initialStep: number }> {
  await network.restore(file.bytes, { source: file.source });
  const [taken = 0] = await optimizer.iterations.data();
  const done = Math.floor(taken / stepsPerEpoch);
  if (done < epochs) return { initialEpoch: done, initialStep: taken % stepsPerEpoch };
  throw new DataError(
    `resume: ${file.source} is done, got ${done} finished epochs, expected less than ${epochs}`,
  );
}
