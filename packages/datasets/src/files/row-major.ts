import type { NpyData } from "./npy.js";

/** Elements whose first axis is the fastest, in the order in which the last one is. */
export function rowMajor<T extends NpyData>(data: T, shape: readonly number[]): T {
  const ordered = data.slice() as T;
  const index = shape.map(() => 0);
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, size) => product * size, 1));
  let from = 0;
  for (let to = 0; to < ordered.length; to += 1) {
    ordered[to] = data[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      index[axis]! += 1;
      from += strides[axis]!;
      if (index[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return ordered;
}
