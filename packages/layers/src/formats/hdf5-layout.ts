import type { ByteCursor } from "./byte-file.js";

/**
 * Where the values of a data set stand: together, in chunks that a B-tree knows, or nowhere if none were
 * written.
 */
export type Layout =
  | { readonly kind: "whole"; readonly data: Uint8Array }
  | { readonly kind: "chunks"; readonly chunk: readonly number[]; readonly tree: number }
  | { readonly kind: "none" }
  /** Chunks of the latest format. */
  | { readonly kind: "unsupported" };

/** Source: HDF5 file format specification 3.0, IV.A.2.i. */
export function readLayout(body: ByteCursor, byteCount: number, rank: number, what: string): Layout {
  const { file } = body;
  const version = body.u8();
  const layout = body.u8();
  if (version < 3 || version > 5) file.fail(`${what} has a layout of an unknown version`, version, "3 to 5");
  if (layout > 2)
    file.fail(`${what} has its values elsewhere`, layout === 3 ? "a virtual layout" : layout, "values");
  if (layout === 2 && version > 3) return { kind: "unsupported" };
  if (layout === 2) {
    const axes = body.u8() - 1;
    const tree = body.address();
    if (axes !== rank || rank === 0) file.fail(`${what} is broken`, `chunks of ${axes} axes`, rank);
    return tree === undefined
      ? { kind: "none" }
      : { kind: "chunks", tree, chunk: Array.from({ length: rank }, () => body.u32()) };
  }
  const address = layout === 1 ? body.address() : body.at + 2;
  if (address === undefined) return { kind: "none" };
  const size = layout === 1 ? body.u64() : body.u16();
  if (size < byteCount) file.fail(`${what} is cut short`, `${size} bytes`, byteCount);
  return { kind: "whole", data: file.cursor(address, byteCount, what).take(byteCount) };
}
