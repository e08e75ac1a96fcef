import { collapseViews, identityView, type Operand, type Program, type Shape, sizeOf } from "@hekla/tensor";
import type { Index, KernelWriter } from "./kernel-writer.js";
import type { ProgramSource } from "./print-program.js";

/** The index along each axis of `shape`, and the places of operands that are seen in this shape. */
export interface Places {
  readonly coordinate: (axis: number) => Index;
  readonly place: (operand: number) => Index;
}

/** Whether a program asks for the index along an axis. */
export const readsCoordinates = (program: Program): boolean =>
  program.instructions.some(({ op }) => op === "coordinate");

/**
 * Where the element that comes `index`-th in row-major order of `shape` lies in each operand. Axes that all operands walk as one
 * are walked as one.
 */
export function placesAt(
  kernel: KernelWriter,
  index: Index,
  shape: Shape,
  operands: readonly (Operand | undefined)[],
  wantsCoordinates: boolean,
): Places {
  const views = operands.map((operand) => operand?.view);
  const known = views.filter((view) => view !== undefined);
  // With coordinates the axes stay as they are.
  const whole = identityView(shape);
  const all = [whole, ...known];
  const { shape: sizes, strides } = wantsCoordinates
    ? { shape: [...shape], strides: all.map((view) => [...view.strides]) }
    : collapseViews(all);
  const flat = sizes.length <= 1;
  const coordinates = flat && !wantsCoordinates ? [index] : kernel.unravel(index, sizes);
  let next = 1;
  const places = views.map((view) => {
    if (!view) return index;
    const own = strides[next++]!;
    const isFlat = view.offset === 0 && own.every((stride, axis) => stride === strides[0]![axis]);
    if (isFlat || sizeOf(shape) === 0) return index;
    return kernel.affine(
      view.offset,
      sizes.map((size, axis) => [coordinates[axis]!, size === 1 ? 0 : own[axis]!] as const),
    );
  });
  return { coordinate: (axis) => coordinates[axis]!, place: (operand) => places[operand]! };
}

/** The source of a program that runs on the element at `index`; each operand is loaded where it is first used. */
export function sourceAt(
  kernel: KernelWriter,
  index: Index,
  shape: Shape,
  operands: readonly (Operand | undefined)[],
  program: Program,
): ProgramSource {
  const places = placesAt(kernel, index, shape, operands, readsCoordinates(program));
  return {
    load: (operand) => kernel.load(operand, places.place(operand)),
    coordinate: places.coordinate,
  };
}
