import type { Callback, Model } from "@hekla/layers";
import type { HostArray } from "@hekla/tensor";
import type { ConfigOf, ConfigSchema } from "./config.js";
import type { DigitsProvider } from "./digits-data.js";

/** A named set of values over a model's defaults. */
export interface Preset<S extends ConfigSchema = ConfigSchema> {
  readonly doc: string;
  readonly values: Partial<ConfigOf<S>>;
}

/** Where data comes from; an app says how, a model says what it needs. */
export interface DataProvider {
  readonly digits: DigitsProvider;
}

export interface TrainContext<C> {
  readonly config: C;
  readonly data: DataProvider;
  readonly callbacks?: readonly Callback[];
  /** Ends training after the batch in progress; what was learnt until then is kept. */
  readonly signal?: AbortSignal;
  /** A model file to go on from, with the same config as before: at the epoch after the last one it finished. */
  readonly resume?: { readonly bytes: Uint8Array; readonly source: string };
  /** Told once data and network are ready, before the first step. */
  readonly onReady?: (ready: TrainingReady) => void;
}

export interface TrainingReady {
  readonly model: Model;
  /** Name of the data's origin, for people. */
  readonly source: string;
  readonly trainSamples: number;
  readonly validationSamples: number;
  /** Epochs that a resumed training has behind it, else 0. */
  readonly initialEpoch: number;
}

export interface TrainOutcome extends TrainingReady {
  /** One row an epoch for every metric: loss, accuracy, val_loss, ... */
  readonly history: Readonly<Record<string, readonly number[]>>;
  /** Seconds spent in `fit`, validation included. */
  readonly seconds: number;
  readonly interrupted: boolean;
}

export interface EvaluateContext {
  readonly data: DataProvider;
  readonly model: Model;
}

export interface EvaluateOutcome {
  readonly source: string;
  readonly samples: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly seconds: number;
}

/** A model with its recipe. Methods take values checked by `resolveConfig(model.config, ...)`. */
export interface ZooModel<S extends ConfigSchema = ConfigSchema> {
  readonly id: string;
  readonly title: string;
  readonly doc: string;
  /** What the lecture or paper reports for it. */
  readonly published: string;
  readonly config: S;
  readonly presets: Readonly<Record<string, Preset<S>>>;
  /** Names of the classes that `predict` gives probabilities for. */
  readonly classes: readonly string[];
  /** A fresh, untrained network, not yet compiled. */
  build(config: ConfigOf<S>): Model;
  train(context: TrainContext<ConfigOf<S>>): Promise<TrainOutcome>;
  /** Scores a network on the test part of the data. */
  evaluate(context: EvaluateContext): Promise<EvaluateOutcome>;
  /** Class probabilities `[samples, classes]` for pictures `[samples, 28, 28]` of values 0 to 1. */
  predict(model: Model, images: HostArray): Promise<HostArray>;
}
