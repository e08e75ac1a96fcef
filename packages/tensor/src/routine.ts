import type { Dtype, StorageArray } from "./dtype.js";
import type { Shape } from "./shape.js";

/** Memory order of image batches: `[batch, channels, height, width]` or `[batch, height, width, channels]`. */
export type DataFormat = "channelsFirst" | "channelsLast";

/**
 * Geometry of a 2D convolution or pooling over `[batch, channels, height, width]`, whatever the memory order.
 * Output `y` reads input `y * stride + tap * dilation - padding[0]`; places outside the input are 0 (convolution)
 * or left out (pooling; the average divides by the places inside, as Keras does).
 */
export interface Window2D {
  readonly dataFormat: DataFormat;
  readonly batch: number;
  readonly channels: number;
  readonly inputSize: readonly [number, number];
  readonly outputSize: readonly [number, number];
  readonly windowSize: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilation: readonly [number, number];
  /** Before and after, per spatial axis: `[[top, bottom], [left, right]]`. */
  readonly padding: readonly [readonly [number, number], readonly [number, number]];
}

/** `[...batch, m, k] x [...batch, k, n]`; an operand whose flag is set is stored with its last two axes swapped. */
export interface MatmulRoutine {
  readonly name: "matmul";
  readonly batch: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  /** False where the operand has no batch axis and serves every batch element. */
  readonly batchedA: boolean;
  readonly batchedB: boolean;
}

/** Kernel memory order is always `[filters, channels, kernelHeight, kernelWidth]`; cross-correlation, as in Keras. */
export interface Conv2DRoutine {
  /**
   * - `conv2d`: (input, kernel) -> output
   * - `conv2dInputGradient`: (output gradient, kernel) -> input gradient
   * - `conv2dKernelGradient`: (input, output gradient) -> kernel gradient
   */
  readonly name: "conv2d" | "conv2dInputGradient" | "conv2dKernelGradient";
  readonly window: Window2D;
  readonly filters: number;
}

/**
 * - `maxPool2d`: (input) -> output; `maxPool2dGradient`: (input, output gradient) -> input gradient, all of it to the
 *   first largest element of each window; `maxPool2dGather`: (input, x) -> `x` at the first largest element.
 * - `averagePool2d`: (input) -> output; `averagePool2dGradient`: (output gradient) -> input gradient.
 */
export interface Pool2DRoutine {
  readonly name:
    | "maxPool2d"
    | "maxPool2dGradient"
    | "maxPool2dGather"
    | "averagePool2d"
    | "averagePool2dGradient";
  readonly window: Window2D;
}

/**
 * The tensor seen as `[outer, axisSize, inner]`; indices int32, checked nowhere: out of range is clamped, unless `beyond`
 * says what is there. What is added beyond is lost. For `gather` and `scatterAdd` only.
 * - `gather`: (x, indices [count]) -> [outer, count, inner]
 * - `scatterAdd`: (indices [count], updates [outer, count, inner]) -> [outer, axisSize, inner], rest 0; additions
 *   in the order of the indices
 * - `gatherAlong`: (x, indices [outer, count, inner]) -> [outer, count, inner]
 * - `scatterAddAlong`: (indices [outer, count, inner], updates same) -> [outer, axisSize, inner]
 */
export interface GatherRoutine {
  readonly name: "gather" | "scatterAdd" | "gatherAlong" | "scatterAddAlong";
  readonly outer: number;
  readonly axisSize: number;
  readonly inner: number;
  readonly count: number;
  readonly beyond?: "zero" | "nan";
}

/**
 * The distinct ones of `count` indices of a gather: (indices) -> int32 `[1 + 3 * count]`. How many there are; then, in the
 * order in which they come, the first position of each, and the indices themselves, clamped or, unless it `clamps`,
 * `axisSize` for all that are out of range; behind the last one there are zeros. Then the place of each position's
 * index among them.
 */
export interface DistinctRoutine {
  readonly name: "distinct";
  readonly axisSize: number;
  readonly count: number;
  readonly clamps: boolean;
}

/**
 * Products with the rows `x` `[count, inner]` of a table `[axisSize, inner]` that the indices behind `distinct` name, each
 * distinct row once. With `kernel` `[inner, columns]` and `dy` `[count, columns]`, sums of `x * kernel * dy` over all but
 * - `matmulGathered`: (table, distinct, kernel) -> what stands in the place of `dy`
 * - `matmulGatheredTableGradient`: (dy, distinct, kernel) -> that of the table
 * - `matmulGatheredKernelGradient`: (table, distinct, dy) -> that of `kernel`
 *
 * In the first form each row is summed as `matmul` does. The others add up the rows of `dy` of each distinct index first,
 * in their order.
 */
export interface MatmulGatheredRoutine {
  readonly name: "matmulGathered" | "matmulGatheredTableGradient" | "matmulGatheredKernelGradient";
  readonly axisSize: number;
  /** At least 1. */
  readonly count: number;
  /** At least 8, as `columns`. */
  readonly inner: number;
  readonly columns: number;
  readonly beyond?: "zero" | "nan";
}

/** Copies `[outer, size_k, inner]` operands one after the other along the middle axis. Any dtype. */
export interface ConcatRoutine {
  readonly name: "concat";
  readonly outer: number;
  readonly sizes: readonly number[];
  readonly inner: number;
}

