import { DataError } from "@hekla/tensor";
import { type LossFunction, type LossLike, resolveLoss } from "./losses/index.js";
import { type Metric, type MetricLike, resolveMetric } from "./metrics/index.js";

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
}

export interface ObjectiveOptions {
  /** A name such as "categoricalCrossentropy", with options, or a function; for several outputs one each. */
  readonly loss?: PerOutput<LossLike>;
  /** Factors of the outputs' losses. Default 1. */
  readonly lossWeights?: readonly number[] | Readonly<Record<string, number>>;
  /** Names such as "accuracy", or metrics; for several outputs lists of them. Default: none. */
  readonly metrics?: readonly MetricLike[] | PerOutput<readonly MetricLike[]>;
  /** As `metrics`, but sample weights count. Default: none. */
  readonly weightedMetrics?: readonly MetricLike[] | PerOutput<readonly MetricLike[]>;
}

/** Whether it is `{ name, ...options }` of a loss or metric rather than something by the name of the output. */
const isNamed = (value: object): boolean => "name" in value;

/** The value for each output. */
function deal<T>(
  what: string,
  given: unknown,
  outputs: readonly string[],
  isOne: (value: unknown) => boolean,
): (T | undefined)[] {
  if (given === undefined) return outputs.map(() => undefined);
  if (isOne(given)) {
    if (outputs.length > 1) {
      throw new DataError(
        `compile: ${what} for several outputs, got one, expected one for each of ${outputs.join(", ")}`,
      );
    }
    return [given as T];
  }
  if (Array.isArray(given)) {
    if (given.length !== outputs.length) {
      throw new DataError(
        `compile: wrong number for ${what}, got ${given.length}, expected one for each of ${outputs.join(", ")}`,
      );
    }
    return given.map((value: T | null) => value ?? undefined);
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

const isLoss = (value: unknown): boolean =>
  typeof value === "string" ||
  typeof value === "function" ||
  (typeof value === "object" && value !== null && !Array.isArray(value) && isNamed(value));

const isMetric = (value: unknown): boolean =>
  typeof value === "string" ||
  typeof value === "function" ||
  (typeof value === "object" && value !== null && !Array.isArray(value) && isNamed(value));

/** A flat list of metrics is for the only output. */
const isMetricList = (value: unknown): boolean => Array.isArray(value) && value.every(isMetric);

const metricList = (given: unknown): readonly Metric[] =>
  given === undefined
    ? []
    : (Array.isArray(given) ? given : [given]).map((like: MetricLike) => resolveMetric(like));

/**
 * What `compile` is told, by output.
 * @throws DataError for unknown names, or a wrong number of them
 */
export function objectivesOf(options: ObjectiveOptions, outputs: readonly string[]): readonly Objective[] {
  const never = (): boolean => false;
  const isNumber = (value: unknown): boolean => typeof value === "number";
  const losses = deal<LossLike>("loss", options.loss, outputs, isLoss);
  const weights = deal<number>("lossWeights", options.lossWeights, outputs, isNumber);
  // With several outputs each entry of a list belongs to one of them.
  const one = outputs.length === 1 ? isMetricList : never;
  const metrics = deal<unknown>("metrics", options.metrics, outputs, one);
  const weighted = deal<unknown>("weightedMetrics", options.weightedMetrics, outputs, one);
  return outputs.map((name, index) => ({
    name,
    loss: losses[index] === undefined ? undefined : resolveLoss(losses[index]),
    lossLike: losses[index],
    weight: weights[index] ?? 1,
    metrics: metricList(metrics[index]),
    weightedMetrics: metricList(weighted[index]),
  }));
}
