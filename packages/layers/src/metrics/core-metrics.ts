import { DataError } from "@hekla/tensor";
import { type LossTable, lossFrom } from "../losses/core-losses.js";
import type { LossFunction } from "../losses/loss-function.js";
import { isLossName, type LossName } from "../losses/loss-names.js";
import type { NameOf } from "../named-object.js";
import {
  accuracy,
  binaryAccuracy,
  categoricalAccuracy,
  sparseCategoricalAccuracy,
  sparseTopKCategoricalAccuracy,
  topKAccuracy,
} from "./accuracy.js";
import { type Metric, meanMetric } from "./metric.js";
import { isMetricName, type MetricName, metricNames } from "./metric-names.js";
import { rootMeanSquaredError } from "./root-mean-squared-error.js";

/** A metric with options, as plain JSON: `{ name: "auc", curve: "PR" }`. */
export interface MetricConfig {
  readonly name: NameOf<MetricName | LossName>;
  readonly [option: string]: unknown;
}

/** A name such as "accuracy" or that of a loss, a name with options, a metric, or a function as losses are. */
export type MetricLike = NameOf<MetricName | LossName> | MetricConfig | Metric | LossFunction;

/** Options come from plain JSON: each metric takes its own. */
type Options = Readonly<Record<string, never>>;
type Maker = (options: Options) => Metric;

/** All metrics by name, or some of them. */
export type MetricTable = { readonly [Name in MetricName]?: Maker };

/** Makers whose first argument is an option of this name. */
export const by =
  (first: string, make: (value: never, options: Options) => Metric): Maker =>
  (options) =>
    make(options[first] as never, options);

/** Metrics that every app links, because most use one of them; the others load where a name asks for them. */
export const coreMetrics = {
  accuracy,
  acc: accuracy,
  binaryAccuracy: /* @__PURE__ */ by("threshold", binaryAccuracy),
  categoricalAccuracy,
  sparseCategoricalAccuracy,
  topKAccuracy: /* @__PURE__ */ by("k", topKAccuracy),
  topKCategoricalAccuracy: /* @__PURE__ */ by("k", topKAccuracy),
  sparseTopKCategoricalAccuracy: /* @__PURE__ */ by("k", sparseTopKCategoricalAccuracy),
  rootMeanSquaredError,
} satisfies MetricTable;

/**
 * The metric meant, under the name given; undefined where the tables do not have it. The mean of any loss is a metric by
 * the name of the loss.
 * @throws DataError for an unknown name, or options that the metric refuses
 */
export function metricFrom(metrics: MetricTable, losses: LossTable, like: MetricLike): Metric | undefined {
  if (typeof like === "function") return meanMetric(like.name || "metric", like);
  if (typeof like === "object" && "sums" in like) return like as Metric;
  const { name, ...options } = typeof like === "string" ? { name: like } : like;
  if (isMetricName(name)) {
    const made = metrics[name]?.(options as Options);
    return made && { ...made, name };
  }
  if (isLossName(name)) {
    const loss = lossFrom(losses, like as string | MetricConfig);
    return loss && meanMetric(name, loss);
  }
  throw new DataError(
    `metric: unknown name, got "${name}", expected one of ${metricNames.join(", ")}, or a loss`,
  );
}
