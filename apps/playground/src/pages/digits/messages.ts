import type { HostArray } from "@hekla/tensor";
import type { ConfigValue } from "@hekla/zoo";
import type { BackendName } from "../../backends.js";

/** Models that the page trains. */
export type ModelId = "mnist-mlp" | "mnist-cnn";
/** Networks that read drawings: those that come with the zoo, and the one trained last. */
export type NetworkId = "mnist-cnn" | "mnist-mlp" | "trained";
export type Settings = Readonly<Record<string, ConfigValue>>;
export type Figures = Readonly<Record<string, number>>;

/** What the page asks of the reader. */
export type ReaderRequest =
  | { readonly kind: "open"; readonly network: Exclude<NetworkId, "trained"> }
  /** Take over the networks that come through the port: `Weights`. */
  | { readonly kind: "listen"; readonly port: MessagePort }
  | { readonly kind: "read"; readonly network: NetworkId; readonly drawing: Drawing };

/** Grey values of the pad, row by row, 0 black to 255 white. */
export interface Drawing {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** What the reader tells the page. */
export type ReaderReport =
  | NetworkReport
  | ReadingReport
  | { readonly kind: "failure"; readonly message: string };

/** A network that is ready to read. */
export interface NetworkReport {
  readonly kind: "network";
  readonly network: NetworkId;
  readonly layers: readonly LayerText[];
  readonly parameters: number;
}

export interface LayerText {
  readonly name: string;
  /** Its class: Conv2D. */
  readonly type: string;
  /** Of one sample. */
  readonly shape: readonly number[];
}

/** What a network makes of a drawing. */
export interface ReadingReport {
  readonly kind: "reading";
  readonly network: NetworkId;
  /** `[28, 28]`, as MNIST's are: what the network sees. */
  readonly picture: Float32Array;
  /** Output of each layer, in the order of `NetworkReport.layers`; the last are the probabilities. */
  readonly activations: readonly Float32Array[];
  /** Time the network took. */
  readonly milliseconds: number;
}

/** What the page asks of a trainer: one of these, then perhaps `stop`. */
export type TrainerRequest =
  | { readonly kind: "probe"; readonly backend: BackendName }
  | TrainRequest
  | { readonly kind: "stop" };

export interface TrainRequest {
  readonly kind: "train" | "time";
  readonly model: ModelId;
  readonly backend: BackendName;
  readonly config: Settings;
  /** Leads to the reader: millions of weights would keep the page busy. */
  readonly reader?: MessagePort;
}

/** What a trainer tells the page. Each work ends with `done` or `failure`. */
export type TrainerReport =
  /** The backend runs here, on this. */
  | { readonly kind: "backend"; readonly hardware: string }
  /** It does not, and why. */
  | { readonly kind: "refused"; readonly reason: string }
  | BeginReport
  | StepReport
  | { readonly kind: "epoch"; readonly epoch: number; readonly figures: Figures }
  | { readonly kind: "unseen"; readonly digits: UnseenReport }
  /** What a step takes once everything is compiled. */
  | { readonly kind: "stepTime"; readonly milliseconds: number }
  | EndReport
  | { readonly kind: "done" }
  | { readonly kind: "failure"; readonly message: string };

export interface BeginReport {
  readonly kind: "begin";
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  readonly trainSamples: number;
}

export interface StepReport {
  readonly kind: "step";
  readonly epoch: number;
  readonly batch: number;
  readonly secondsPerStep: number;
  /** Loss and accuracy, mean over the epoch so far. */
  readonly figures: Figures;
}

/** Digits that no training sees, as the network reads them now. */
export interface UnseenReport {
  /** `[count, 28, 28]`, 0 to 1. */
  readonly pictures: Float32Array;
  readonly truths: readonly number[];
  /** `[count, 10]`. */
  readonly probabilities: Float32Array;
}

/** What a trainer tells the reader: the network as it is now. */
export interface Weights {
  readonly model: ModelId;
  readonly config: Settings;
  /** In the network's order. */
  readonly values: readonly HostArray[];
}

/** How well digits that no training sees are read. */
export interface TestReport {
  readonly accuracy: number;
  readonly loss: number;
  readonly samples: number;
}

export interface EndReport {
  readonly kind: "end";
  readonly test: TestReport;
  readonly seconds: number;
  readonly stopped: boolean;
}
