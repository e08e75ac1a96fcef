import { sizeOf } from "@hekla/tensor";
import type { Index } from "../text/kernel-writer.js";
import { PassList } from "./pass-list.js";
import type { PlainRoutine } from "./plain-routine.js";
import { clampedIndex, isRow, placeIn } from "./row-index.js";

/** Operands that a kernel joins at most; with its result, devices bind at least eight. */
const widestConcat = 6;

/** Each element is looked up in the operand it comes from. Many operands are joined in groups first. */
export const concat: PlainRoutine<"concat"> = ({ dtype, outer, sizes, inner }) => {
  const passes = new PassList(sizes.length);
  let parts = sizes.map((size, operand) => ({ size, operand })).filter(({ size }) => size > 0);
  do {
    const groups = Math.ceil(parts.length / widestConcat);
    const next: typeof parts = [];
    for (let group = 0; group < Math.max(groups, 1); group++) {
      const joined = parts.slice(group * widestConcat, (group + 1) * widestConcat);
      const size = joined.reduce((total, part) => total + part.size, 0);
      const operand = passes.add({
        size: outer * size * inner,
        dtype,
        write(kernel, index) {
          const [o, middle, i] = kernel.unravel(index, [outer, size, inner]) as [Index, Index, Index];
          const result = kernel.cell(kernel.zero(dtype));
          let start = 0;
          for (const part of joined) {
            const row = kernel.hold(kernel.minus(middle, kernel.whole(start)));
            kernel.when(kernel.inside(row, part.size), () =>
              kernel.set(
                result,
                kernel.load(part.operand, placeIn(kernel, placeIn(kernel, o, part.size, row), inner, i)),
              ),
            );
            start += part.size;
          }
          return kernel.read(result);
        },
      });
      next.push({ size, operand });
    }
    parts = next;
  } while (parts.length > 1);
  return passes.passes;
};

/** Each element of the result is one of the input, or the filling. */
export const pad: PlainRoutine<"pad"> = ({ dtype, inputShape, outputShape, low, interior, value }) => [
  {
    size: sizeOf(outputShape),
    dtype,
    write(kernel, index) {
      const result = kernel.cell(kernel.constant(value, dtype));
      if (sizeOf(inputShape) === 0) return kernel.read(result);
      const from = kernel
        .unravel(index, outputShape)
        .map((at, axis) => kernel.hold(kernel.minus(at, kernel.whole(low[axis]!))));
      // One past the place of the last element along each axis.
      const ends = inputShape.map((size, axis) => (size - 1) * (interior[axis]! + 1) + 1);
      const isCovered = ends.map((end, axis) => kernel.inside(from[axis]!, end));
      kernel.when(kernel.all(...isCovered), () => {
        const steps = interior.map((gap) => gap + 1);
        const onElement = steps.flatMap((step, axis) =>
          step === 1 ? [] : [kernel.same(kernel.remainder(from[axis]!, step), kernel.whole(0))],
        );
        kernel.when(kernel.all(...onElement), () => {
          const place = from
            .map((at, axis) => (steps[axis] === 1 ? at : kernel.quotient(at, steps[axis]!)))
            .reduce((outer, at, axis) => placeIn(kernel, outer, inputShape[axis]!, at), kernel.whole(0));
          kernel.set(result, kernel.load(0, place));
        });
      });
      return kernel.read(result);
    },
  },
];

/** Each element is copied from the row that its index names, clamped or filled in. */
export const gather: PlainRoutine<"gather"> = (routine) => {
  const { name, dtype, outer, axisSize, inner, count, beyond } = routine;
  return [
    {
      size: outer * count * inner,
      dtype,
      write(kernel, index) {
        const filling = kernel.constant(beyond === "nan" ? Number.NaN : 0, dtype);
        if (axisSize === 0) return filling;
        const [o, j, i] = kernel.unravel(index, [outer, count, inner]) as [Index, Index, Index];
        const given = kernel.keep(kernel.load(1, name === "gather" ? j : index));
        const row = kernel.toIndex(clampedIndex(kernel, given, axisSize));
        const found = kernel.load(0, placeIn(kernel, placeIn(kernel, o, axisSize, row), inner, i));
        if (!beyond) return found;
        return kernel.where(kernel.fromCondition(isRow(kernel, given, axisSize)), found, filling);
      },
    },
  ];
};
