import { type Dtype, isFloat, type Window2D } from "@hekla/tensor";
import type { Index, KernelWriter, Value } from "../text/kernel-writer.js";
import { PassList } from "./pass-list.js";
import type { PassesOf, PlainRoutine, RoutineOf } from "./plain-routine.js";
import { type PoolGeometry, poolGeometry } from "./pool-geometry.js";
import { sum } from "./sums.js";
import { eachTurn, staysInside, tapsOf, type WindowAxis, windowAxes } from "./window-axis.js";

/**
 * Where the first largest element of a window of operand 0 lies, as int32; -1 where the window has no
 * element inside. NaN is larger than every number.
 */
function placeOfLargest(
  kernel: KernelWriter,
  geometry: PoolGeometry,
  start: Index,
  row: Index,
  column: Index,
): Value {
  const { input } = geometry;
  const place = kernel.cell(kernel.constant(-1, "int32"));
  const largest = kernel.cell(kernel.zero(geometry.dtype));
  eachTurn(kernel, geometry.tapsOf(kernel, row, column), (y) => {
    const placeOf = input.rowOf(kernel, start, y);
    return (x) => {
      const at = kernel.hold(placeOf(x));
      const candidate = kernel.keep(kernel.load(0, at));
      const wins = [
        kernel.less(kernel.read(place), kernel.zero("int32")),
        kernel.less(kernel.read(largest), candidate),
        ...(isFloat(candidate.dtype)
          ? [kernel.all(kernel.isNaN(candidate), kernel.not(kernel.isNaN(kernel.read(largest))))]
          : []),
      ];
      kernel.when(kernel.any(...wins), () => {
        kernel.set(largest, candidate);
        kernel.set(place, kernel.fromIndex(at));
      });
    };
  });
  return kernel.read(place);
}

/** Element `place` of an operand, or 0 where there is none. */
function loadOrZero(kernel: KernelWriter, operand: number, place: Value, dtype: Dtype): Value {
  const result = kernel.cell(kernel.zero(dtype));
  kernel.when(kernel.not(kernel.less(place, kernel.zero("int32"))), () =>
    kernel.set(result, kernel.load(operand, kernel.toIndex(place))),
  );
  return kernel.read(result);
}

const ofLargest =
  (operand: number): PassesOf<RoutineOf<"maxPool2d">> =>
  (routine) => {
    const geometry = poolGeometry(routine);
    const { input, output, isEmpty, dtype } = geometry;
    return [
      {
        size: output.size,
        dtype,
        write(kernel, index) {
          if (isEmpty) return kernel.zero(dtype);
          const at = output.indexOf(kernel, index);
          const place = placeOfLargest(kernel, geometry, input.startOf(kernel, at), at.row, at.column);
          return loadOrZero(kernel, operand, place, dtype);
        },
      },
    ];
  };

/** The largest element of each window. */
export const maxPool2d: PlainRoutine<"maxPool2d"> = ofLargest(0);

/** The element of another operand where the largest is. */
export const maxPool2dGather: PlainRoutine<"maxPool2dGather"> = ofLargest(1);

/** Whether an element is read by one window at most, of few elements. */
const areSmallAndApart = ({ windowSize, strides, dilation }: Window2D): boolean =>
  windowSize[0] * windowSize[1] <= 16 &&
  [0, 1].every((axis) => strides[axis]! > (windowSize[axis]! - 1) * dilation[axis]!);

/**
 * For each element of the input, a sum over the windows in which it is the first largest. Unless each
 * element finds that out by itself with few comparisons, where each window has its largest is noted in a
 * pass before.
 */
