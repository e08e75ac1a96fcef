import { ShapeError } from "@hekla/tensor";

/** Shape of a batch of samples; the first axis is null where the number of samples is open. */
export type BatchShape = readonly (number | null)[];

/** `(None, 28, 28)`, as Keras writes it. */
export const formatBatchShape = (shape: BatchShape): string =>
  `(${shape.map((size) => size ?? "None").join(", ")}${shape.length === 1 ? "," : ""})`;

/** Product of sizes. */
export const product = (sizes: readonly number[]): number => sizes.reduce((total, size) => total * size, 1);

/** The number itself; throws ShapeError unless it is an integer of at least 1. */
export function positiveInteger(owner: string, name: string, value: number): number {
  if (!Number.isInteger(value) || value < 1) {
    throw new ShapeError(`${owner}: bad ${name}, got ${value}, expected an integer of at least 1`);
  }
  return value;
}

/** Throws ShapeError unless the shape (batch axis counted) has this many axes. */
export function checkRank(owner: string, shape: BatchShape, rank: number): void {
  if (shape.length !== rank) {
    throw new ShapeError(
      `${owner}: input has the wrong number of axes, got ${formatBatchShape(shape)}, ` +
        `expected ${rank} axes`,
    );
  }
}

/** Shapes of one or several inputs or outputs. */
export type Shapes = BatchShape | readonly BatchShape[];

/** Whether there are several shapes (a list of lists) rather than one. */
export const isShapeList = (shapes: Shapes): shapes is readonly BatchShape[] => Array.isArray(shapes[0]);

/** One shape or several, as a list. */
export const shapeList = (shapes: Shapes): readonly BatchShape[] => (isShapeList(shapes) ? shapes : [shapes]);

/** Shapes for batches as large as that of the inputs; one alone is no list. */
export function likeBatch(shapes: readonly BatchShape[], inputs: Shapes): Shapes {
  const batch = shapeList(inputs)[0]![0] ?? null;
  const sized = shapes.map((shape) => [batch, ...shape.slice(1)]);
  return sized.length === 1 ? sized[0]! : sized;
}
