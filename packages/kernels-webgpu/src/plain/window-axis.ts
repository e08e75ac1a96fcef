import type { Window2D } from "@hekla/tensor";
import type { Index, KernelWriter } from "../text/kernel-writer.js";

/** One spatial axis of a window: output `o` reads input `o * stride + tap * dilation - padding`. */
export interface WindowAxis {
  readonly input: number;
  readonly output: number;
  readonly taps: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padding: number;
}

/** Turns of a loop: `from <= t < to`. */
export interface Turns {
  readonly from: Index | number;
  readonly to: Index | number;
}

/**
 * A walk along an axis that meets nothing outside of the tensors: of each turn, the tap and the place it
 * goes with.
 */
export interface Walk extends Turns {
  readonly tap: (turn: Index) => Index;
  readonly place: (turn: Index) => Index;
}

/** Rows and columns. */
export const windowAxes = (window: Window2D): readonly [WindowAxis, WindowAxis] => {
  const axis = (at: 0 | 1): WindowAxis => ({
    input: window.inputSize[at],
    output: window.outputSize[at],
    taps: window.windowSize[at],
    stride: window.strides[at],
    dilation: window.dilation[at],
    padding: window.padding[at][0],
  });
  return [axis(0), axis(1)];
};

/** Whether no tap of any output lies outside of the input. */
export const staysInside = ({ input, output, taps, stride, dilation, padding }: WindowAxis): boolean =>
  padding <= 0 && (output - 1) * stride + (taps - 1) * dilation - padding < input;

/** `a / b`, rounded up, or 0 where `a` is below 0. */
const quotientUp = (kernel: KernelWriter, a: Index, b: number): Index =>
  kernel.quotient(kernel.plus(kernel.larger(a, kernel.whole(0)), kernel.whole(b - 1)), b);

/** The turns `t < count` with `0 <= start + t * step < size`, for a start between `least` and `most`. */
function turnsInside(
  kernel: KernelWriter,
  start: Index,
  [least, most]: readonly [number, number],
  { step, count, size }: { readonly step: number; readonly count: number; readonly size: number },
): Turns {
  const zero = kernel.whole(0);
  const from = least >= 0 ? 0 : kernel.hold(quotientUp(kernel, kernel.minus(zero, start), step));
  if (most + (count - 1) * step < size) return { from, to: count };
  const end = quotientUp(kernel, kernel.minus(kernel.whole(size), start), step);
  return { from, to: kernel.hold(kernel.smaller(end, kernel.whole(count))) };
}

/** The taps of an output that lie inside the input, and the inputs they read. */
export function tapsOf(kernel: KernelWriter, axis: WindowAxis, output: Index): Walk {
  const { input, taps, stride, dilation, padding } = axis;
  const start = kernel.hold(kernel.minus(kernel.times(output, stride), kernel.whole(padding)));
  const most = (axis.output - 1) * stride - padding;
  const inside = turnsInside(kernel, start, [-padding, most], { step: dilation, count: taps, size: input });
  return {
    ...inside,
    tap: (turn) => turn,
    place: (turn) => kernel.plus(start, kernel.times(turn, dilation)),
  };
}

/** The outputs that read an input through a given tap, as turns; the place is that input. */
export function outputsThrough(
  kernel: KernelWriter,
  axis: WindowAxis,
  tap: Index,
): Turns & Pick<Walk, "place"> {
  const { input, output, taps, stride, dilation, padding } = axis;
  const start = kernel.hold(kernel.minus(kernel.times(tap, dilation), kernel.whole(padding)));
  const limits = [-padding, (taps - 1) * dilation - padding] as const;
  const inside = turnsInside(kernel, start, limits, { step: stride, count: output, size: input });
  return { ...inside, place: (turn) => kernel.plus(start, kernel.times(turn, stride)) };
}

const greatestCommonDivisor = (a: number, b: number): number =>
  b === 0 ? a : greatestCommonDivisor(b, a % b);

/**
 * The outputs that read an input, and the taps through which they do; the place is the output. Taps `k`
 * with `k * dilation = input + padding (mod stride)` are an arithmetic progression, so there is one
 * remainder to compute, not one for each tap.
 */
export function outputsOf(kernel: KernelWriter, axis: WindowAxis, input: Index): Walk {
  const { output, taps, stride, dilation, padding } = axis;
  const zero = kernel.whole(0);
  const common = greatestCommonDivisor(stride, dilation);
  const [tapStep, outputStep] = [stride / common, dilation / common];
  const at = kernel.hold(kernel.plus(input, kernel.whole(padding)));
  const firstTap = tapStep === 1 ? zero : kernel.hold(firstTapOf(kernel, at, tapStep, outputStep, common));
  // The output behind the first tap, which may lie before the first one; `ahead` keeps what is divided
  // above 0.
  const ahead = Math.ceil(((tapStep - 1) * dilation) / stride);
  const dividend = kernel.minus(
    kernel.plus(at, kernel.whole(ahead * stride)),
    kernel.times(firstTap, dilation),
  );
  const first = kernel.hold(kernel.minus(kernel.quotient(dividend, stride), kernel.whole(ahead)));

  const reachesPast = Math.floor((axis.input - 1 + padding) / stride) >= output;
  const past = kernel.minus(kernel.plus(first, kernel.whole(outputStep)), kernel.whole(output));
  const from = reachesPast ? kernel.hold(kernel.quotient(kernel.larger(past, zero), outputStep)) : 0;
  const tapsLeft = kernel.minus(kernel.whole(taps + tapStep - 1), firstTap);
  let to = tapStep === 1 ? kernel.whole(taps) : kernel.quotient(tapsLeft, tapStep);
  if (padding < (taps - 1) * dilation) {
    const before = kernel.larger(kernel.plus(first, kernel.whole(outputStep)), zero);
    to = kernel.smaller(to, kernel.quotient(before, outputStep));
  }
  if (common > 1) {
    const meets = kernel.same(kernel.remainder(at, common), zero);
    to = kernel.toIndex(
      kernel.where(kernel.fromCondition(meets), kernel.fromIndex(to), kernel.zero("int32")),
    );
  }
  return {
    from,
    to: kernel.hold(to),
    tap: (turn) => kernel.plus(firstTap, kernel.times(turn, tapStep)),
    place: (turn) => kernel.minus(first, kernel.times(turn, outputStep)),
  };
}

/** The smallest tap `k` with `k * outputStep = at / common (mod tapStep)`, by the inverse of `outputStep`. */
function firstTapOf(
  kernel: KernelWriter,
  at: Index,
  tapStep: number,
  outputStep: number,
  common: number,
): Index {
  let inverse = 1;
  while ((inverse * outputStep) % tapStep !== 1) inverse++;
  const rest = kernel.remainder(kernel.quotient(at, common), tapStep);
  return inverse === 1 ? rest : kernel.remainder(kernel.times(rest, inverse), tapStep);
}

/**
 * The places on both axes, one after the other; what depends on the row alone is written in the outer loop.
 */
export function eachTurn(
  kernel: KernelWriter,
  [rows, columns]: readonly [Walk, Walk],
  visit: (row: Index, rowTap: Index) => (column: Index, columnTap: Index) => void,
): void {
  kernel.repeat(rows.from, rows.to, (y) => {
    const visitColumn = visit(rows.place(y), rows.tap(y));
    kernel.repeat(columns.from, columns.to, (x) => visitColumn(columns.place(x), columns.tap(x)));
  });
}
