import { rowMajorStrides, type Shape, sizeOf } from "./shape.js";

/**
 * How a step walks a buffer: element `[i0, i1, ...]` lies at `offset + sum(i[a] * strides[a])`, in elements.
 * A stride of 0 broadcasts, a negative one flips. All indices reached lie inside the buffer.
 */
export interface View {
  readonly shape: Shape;
  readonly strides: readonly number[];
  readonly offset: number;
}

/** The view of a whole row-major buffer. */
export const identityView = (shape: Shape): View => ({ shape, strides: rowMajorStrides(shape), offset: 0 });

/** True when the view walks its elements in row-major order without gaps, from `offset` on. */
export function isContiguous(view: View): boolean {
  if (sizeOf(view.shape) <= 1) return true;
  const expected = rowMajorStrides(view.shape);
  return view.shape.every((size, axis) => size === 1 || view.strides[axis] === expected[axis]);
}

/** True when the view is the whole of a row-major buffer of `size` elements. */
export const isWhole = (view: View, size: number): boolean =>
  view.offset === 0 && sizeOf(view.shape) === size && isContiguous(view);

/** Axis `i` of the result is axis `permutation[i]` of the view. */
export function transposeView(view: View, permutation: readonly number[]): View {
  return {
    shape: permutation.map((axis) => view.shape[axis]!),
    strides: permutation.map((axis) => view.strides[axis]!),
    offset: view.offset,
  };
}

/** `start` and `step` per axis; a negative step walks backwards from `start`. */
export function sliceView(view: View, start: readonly number[], step: readonly number[], shape: Shape): View {
  const offset = view.strides.reduce((sum, stride, axis) => sum + stride * start[axis]!, view.offset);
  return { shape, strides: view.strides.map((stride, axis) => stride * step[axis]!), offset };
}

/** Repeats axes of size 1, and new ones before the first, to a larger shape. */
export function broadcastView(view: View, shape: Shape): View {
  const lead = shape.length - view.shape.length;
  const strides = shape.map((_, axis) => {
    const source = axis - lead;
    return source < 0 || view.shape[source] === 1 ? 0 : view.strides[source]!;
  });
  return { shape, strides, offset: view.offset };
}

/** The view under another shape of the same size, or undefined where the elements do not lie so. */
export function reshapeView(view: View, shape: Shape): View | undefined {
  if (sizeOf(shape) === 0) return { shape, strides: rowMajorStrides(shape), offset: view.offset };
  const strides = new Array<number>(shape.length).fill(0);
  // Runs of axes that multiply to the same size on both sides are matched; inside a run the old axes must merge.
  const old = view.shape
    .map((size, axis) => ({ size, stride: view.strides[axis]! }))
    .filter((a) => a.size !== 1);
  let at = 0;
  let axis = 0;
  while (axis < shape.length) {
    if (shape[axis] === 1) {
      axis++;
      continue;
    }
    let have = old[at]!.size;
    let want = shape[axis]!;
    at++;
    const firstNew = axis++;
    while (have !== want) {
      if (have < want) {
        const previous = old[at - 1]!;
        const next = old[at++]!;
        if (previous.stride !== next.stride * next.size) return undefined;
        have *= next.size;
      } else {
        want *= shape[axis++]!;
      }
    }
    let stride = old[at - 1]!.stride;
    for (let k = axis - 1; k >= firstNew; k--) {
      strides[k] = stride;
      stride *= shape[k]!;
    }
  }
  return { shape, strides, offset: view.offset };
}

/**
 * Joins neighbouring axes that all views walk as one, so that kernels loop over as few axes as possible.
 * All views have the same shape; axes of size 1 go. Returns the joined shape and the strides of each view.
 */
export function collapseViews(views: readonly View[]): { shape: number[]; strides: number[][] } {
  const shape: number[] = [];
  const strides: number[][] = views.map(() => []);
  const full = views[0]?.shape ?? [];
  full.forEach((size, axis) => {
    if (size === 1) return;
    const last = shape.length - 1;
    const joins = last >= 0 && views.every((view, k) => strides[k]![last] === view.strides[axis]! * size);
    if (joins) {
      shape[last] = shape[last]! * size;
      for (const [k, view] of views.entries()) strides[k]![last] = view.strides[axis]!;
    } else {
      shape.push(size);
      for (const [k, view] of views.entries()) strides[k]!.push(view.strides[axis]!);
    }
  });
  return { shape, strides };
}
