import { collapseViews, rowMajorStrides, type Shape, type View } from "@hekla/tensor";

/** One loop of a kernel: strides in elements for each operand and for the output. */
export interface NestAxis {
  readonly size: number;
  readonly operandStrides: readonly number[];
  readonly outputStride: number;
  /** The axis of the step's shape, where axes were not joined. */
  readonly source: number;
  /** A short axis inside that is walked together with it: `size` counts the elements of both. */
  readonly inside?: { readonly size: number; readonly operandStrides: readonly number[] };
}

/**
 * The loops over `shape`, outermost first, neighbours joined where every view allows it; axes of size 1 go.
 * `outputStrides` are those of the result (0 along reduced axes, which therefore never join kept ones).
 * With `joined` false axes stay apart, as programs that read coordinates need.
 */
export function loopNest(
  shape: Shape,
  views: readonly View[],
  outputStrides: readonly number[],
  joined: boolean,
): NestAxis[] {
  const all = [...views, { shape, strides: outputStrides, offset: 0 }];
  if (!joined) {
    return shape
      .map((size, axis) =>
        nestAxis(
          size,
          all.map((view) => view.strides[axis]!),
          axis,
        ),
      )
      .filter(({ size }) => size !== 1);
  }
  const { shape: sizes, strides } = collapseViews(all);
  return sizes.map((size, axis) =>
    nestAxis(
      size,
      strides.map((list) => list[axis]!),
      axis,
    ),
  );
}

const nestAxis = (size: number, strides: readonly number[], source: number): NestAxis => ({
  size,
  operandStrides: strides.slice(0, -1),
  outputStride: strides.at(-1)!,
  source,
});

/** Strides of a row-major output that lacks `axes`: 0 along them. */
export function reducedStrides(shape: Shape, axes: readonly number[]): number[] {
  const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const strides = new Array<number>(shape.length).fill(0);
  const dense = rowMajorStrides(kept.map((axis) => shape[axis]!));
  for (const [at, axis] of kept.entries()) strides[axis] = dense[at]!;
  return strides;
}
