import { coreLosses, type LossTable } from "../losses/core-losses.js";
import { coreMetrics, type MetricTable } from "../metrics/core-metrics.js";

/** Losses and metrics that names stand for. */
export interface NamedObjectives {
  readonly losses: LossTable;
  readonly metrics: MetricTable;
}

/** Those that every app links. */
export const coreObjectives: NamedObjectives = { losses: coreLosses, metrics: coreMetrics };