/** Places `x` into a block filled with `value`: element i of an axis goes to `low + i * (interior + 1)`. No negative padding. */
export interface PadRoutine {
  readonly name: "pad";
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  readonly low: readonly number[];
  readonly interior: readonly number[];
  readonly value: number;
}

/** Running sum along the middle axis of `[outer, axisSize, inner]`. */
export interface CumsumRoutine {
  readonly name: "cumsum";
  readonly outer: number;
  readonly axisSize: number;
  readonly inner: number;
  readonly reverse: boolean;
  readonly exclusive: boolean;
}

/** The stable order along the last axis of `[outer, axisSize]`, int32, cut to the first `count`; NaN comes last. */
export interface ArgsortRoutine {
  readonly name: "argsort";
  readonly outer: number;
  readonly axisSize: number;
  readonly count: number;
  readonly descending: boolean;
}

/** Functions of recurrent cells whose slope follows from their value. */
export const recurrentActivations = ["tanh", "sigmoid", "hardSigmoid", "relu", "linear"] as const;
/** The name of one of them. */
export type RecurrentActivation = (typeof recurrentActivations)[number];

/**
 * A recurrence over all steps of a batch. The products with the recurrent kernel `[units, gates * units]` and all that
 * depends on them are done here; `projected` `[batch, steps, gates * units]` is what the inputs add.
 * - `...Sequence`: (projected, kernel, bias?, hidden?, cell?, mask?, recurrentMask?) -> one flat tensor: the hidden
 *   states `[batch, steps, units]`, for an LSTM the last cell states `[batch, units]`, then, with `keep`, what the
 *   gradient wants, `[batch, steps, kept * units]`: gates i, f, c, o, the cell state and its activation (LSTM); gates z, r, the
 *   candidate and, with `resetAfter`, its recurrent product before the reset (GRU). Of a masked step only the cell state
 *   is defined there.
 * - `...SequenceGradient`: (sequence, kernel, hidden?, cell?, mask?, recurrentMask?, gradient of the states) -> one flat
 *   tensor: the gradient of `projected`, with `resetAfter` that of the recurrent product (of the same shape), then
 *   those of `hidden` and `cell` where there are such operands.
 *
 * A bool mask `[batch, steps]` that is false keeps the states. Recurrent masks multiply the hidden state before the
 * product. `recurrentLayout` has the places of all this.
 */
export interface RecurrentRoutine {
  readonly name:
    | "lstmSequence"
    | "lstmSequenceGradient"
    | "gruSequence"
    | "gruSequenceGradient"
    | "simpleRnnSequence"
    | "simpleRnnSequenceGradient";
  readonly batch: number;
  readonly steps: number;
  readonly units: number;
  readonly activation: RecurrentActivation;
  readonly recurrentActivation: RecurrentActivation;
  /** GRU: the reset gate multiplies the recurrent product, not the state before it. */
  readonly resetAfter: boolean;
  /** Which operands there are; without initial states these are zeros. */
  readonly bias: boolean;
  readonly hidden: boolean;
  readonly cell: boolean;
  readonly mask: boolean;
  /** Whether a sequence's result holds what its gradient wants. */
  readonly keep: boolean;
  /** Recurrent masks: none, one `[batch, units]`, or one for each gate `[batch, gates * units]`. */
  readonly recurrentMasks: number;
}

/**
 * A product for each gate of a recurrent cell, with a mask of its own over the features of each sample, `masks`
 * `[batch, gates * features]`. With `x` `[batch, steps, features]`, `kernel` `[features, gates * units]` and `dy`
 * `[batch, steps, gates * units]`, sums of `x * mask * kernel * dy` over all but
 * - `maskedMatmul`: (x, masks, kernel) -> what stands in the place of `dy`
 * - `maskedMatmulInputGradient`: (dy, masks, kernel) -> that of `x`
 * - `maskedMatmulKernelGradient`: (x, masks, dy) -> that of `kernel`
 *
 * A term with a mask of 0, or a feature that is 0 in all steps of a sample, is 0 whatever else is in it.
 */
export interface MaskedMatmulRoutine {
  readonly name: "maskedMatmul" | "maskedMatmulInputGradient" | "maskedMatmulKernelGradient";
  readonly batch: number;
  /** At least 4. */
  readonly steps: number;
  /** At least 8, as `units`. */
  readonly features: number;
  readonly gates: number;
  readonly units: number;
}

/** Work that is no map and no reduction. `dtype` is the element type computed in (and copied, for moves). */
export type Routine = { readonly dtype: Dtype } & (
  | MatmulRoutine
  | Conv2DRoutine
  | Pool2DRoutine
  | GatherRoutine
  | DistinctRoutine
  | MatmulGatheredRoutine
  | ConcatRoutine
  | PadRoutine
  | CumsumRoutine
  | ArgsortRoutine
  | RecurrentRoutine
  | MaskedMatmulRoutine
);

/** The names that tell routines apart. */
export type RoutineName = Routine["name"];

/**
 * A routine in plain TypeScript, the definition of right: fills `out`, which holds zeros. Ops bring theirs along in what they
 * record, so that apps bundle those of the ops that they use.
 */
export type ReferenceRoutine<R = never> = (
  routine: R,
  operands: readonly StorageArray[],
  out: StorageArray,
) => void;
