import { gemmFlops, inferenceFlops, trainingFlops } from "./flops.js";
import type { Request } from "./protocol.js";
import type { InferenceWork, TrainingWork, WorkName } from "./works.js";
import { CNN_INFERENCE, DENSE_PRODUCT, type GemmShape, gemmCase, TRAINING_WORKS } from "./works.js";

/** One thing to measure of a work; `gemm` and `cnn-inference` have several. */
export type WorkCase = {
  /** The label in reports and protocol lines. */
  name: string;
  /** Floating-point operations of a step. */
  flops: number;
  /** Samples of a step. */
  samples: number;
  /**
   * Steps, warm-up included, are this many times those asked for: short ones need more for a steady median.
   */
  repeats: number;
} & (
  | { kind: "product"; shape: GemmShape }
  | { kind: "training"; work: TrainingWork }
  | { kind: "inference"; work: InferenceWork }
);

/** What says which cases a run has. */
export type CaseChoice = Pick<Request, "work" | "batch" | "sizes" | "shapes">;

const square = (size: number): GemmShape => ({ rows: size, inner: size, columns: size });

/** Below this many operations, a step is repeated; it is about that of `gemm 512`. */
const LONG = 2 ** 28;

function repeatsFor(flops: number): number {
  return Math.min(20, Math.max(1, Math.round(LONG / flops)));
}

/** The cases of a run in order: those that a peer prepares, and those that a report has rows for. */
export function workCases({ work, batch, sizes, shapes = [DENSE_PRODUCT] }: CaseChoice): WorkCase[] {
  if (work === "gemm")
    return [...sizes.map(square), ...shapes].map((shape) => {
      const flops = gemmFlops(shape);
      const name = gemmCase(shape);
      return { kind: "product", name, flops, samples: shape.rows, repeats: repeatsFor(flops), shape };
    });
  if (work === "cnn-inference")
    return [...new Set([batch, 1])].map((samples) => {
      const flops = inferenceFlops(CNN_INFERENCE.network, samples);
      const name = `${work} ${samples}`;
      return { kind: "inference", name, flops, samples, repeats: repeatsFor(flops), work: CNN_INFERENCE };
    });
  const training = TRAINING_WORKS[work];
  const flops = trainingFlops(training, batch);
  return [{ kind: "training", name: work, flops, samples: batch, repeats: 1, work: training }];
}

/** How a work is called in reports, and how many steps a round has where the command line does not say. */
export const WORK_SETTINGS: Readonly<Record<WorkName, { title: string; batch: number; steps: number }>> = {
  gemm: { title: "float32 products, result read on the host", batch: 1, steps: 20 },
  mlp: { ...settings(TRAINING_WORKS.mlp), steps: 100 },
  cnn: { ...settings(TRAINING_WORKS.cnn), steps: 8 },
  "cnn-inference": { ...settings(CNN_INFERENCE), steps: 20 },
  cae: { ...settings(TRAINING_WORKS.cae), steps: 10 },
  lstm: { ...settings(TRAINING_WORKS.lstm), steps: 20 },
  "si650-lstm": { ...settings(TRAINING_WORKS["si650-lstm"]), steps: 20 },
  "si650-bilstm": { ...settings(TRAINING_WORKS["si650-bilstm"]), steps: 20 },
  "si650-gru": { ...settings(TRAINING_WORKS["si650-gru"]), steps: 20 },
  "si650-lstm-dropout": { ...settings(TRAINING_WORKS["si650-lstm-dropout"]), steps: 20 },
};

function settings({ title, batch }: TrainingWork | InferenceWork): { title: string; batch: number } {
  return { title, batch };
}
