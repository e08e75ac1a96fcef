import {
  collapseViews,
  identityView,
  type Operand,
  type Program,
  type Shape,
  transposeView,
  type View,
} from "@hekla/tensor";
import type { Index, KernelWriter, Value } from "./kernel-writer.js";
import type { ProgramSource } from "./print-program.js";

/** A place along some axes of a shape: what it adds to the place in each operand, and the index along each of the axes. */
export interface PlacePart {
  /** Without the operands' offsets; by operand. */
  readonly steps: readonly Index[];
  readonly coordinates: ReadonlyMap<number, Index>;
}

/** Whether a program asks for the index along an axis. */
export const readsCoordinates = (program: Program): boolean =>
  program.instructions.some(({ op }) => op === "coordinate");

/**
 * Where the element lies that comes `index`-th in row-major order of the given axes. Axes that all operands walk as one are
 * walked as one, unless the index along each of them is wanted.
 */
export function placeAlong(
  kernel: KernelWriter,
  index: Index,
  shape: Shape,
  axes: readonly number[],
  operands: readonly (Operand | undefined)[],
  wantsCoordinates: boolean,
): PlacePart {
  const whole = identityView(axes.map((axis) => shape[axis]!));
  const along = (view: View): View => transposeView(view, axes);
  const views = operands.map((operand) => (operand ? along(operand.view) : whole));
  const { shape: sizes, strides } = wantsCoordinates
    ? { shape: axes.map((axis) => shape[axis]!), strides: views.map((view) => view.strides) }
    : collapseViews(views.length > 0 ? views : [whole]);
  const indices = kernel.unravel(index, sizes);
  const steps = views.map((_, at) =>
    kernel.affine(
      0,
      sizes.map((size, axis) => [indices[axis]!, size === 1 ? 0 : strides[at]![axis]!] as const),
    ),
  );
  const coordinates = new Map(wantsCoordinates ? axes.map((axis, at) => [axis, indices[at]!]) : []);
  return { steps, coordinates };
}

/**
 * The source of a program that runs on an element whose place is given in parts; operands are loaded where they are first used.
 * `numberOf` says by which number the kernel knows an operand.
 */
export function sourceOf(
  kernel: KernelWriter,
  parts: readonly PlacePart[],
  operands: readonly (Operand | undefined)[],
  numberOf: (operand: number) => number = (operand) => operand,
): ProgramSource {
  const coordinateOf = (axis: number): Index =>
    parts.map(({ coordinates }) => coordinates.get(axis)).find((found) => found !== undefined)!;
  return {
    load: (operand): Value => {
      const place = [
        kernel.whole(operands[operand]!.view.offset),
        ...parts.map(({ steps }) => steps[operand]!),
      ];
      return kernel.load(numberOf(operand), kernel.plus(...place));
    },
    coordinate: coordinateOf,
  };
}

/** The source of a program that runs on the element that comes `index`-th in row-major order of `shape`. */
export function sourceAt(
  kernel: KernelWriter,
  index: Index,
  shape: Shape,
  operands: readonly (Operand | undefined)[],
  program: Program,
  numberOf?: (operand: number) => number,
): ProgramSource {
  const axes = shape.map((_, axis) => axis);
  const part = placeAlong(kernel, index, shape, axes, operands, readsCoordinates(program));
  return sourceOf(kernel, [part], operands, numberOf);
}
