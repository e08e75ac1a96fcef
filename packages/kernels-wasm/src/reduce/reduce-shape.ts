import { type ReduceStep, sizeOf } from "@hekla/tensor";
import { loopNest, type NestAxis, reducedStrides } from "../elementwise/nest.js";
import { productOf } from "../elementwise/pointers.js";
import { readsCoordinates } from "../elementwise/print-program.js";

/** How the loops of a reduction are laid out. Nothing here depends on the number of threads. */
export interface ReduceShape {
  /** Kept axes, one unit of work for each place (the innermost axis apart, if it is kept). */
  readonly kept: readonly NestAxis[];
  /** Reduced axes in loop order (the innermost axis apart, if it is reduced). */
  readonly reduced: readonly NestAxis[];
  /** The axis that vectors lie along. */
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

export function reduceShape(step: ReduceStep): ReduceShape {
  const operands = step.operands.length;
  const strides = reducedStrides(step.shape, step.axes);
  const outputs = sizeOf(step.shape.filter((_, axis) => !step.axes.includes(axis)));
  const axes =
    sizeOf(step.shape) === 0
      ? emptyNest(outputs, operands)
      : loopNest(step.shape, step.operands.map(({ view }) => view), strides, !readsCoordinates(step.program));
  const inner = innermost(axes) ?? axis(1, operands, 1);
  const rest = axes.filter((candidate) => candidate !== inner);
  const kept = rest.filter(({ outputStride }) => outputStride !== 0);
  const reduced = rest.filter(({ outputStride }) => outputStride === 0);
  const innerReduced = inner.outputStride === 0;
  const columnBlocks = innerReduced ? 1 : Math.ceil(inner.size / columnBlock);
  const base = { kept, reduced, inner, innerReduced, columnBlocks, outputs };
  return { ...base, ...cut(step, base) };
}

const axis = (size: number, operands: number, outputStride: number): NestAxis => ({
  size,
  operandStrides: new Array<number>(operands).fill(0),
  outputStride,
  source: -1,
});

/** A reduction over no elements writes its identity to every output. */
const emptyNest = (outputs: number, operands: number): NestAxis[] => [axis(0, operands, 0), axis(outputs, operands, 1)];

/** The axis along which most operands lie without gaps; of equals the last; short axes only for want of longer. */
function innermost(axes: readonly NestAxis[]): NestAxis | undefined {
  const score = ({ size, operandStrides }: NestAxis) =>
    operandStrides.reduce((sum, stride) => sum + (stride === 1 ? 2 : stride === 0 ? 1 : 0), 0) - (size < 4 ? 2 : 0);
  return axes.reduce<NestAxis | undefined>(
    (best, candidate) => (best === undefined || score(candidate) >= score(best) ? candidate : best),
    undefined,
  );
}

function cut(
  step: ReduceStep,
  { kept, reduced, inner, innerReduced, columnBlocks }: Pick<ReduceShape, "kept" | "reduced" | "inner" | "innerReduced" | "columnBlocks">,
): Pick<ReduceShape, "chunked" | "chunkLength" | "chunks"> {
  const all = innerReduced ? [...reduced, inner] : reduced;
  const units = productOf(kept) * columnBlocks;
  const width = innerReduced ? 1 : Math.min(inner.size, columnBlock);
  const length = productOf(all);
  const longest = Math.max(...all.map(({ size }) => size));
  const chunked = all.find(({ size }) => size === longest);
  const whole = { chunked: undefined, chunkLength: 0, chunks: 1 };
  const enough = units >= manyUnits && length <= chunkElements * 4;
  if (!chunked || step.reduction.startsWith("arg") || length * width <= 2 * chunkElements || enough) return whole;
  // Along the vectors a chunk is a whole number of 16-element turns, so that only the last has a rest.
  const grain = chunked === inner ? 16 : 1;
  const perTurn = (length / chunked.size) * width;
  const chunkLength = Math.ceil(Math.max(chunkElements / perTurn, 1) / grain) * grain;
  const chunks = Math.ceil(chunked.size / chunkLength);
  return chunks === 1 ? whole : { chunked, chunkLength, chunks };
}
