import type { HostArray, HostData } from "@hekla/tensor";
import { DataError } from "@hekla/tensor/errors";
import { isHostArray } from "../sample-tree.js";

/**
 * The rows of a list or of an array `[n, ...]` that `indices` name, in their order: one side of a split.
 * @throws DataError for an index that is no row
 */
export function takeRows<T extends HostArray | readonly unknown[]>(rows: T, indices: ArrayLike<number>): T {
  const count = isHostArray(rows) ? (rows.shape[0] ?? 0) : rows.length;
  const wanted = Array.from(indices, (index) => {
    if (Number.isInteger(index) && index >= 0 && index < count) return index;
    throw new DataError(`takeRows: got index ${index}, expected an integer in 0..${count - 1}`);
  });
  if (!isHostArray(rows)) return wanted.map((index) => rows[index]) as unknown as T;
  const { data: from } = rows;
  const inner = rows.shape.slice(1);
  const size = inner.reduce((product, length) => product * length, 1);
  const data = new (from.constructor as new (length: number) => HostData)(wanted.length * size);
  wanted.forEach((index, to) => {
    data.set(from.subarray(index * size, (index + 1) * size), to * size);
  });
  return { data, shape: [wanted.length, ...inner] } as unknown as T;
}
