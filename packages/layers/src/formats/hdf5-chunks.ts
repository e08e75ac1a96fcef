import type { Claims } from "./hdf5-claims.js";
import { type Filter, undoFilters } from "./hdf5-filters.js";
import type { Layout } from "./hdf5-layout.js";
import { treeChildren } from "./hdf5-links.js";

export interface ChunkedData {
  readonly layout: Extract<Layout, { kind: "chunks" }>;
  readonly filters: readonly Filter[];
  readonly shape: readonly number[];
  /** Bytes of an element. */
  readonly size: number;
  readonly what: string;
}

/** Writes the chunks that are in the file to their places in `out`, which holds the whole array. */
export function readChunks(
  claims: Claims,
  out: Uint8Array,
  { layout: { chunk, tree }, filters, shape, size, what }: ChunkedData,
  maxBytes: number,
): void {
  const { file } = claims;
  const grid = shape.map((length, axis) => Math.ceil(length / chunk[axis]!));
  const chunkBytes = chunk.reduce((product, length) => product * length, size);
  const padded = grid.reduce((product, count) => product * count, chunkBytes);
  // Chunks of no elements make the grid infinite, which is too large as well.
  if (!(padded <= maxBytes)) file.fail(`${what} is too large with its chunks`, `${padded} bytes`, maxBytes);
  const seen = new Set<number>();
  // A key: bytes in the file, filters that were skipped, the first element.
  for (const { key, child } of treeChildren(claims, tree, 1, 16 + 8 * shape.length, what)) {
    const [stored, skipped] = [key.u32(), key.u32()];
    const offset = shape.map(() => key.u64());
    const places = offset.map((first, axis) => first / chunk[axis]!);
    const outside = places.some((place, axis) => !Number.isInteger(place) || place >= grid[axis]!);
    const place = places.reduce((index, next, axis) => index * grid[axis]! + next, 0);
    if (outside || seen.has(place))
      file.fail(`${what} is broken`, `a chunk at [${offset}]`, "one of its grid");
    seen.add(place);
    claims.charge(stored, what);
    const bytes = undoFilters(filters, skipped, file.cursor(child, stored, what), chunkBytes);
    copyChunk(out, shape, bytes, chunk, offset, size);
  }
}

/** Copies the part of a chunk that lies within the array. */
function copyChunk(
  out: Uint8Array,
  shape: readonly number[],
  bytes: Uint8Array,
  chunk: readonly number[],
  offset: readonly number[],
  size: number,
): void {
  const last = shape.length - 1;
  /**
   * `from` and `to` count the elements before this place in the chunk and in the array, over the axes so far.
   */
  const copy = (axis: number, from: number, to: number): void => {
    const count = Math.min(chunk[axis]!, shape[axis]! - offset[axis]!);
    const [begin, start] = [from * chunk[axis]!, to * shape[axis]! + offset[axis]!];
    if (axis === last) out.set(bytes.subarray(begin * size, (begin + count) * size), start * size);
    else for (let k = 0; k < count; k++) copy(axis + 1, begin + k, start + k);
  };
  copy(0, 0, 0);
}
