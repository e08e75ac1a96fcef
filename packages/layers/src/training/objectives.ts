import { DataError } from "@hekla/tensor";
import { type LossLike, lossFrom } from "../losses/core-losses.js";
import type { LossFunction } from "../losses/loss-function.js";
import { type MetricLike, metricFrom } from "../metrics/core-metrics.js";
import type { Metric } from "../metrics/metric.js";
import { coreObjectives, type NamedObjectives } from "./named-objectives.js";

/** One for the only output, a list with one for each output, or by the name of the output; null where there is none. */
export type PerOutput<T> = T | readonly (T | null)[] | Readonly<Record<string, T | null>>;

/** What one output is trained for. */
export interface Objective {
  /** Name of the output. */
  readonly name: string;
  readonly loss: LossFunction | undefined;
  /** The loss as it was given. */
  readonly lossLike: LossLike | undefined;
  /** Factor of the loss in the sum over all outputs. */
  readonly weight: number;
  /** Figures that take no sample weights, only masks; then those that do. */
  readonly metrics: readonly Metric[];
  readonly weightedMetrics: readonly Metric[];
  /** Whether all that was named is there; false until what not every app links has loaded. */
  readonly complete: boolean;
}

export interface ObjectiveOptions {
  /** A name such as "categoricalCrossentropy", with options, or a function: for all outputs, or one for each. */
  readonly loss?: PerOutput<LossLike> | undefined;
  /** Factors of the outputs' losses. Default 1. */
  readonly lossWeights?: readonly number[] | Readonly<Record<string, number>> | undefined;
  /** Names such as "accuracy", or metrics; for several outputs lists of them. Default: none. */
  readonly metrics?: readonly MetricLike[] | PerOutput<readonly MetricLike[]> | undefined;
  /** As `metrics`, but sample weights count. Default: none. */
  readonly weightedMetrics?: readonly MetricLike[] | PerOutput<readonly MetricLike[]> | undefined;
}

/** Names of outputs that have none of their own. */
export const numberedOutputs = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `output_${index + 1}`);

/** How many outputs the options tell of: as many as the longest of the lists with an entry for each. */
export function outputsToldOf({ loss, lossWeights, metrics, weightedMetrics }: ObjectiveOptions): number {
  const lists = [metrics, weightedMetrics].filter(
    (given) => Array.isArray(given) && given.some((entry) => entry === null || Array.isArray(entry)),
  );
  return Math.max(
    1,
    ...[loss, lossWeights, ...lists].map((given) => (Array.isArray(given) ? given.length : 1)),
  );
}

/** The value for each output. One alone is for the only output, a loss for all of them. */
function deal<T>(
  what: string,
  given: unknown,
  outputs: readonly string[],
  isOne: (value: unknown) => boolean,
): (T | undefined)[] {
  if (given === undefined) return outputs.map(() => undefined);
  if (isOne(given)) {
    if (outputs.length > 1 && what !== "loss") {
      throw new DataError(
        `compile: ${what} for several outputs, got one, expected one for each of ${outputs.join(", ")}`,
      );
    }
    return outputs.map(() => given as T);
  }
  if (Array.isArray(given)) {
    if (given.length !== outputs.length) {
      throw new DataError(
        `compile: wrong number for ${what}, got ${given.length}, expected one for each of ${outputs.join(", ")}`,
      );
    }
    return given.map((value: T | null) => value ?? undefined);
  }
  if (typeof given !== "object" || given === null) {
    throw new DataError(
      `compile: bad ${what}, got ${String(given)}, expected a list or an object by the names of outputs`,
    );
  }
  const byName = given as Readonly<Record<string, T | null>>;
  const unknown = Object.keys(byName).find((name) => !outputs.includes(name));
  if (unknown !== undefined) {
    throw new DataError(
      `compile: ${what} for an output that is none, got "${unknown}", expected ${outputs.join(", ")}`,
    );
  }
  return outputs.map((name) => (Object.hasOwn(byName, name) ? byName[name] : undefined) ?? undefined);
}

/** Whether it is one loss or metric: a name, a name with options, a function. */
const isSingle = (value: unknown): boolean =>
  typeof value === "string" ||
  typeof value === "function" ||
  (typeof value === "object" && value !== null && !Array.isArray(value) && "name" in value);

/** A flat list of metrics is for the only output. */
const isMetricList = (value: unknown): boolean => Array.isArray(value) && value.every(isSingle);

const listOfMetrics = (given: unknown): readonly MetricLike[] =>
  given === undefined ? [] : Array.isArray(given) ? given : [given as MetricLike];

/**
 * What `compile` is told, by output. Losses and metrics that `named` does not have are left out, and `complete` is false.
 * @throws DataError for unknown names, a wrong number of them, or something else than lists and objects of them
 */
export function objectivesOf(
  options: ObjectiveOptions,
  outputs: readonly string[],
  named: NamedObjectives = coreObjectives,
): readonly Objective[] {
  const never = (): boolean => false;
  const isNumber = (value: unknown): boolean => typeof value === "number";
  const losses = deal<LossLike>("loss", options.loss, outputs, isSingle);
  const weights = deal<number>("lossWeights", options.lossWeights, outputs, isNumber);
  // With several outputs each entry of a list belongs to one of them.
  const one = outputs.length === 1 ? isMetricList : never;
  const metrics = deal<unknown>("metrics", options.metrics, outputs, one);
  const weighted = deal<unknown>("weightedMetrics", options.weightedMetrics, outputs, one);
  return outputs.map((name, index) => {
    const lossLike = losses[index];
    const loss = lossLike === undefined ? undefined : lossFrom(named.losses, lossLike);
    const [plain, weightedMetrics] = [metrics[index], weighted[index]].map((given) =>
      listOfMetrics(given).map((like) => metricFrom(named.metrics, named.losses, like)),
    ) as [(Metric | undefined)[], (Metric | undefined)[]];
    const isMetric = (metric: Metric | undefined): metric is Metric => metric !== undefined;
    return {
      name,
      loss,
      lossLike,
      weight: weights[index] ?? 1,
      metrics: plain.filter(isMetric),
      weightedMetrics: weightedMetrics.filter(isMetric),
      complete:
        (loss !== undefined || lossLike === undefined) && [...plain, ...weightedMetrics].every(isMetric),
    };
  });
}
