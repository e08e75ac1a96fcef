import {
  add,
  cast,
  ceil,
  clip,
  coordinate,
  DataError,
  greater,
  maximum,
  multiply,
  notEqual,
  oneHot,
  ones,
  reshape,
  ShapeError,
  scatterAdd,
  scope,
  slice,
  sum,
  type Tensor,
  tensor,
  topK,
  where,
} from "@hekla/tensor";
import { matched } from "../losses/loss-function.js";
import { asFloats, type Metric, weighted } from "./metric.js";

/** Thresholds in ascending order; a prediction is positive where it is larger than one. */
export interface Thresholds {
  readonly values: readonly number[];
  /** Whether they divide [0, 1] evenly, but for ends just outside. */
  readonly even?: boolean;
}

/** Samples on either side of each threshold, by their labels. */
export type Counts = Readonly<
  Record<"truePositives" | "falsePositives" | "trueNegatives" | "falseNegatives", readonly number[]>
>;

/** How many thresholds lie below each prediction, int32. */
function thresholdsBelow(p: Tensor, { values, even }: Thresholds): Tensor {
  if (!even) {
    return values.map((value) => cast(greater(p, value), "int32")).reduce((total, one) => add(total, one));
  }
  const below = cast(ceil(multiply(clip(p, 0, 1), values.length - 1)), "int32");
  return values[0]! < 0 ? maximum(below, 1) : below;
}

export interface BinOptions {
  /** Number of labels on the last axis, each counted for itself. Default: all counted together. */
  readonly numLabels?: number;
  /** Weights of the labels on the last axis. Default: all 1. */
  readonly labelWeights?: readonly number[];
}

/** How many sums `binnedSums` gives. */
export const binCount = ({ values }: Thresholds, { numLabels = 1 }: BinOptions = {}): number =>
  2 * (values.length + 1) * numLabels;

/**
 * Weights of samples by label and by the number of thresholds below their prediction, from which the counts for every
 * threshold follow: one pass over the predictions, however many thresholds there are.
 */
export function binnedSums(
  owner: string,
  thresholds: Thresholds,
  [yTrue, yPred, sampleWeight]: readonly [yTrue: Tensor, yPred: Tensor, sampleWeight: Tensor | undefined],
  options: BinOptions = {},
): Tensor {
  return scope(() => {
    const [target, p] = matched(owner, yTrue, asFloats(yPred));
    const { numLabels, labelWeights } = options;
    if (numLabels !== undefined && p.shape.at(-1) !== numLabels) {
      throw new ShapeError(
        `${owner}: got predictions [${yPred.shape}], expected numLabels ${numLabels} on the last axis`,
      );
    }
    const bins = thresholds.values.length + 1;
    let index = add(multiply(cast(notEqual(target, 0), "int32"), bins), thresholdsBelow(p, thresholds));
    if (numLabels) index = add(index, multiply(coordinate(p.shape, p.rank - 1), 2 * bins));
    const one = ones(p.shape, { dtype: p.dtype });
    const each = weighted(
      labelWeights ? multiply(one, tensor([...labelWeights], { dtype: p.dtype })) : one,
      sampleWeight,
    );
    return scatterAdd(reshape(index, [-1]), reshape(each, [-1]), binCount(thresholds, options));
  });
}

/** The counts for each threshold, of one label. */
export function countsOf(sums: ArrayLike<number>, { values }: Thresholds, label = 0): Counts {
  const bins = values.length + 1;
  const sides = (offset: number): [above: number[], below: number[]] => {
    const start = 2 * bins * label + offset;
    const above: number[] = [];
    let total = 0;
    for (let bin = bins - 1; bin > 0; bin--) {
      total += sums[start + bin]!;
      above.unshift(total);
    }
    total += sums[start]!;
    return [above, above.map((count) => total - count)];
  };
  const [falsePositives, trueNegatives] = sides(0);
  const [truePositives, falseNegatives] = sides(bins);
  return { truePositives, falsePositives, trueNegatives, falseNegatives };
}

/** Thresholds from 0 to 1, `1 / (count - 1)` apart; 0.5 alone. */
export function evenThresholds(owner: string, count: number, least = 1): Thresholds {
  if (!Number.isInteger(count) || count < least) {
    throw new DataError(`${owner}: got numThresholds ${count}, expected a whole number from ${least} on`);
  }
  return count === 1
    ? { values: [0.5] }
    : { values: Array.from({ length: count }, (_, at) => at / (count - 1)), even: true };
}

export interface ClassOption {
  /** The one class on the last axis that counts. Default: all. */
  readonly classId?: number;
}

export interface ThresholdOptions extends ClassOption {
  /** What is positive has a larger prediction. Default 0.5, or none where `topK` is given. */
  readonly thresholds?: number;
  /** Only the `topK` largest predictions on the last axis can be positive. Default: all can. */
  readonly topK?: number;
}

/** Keras's NEG_INF: below every prediction. */
const lowest = -1e10;

/** Below every threshold but for the `k` largest on the last axis. */
function onlyTopK(p: Tensor, k: number): Tensor {
  const chosen = sum(oneHot(topK(p, k).indices, p.shape.at(-1)!), { axes: -2 });
  return where(chosen, p, lowest);
}

const onlyClass = (x: Tensor, classId: number): Tensor => {
  const outer = x.shape.slice(0, -1);
  return slice(x, [...outer.map(() => 0), classId], [...outer, 1]);
};

/** A metric that is a function of the counts for some thresholds. */
export function thresholdMetric(
  name: string,
  thresholds: Thresholds,
  { topK: k, classId }: { readonly topK?: number | undefined; readonly classId?: number | undefined },
  figure: (counts: Counts) => number,
): Metric {
  return {
    name,
    size: binCount(thresholds),
    sums: (yTrue, yPred, sampleWeight) =>
      scope(() => {
        const possible = k === undefined ? yPred : onlyTopK(yPred, k);
        const pair = [yTrue, possible] as const;
        const [target, p] = classId === undefined ? pair : pair.map((x) => onlyClass(x, classId));
        return binnedSums(name, thresholds, [target!, p!, sampleWeight]);
      }),
    result: (sums) => figure(countsOf(sums, thresholds)),
  };
}

/** The one threshold of a metric. */
export function oneThreshold(owner: string, { thresholds, topK: k }: ThresholdOptions): Thresholds {
  const value = thresholds ?? (k === undefined ? 0.5 : lowest);
  if (thresholds !== undefined && !(value >= 0 && value <= 1)) {
    throw new DataError(`${owner}: got threshold ${value}, expected a number from 0 to 1`);
  }
  return { values: [value] };
}
