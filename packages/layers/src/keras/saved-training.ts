import type { LossLike } from "../losses/index.js";
import type { MetricLike } from "../metrics/index.js";
import type { CompileOptions } from "../training/training.js";

/** Names, with options if there are any, in the structure that `compile` got; null for functions and objects. */
export type Saved<T> =
  | Exclude<T, object>
  | { readonly name: string }
  | null
  | readonly Saved<T>[]
  | { readonly [output: string]: Saved<T> };

/** How a saved model was compiled; null stands for a function of the user's, which no file can keep. */
export interface SavedTraining {
  readonly optimizer: Readonly<Record<string, unknown>>;
  readonly loss: Saved<LossLike>;
  readonly lossWeights?: CompileOptions["lossWeights"];
  readonly metrics: Saved<MetricLike>;
  readonly weightedMetrics?: Saved<MetricLike>;
}

/** What JSON can keep of losses or metrics. */
function saved<T>(value: unknown): Saved<T> {
  if (Array.isArray(value)) return value.map((item) => saved<T>(item));
  if (typeof value !== "object" || value === null)
    return typeof value === "string" ? (value as Saved<T>) : null;
  if (Object.values(value).some((item) => typeof item === "function")) return null;
  if ("name" in value) return value as Saved<T>;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, saved<T>(item)]));
}

/** How a model was compiled, as files keep it. */
export function savedTraining(options: CompileOptions): SavedTraining {
  const { optimizer, loss, lossWeights, metrics = [], weightedMetrics } = options;
  return {
    optimizer: optimizer.getConfig(),
    loss: holdsFunction(loss) ? null : saved(loss),
    metrics: saved(metrics),
    ...(lossWeights && { lossWeights }),
    ...(weightedMetrics && { weightedMetrics: saved<MetricLike>(weightedMetrics) }),
  };
}

/** Whether a loss, or that of an output among several, is a function: one that was left out would change training. */
const holdsFunction = (loss: unknown): boolean =>
  typeof loss === "function" ||
  (typeof loss === "object" && loss !== null && Object.values(loss).some(holdsFunction));

/** Metrics of a file as `compile` takes them: without those that were functions. */
export function namedMetrics(given: unknown, outputs: number): unknown {
  const named = (value: unknown): unknown =>
    Array.isArray(value) ? value.filter((item) => item !== null).map(named) : value;
  if (given === null || given === undefined) return undefined;
  if (Array.isArray(given) && outputs > 1) return given.length > 0 ? given.map(named) : undefined;
  if (Array.isArray(given) || typeof given !== "object" || "name" in given) return named(given);
  return Object.fromEntries(Object.entries(given).map(([output, metrics]) => [output, named(metrics)]));
}
