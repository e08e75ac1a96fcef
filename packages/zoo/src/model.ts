import type { Callback, Model } from "@hekla/layers";
import type { HostArray } from "@hekla/tensor";
import type { ConfigOf, ConfigSchema } from "./config.js";
import type { DataSource } from "./data-source.js";

/** A named set of values over a model's defaults. */
export interface Preset<S extends ConfigSchema = ConfigSchema> {
  readonly doc: string;
  readonly values: Partial<ConfigOf<S>>;
}

export interface TrainContext<C> {
  readonly config: C;
  readonly data: DataSource;
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
  /** Epochs in all, and steps in each. */
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  /** Epochs that a resumed training has behind it, else 0. */
  readonly initialEpoch: number;
  /** Steps of the next epoch that it has behind it as well. Default 0. */
  readonly initialStep?: number;
}

export interface TrainOutcome extends TrainingReady {
  /** One row an epoch for every metric: loss, accuracy, val_loss, ... */
  readonly history: Readonly<Record<string, readonly number[]>>;
  /** Seconds spent in `fit`, validation included. */
  readonly seconds: number;
  readonly interrupted: boolean;
}

/** A file that comes with a result: a table, a picture, a page. */
export interface Artifact {
  /** Name of the file, with its ending. */
  readonly name: string;
  /** What it shows, in a few words. */
  readonly doc: string;
  readonly content: string | Uint8Array;
}

/** Something for a person to look at. */
export interface Shown {
  /** Lines of plain text, as few as tell the story. */
  readonly text?: string;
  readonly artifacts?: readonly Artifact[];
}

export interface EvaluateContext<C = Readonly<Record<string, number | boolean | string>>> {
  readonly data: DataSource;
  readonly model: Model;
  /** The settings the model was trained with. */
  readonly config: C;
}

export interface EvaluateOutcome extends Shown {
  readonly source: string;
  readonly samples: number;
  /** Every figure, those of `ZooModel.headline` among them. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly seconds: number;
}

/** A file given to a prediction. */
export interface InputFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Reads a file that lies beside it; undefined if there is none of that name, or nowhere to look. */
  beside?(name: string): Promise<Uint8Array | undefined>;
}

export interface PredictContext<C, O> extends EvaluateContext<C> {
  readonly options: O;
  readonly input?: InputFile;
}

export interface Prediction extends Shown {
  readonly text: string;
  /** The same as plain values. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** What a trained model is used for: its own options, and a result to read. */
export interface PredictTask<C = unknown, P extends ConfigSchema = ConfigSchema> {
  readonly kind: "task";
  /** One sentence for help pages. */
  readonly doc: string;
  readonly options: P;
  /** What a file that is given holds; without it no file is taken. */
  readonly input?: string;
  run(context: PredictContext<C, ConfigOf<P>>): Promise<Prediction>;
}

/** A model that reads pictures of digits; how they get to it and are drawn is an app's business. */
export interface DigitReader {
  readonly kind: "digit";
  readonly doc: string;
  /** Names of the classes. */
  readonly classes: readonly string[];
  /** Class probabilities `[samples, classes]` for pictures `[samples, 28, 28]` of values 0 to 1. */
  read(model: Model, images: HostArray): Promise<HostArray>;
}

/** A model with its recipe. Methods take values checked by `resolveConfig(model.config, ...)`. */
export interface ZooModel<S extends ConfigSchema = ConfigSchema, P = DigitReader | PredictTask> {
  readonly id: string;
  readonly title: string;
  readonly doc: string;
  /** What the lecture or paper reports for it, or "" where there is nothing. */
  readonly published: string;
  /** What a sample is, in the plural: "digits", "sentences". */
  readonly samples: string;
  /** Names of the test figures that sum the model up, the most important first: ["accuracy", "loss"]. */
  readonly headline: readonly string[];
  readonly config: S;
  readonly presets: Readonly<Record<string, Preset<S>>>;
  /** A fresh, untrained network, not yet compiled. */
  build(config: ConfigOf<S>): Model;
  train(context: TrainContext<ConfigOf<S>>): Promise<TrainOutcome>;
  /** Scores a network on the test part of the data. */
  evaluate(context: EvaluateContext<ConfigOf<S>>): Promise<EvaluateOutcome>;
  readonly predict: P;
}

/** A zoo model with a task of its own. */
export type TaskModel<S extends ConfigSchema, P extends ConfigSchema> = ZooModel<
  S,
  PredictTask<ConfigOf<S>, P>
>;
