import { type ReduceStep, sizeOf } from "@hekla/tensor";
import { loopNest, type NestAxis, reducedStrides } from "../elementwise/nest.js";
import { productOf } from "../elementwise/pointers.js";
import { readsCoordinates } from "../elementwise/print-program.js";

/**
 * How the loops of a reduction are laid out. The order in which the elements of one output are taken in
 * follows from the step's shape and axes alone: not from the number of threads, and not from how operands
 * lie in memory, so that a step gives the same bits whether its operands are views or copies.
 */
export interface ReduceShape {
  /** Kept axes, one unit of work for each place (the innermost axis apart, if it is kept). */
  readonly kept: readonly NestAxis[];
  /** Reduced axes in loop order (`inner` apart, if it is reduced). */
  readonly reduced: readonly NestAxis[];
  /** The axis that vectors lie along: the innermost one, or the kept one around a short one. */
  readonly inner: NestAxis;
  readonly innerReduced: boolean;
  /** The reduced axis that is cut into chunks, each with a result of its own, joined in order afterwards. */
  readonly chunked: NestAxis | undefined;
  readonly chunkLength: number;
  readonly chunks: number;
  /** Blocks of `columnBlock` columns that a kept innermost axis is cut into. */
  readonly columnBlocks: number;
  /** Elements of the output. */
  readonly outputs: number;
}

export const columnBlock = 1024;
/** Elements that one sum takes in before it is cut: short enough to be exact to a few ulp. */
const chunkElements = 1 << 14;
/** With at least so many units there is enough to share out among threads without cutting. */
const manyUnits = 64;
/** A reduced innermost axis that is no longer than a vector: vectors lie along the kept one around it. */
const shortAxis = 4;

/** Neighbouring axes that are all kept or all reduced: what the order is defined on. */
interface Group {
  readonly size: number;
  readonly reduced: boolean;
  /** The loops it takes to walk them: one where every operand allows it. */
  readonly axes: readonly NestAxis[];
}

/**
 * Undefined where operands lie so that the order cannot be kept: then their program's values are written out
 * first.
 */
export function reduceShape(step: ReduceStep): ReduceShape | undefined {
  const outputs = sizeOf(step.shape.filter((_, axis) => !step.axes.includes(axis)));
  const groups = groupAxes(step, outputs);
  const [around, innermost] = [groups.at(-2), groups.at(-1)!];
  const short = innermost.reduced && innermost.size <= shortAxis;
  const last = short && around && around.size >= 4 ? around : innermost;
  const inner = last.axes.at(-1)!;
  const { chunked, chunkLength, chunks } = cut(step, groups, last);
  if ((last.reduced && last.axes.length > 1) || (chunked && chunked.axes.length > 1)) return undefined;
  const rest = groups.flatMap(({ axes }) => axes).filter((axis) => axis !== inner);
  return {
    kept: rest.filter(({ outputStride }) => outputStride !== 0),
    reduced: rest.filter(({ outputStride }) => outputStride === 0),
    inner,
    innerReduced: last.reduced,
    columnBlocks: last.reduced ? 1 : Math.ceil(inner.size / columnBlock),
    outputs,
    chunked: chunked?.axes[0],
    chunkLength,
    chunks,
  };
}

function groupAxes(step: ReduceStep, outputs: number): Group[] {
  const operands = step.operands.length;
  if (sizeOf(step.shape) === 0) {
    // A reduction over no elements writes its identity to every output.
    return [
      { size: 0, reduced: true, axes: [axis(0, operands, 0)] },
      { size: outputs, reduced: false, axes: [axis(outputs, operands, 1)] },
    ];
  }
  const strides = reducedStrides(step.shape, step.axes);
  const joined = !readsCoordinates(step.program);
  const walked = loopNest(
    step.shape,
    step.operands.map(({ view }) => view),
    strides,
    joined,
  );
  const groups = loopNest(step.shape, [], strides, true).map(({ size, outputStride }): Group => {
    const axes: NestAxis[] = [];
    while (productOf(axes) < size) axes.push(walked.shift()!);
    return { size, reduced: outputStride === 0, axes };
  });
  return groups.length > 0 ? groups : [{ size: 1, reduced: false, axes: [axis(1, operands, 1)] }];
}

const axis = (size: number, operands: number, outputStride: number): NestAxis => ({
  size,
  operandStrides: new Array<number>(operands).fill(0),
  outputStride,
  source: -1,
});

/** Whether and where the reduced elements are cut into chunks: along the longest of their groups; vectors lie along `last`. */
function cut(
  { reduction }: ReduceStep,
  groups: readonly Group[],
  last: Group,
): { chunked: Group | undefined; chunkLength: number; chunks: number } {
  const reduced = groups.filter((group) => group.reduced);
  const size = (some: readonly Group[]) => some.reduce((product, group) => product * group.size, 1);
  const width = last.reduced ? 1 : Math.min(last.size, columnBlock);
  const units =
    size(groups.filter((group) => !group.reduced && group !== last)) *
    (last.reduced ? 1 : Math.ceil(last.size / columnBlock));
  const length = size(reduced);
  const chunked = reduced.find((group) => reduced.every((other) => other.size <= group.size));
  const whole = { chunked: undefined, chunkLength: 0, chunks: 1 };
  const enough = units >= manyUnits && length <= chunkElements * 4;
  if (!chunked || reduction.startsWith("arg") || length * width <= 2 * chunkElements || enough) return whole;
  // Along the vectors a chunk is a whole number of 16-element turns, so that only the last has a rest.
  const grain = chunked === last ? 16 : 1;
  const perTurn = (length / chunked.size) * width;
  const chunkLength = Math.ceil(Math.max(chunkElements / perTurn, 1) / grain) * grain;
  const chunks = Math.ceil(chunked.size / chunkLength);
  return chunks === 1 ? whole : { chunked, chunkLength, chunks };
}