export const maxPool2dGradient: PlainRoutine<"maxPool2dGradient"> = (routine) => {
  const geometry = poolGeometry(routine);
  const { input, output, isEmpty, dtype } = geometry;
  const passes = new PassList(2);
  const places =
    isEmpty || areSmallAndApart(routine.window)
      ? undefined
      : passes.add({
          size: output.size,
          dtype: "int32",
          write(kernel, index) {
            const at = output.indexOf(kernel, index);
            return placeOfLargest(kernel, geometry, input.startOf(kernel, at), at.row, at.column);
          },
        });
  passes.add({
    size: input.size,
    dtype,
    write(kernel, index) {
      if (isEmpty) return kernel.zero(dtype);
      const at = input.indexOf(kernel, index);
      const [start, above] = [input.startOf(kernel, at), output.startOf(kernel, at)];
      return sum(kernel, dtype, (add) =>
        eachTurn(kernel, geometry.windowsOf(kernel, at), (row) => {
          const placeOf = output.rowOf(kernel, above, kernel.hold(row));
          return (at) => {
            const column = kernel.hold(at);
            const from = kernel.hold(placeOf(column));
            const place =
              places === undefined
                ? placeOfLargest(kernel, geometry, start, row, column)
                : kernel.load(places, from);
            kernel.when(kernel.same(kernel.toIndex(place), index), () => add(kernel.load(1, from)));
          };
        }),
      );
    },
  });
  return passes.passes;
};

/** The taps of a window that lie inside the input along an axis. */
function countOf(kernel: KernelWriter, axis: WindowAxis, place: Index): Value {
  if (staysInside(axis)) return kernel.constant(axis.taps, "float32");
  const { from, to } = tapsOf(kernel, axis, place);
  const indexOf = (bound: Index | number) => (typeof bound === "number" ? kernel.whole(bound) : bound);
  const count = kernel.fromIndex(kernel.minus(indexOf(to), indexOf(from)));
  return kernel.keep(kernel.cast(count, "float32"));
}

/** 1 / the elements of a window that lie inside the input. */
const shareOf = (kernel: KernelWriter, rows: Value, columns: Value): Value =>
  rows.constant !== undefined && columns.constant !== undefined
    ? kernel.constant(Math.fround(1 / (rows.constant * columns.constant)), "float32")
    : kernel.keep(kernel.apply("reciprocal", [kernel.multiply(rows, columns)], "float32"));

/** The mean of each window's elements. */
export const averagePool2d: PlainRoutine<"averagePool2d"> = (routine) => {
  const geometry = poolGeometry(routine);
  const { input, output, isEmpty, dtype } = geometry;
  return [
    {
      size: output.size,
      dtype,
      write(kernel, index) {
        if (isEmpty) return kernel.zero(dtype);
        const at = output.indexOf(kernel, index);
        const start = input.startOf(kernel, at);
        const [rows, columns] = windowAxes(routine.window);
        const share = shareOf(kernel, countOf(kernel, rows, at.row), countOf(kernel, columns, at.column));
        return sum(kernel, dtype, (add) =>
          eachTurn(kernel, geometry.tapsOf(kernel, at.row, at.column), (y) => {
            const placeOf = input.rowOf(kernel, start, y);
            return (x) => add(kernel.multiply(kernel.load(0, placeOf(x)), share));
          }),
        );
      },
    },
  ];
};

/** For each element of the input, a sum over the windows that it is in. */
export const averagePool2dGradient: PlainRoutine<"averagePool2dGradient"> = (routine) => {
  const geometry = poolGeometry(routine);
  const { input, output, isEmpty, dtype } = geometry;
  return [
    {
      size: input.size,
      dtype,
      write(kernel, index) {
        if (isEmpty) return kernel.zero(dtype);
        const at = input.indexOf(kernel, index);
        const above = output.startOf(kernel, at);
        const [rows, columns] = windowAxes(routine.window);
        return sum(kernel, dtype, (add) =>
          eachTurn(kernel, geometry.windowsOf(kernel, at), (row) => {
            const placeOf = output.rowOf(kernel, above, row);
            const rowsInside = countOf(kernel, rows, row);
            return (column) => {
              const share = shareOf(kernel, rowsInside, countOf(kernel, columns, column));
              add(kernel.multiply(kernel.load(0, placeOf(column)), share));
            };
          }),
        );
      },
    },
  ];
};
