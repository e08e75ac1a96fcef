import type { ByteCursor } from "./byte-file.js";
import { fletcher32 } from "./checksums.js";
import { inflateZlib } from "./inflate.js";

/** What chunks went through when they were written, in this order. */
export interface Filter {
  readonly id: number;
  /** First of its numbers: for shuffle, the bytes of an element. */
  readonly value: number;
}

const deflateId = 1;
const shuffleId = 2;
const fletcher32Id = 3;
const otherNames: Record<number, string> = { 4: "szip", 5: "nbit", 6: "scaleoffset", 32000: "lzf" };

/** Source: HDF5 file format specification 3.0, IV.A.2.l. */
export function readFilters(body: ByteCursor): Filter[] {
  const [version, count] = [body.u8(), body.u8()];
  if (version === 1) body.skip(6);
  return Array.from({ length: count }, () => {
    const id = body.u16();
    const nameLength = version === 1 || id >= 256 ? body.u16() : 0;
    body.skip(2);
    const values = body.u16();
    // Version 1 fills names and numbers up to 8 bytes.
    body.skip(version === 1 ? Math.ceil(nameLength / 8) * 8 : nameLength);
    const value = values > 0 ? body.u32() : 0;
    body.skip(4 * Math.max(0, values - 1) + (version === 1 ? 4 * (values % 2) : 0));
    return { id, value };
  });
}

/**
 * The `size` bytes that a chunk had before the filters, which are undone from the last to the first.
 * @param skipped bit k: filter k was not used for this chunk
 */
export function undoFilters(
  filters: readonly Filter[],
  skipped: number,
  stored: ByteCursor,
  size: number,
): Uint8Array {
  const used = filters.filter((_, k) => ((skipped >>> k) & 1) === 0);
  const fail: typeof stored.file.fail = (problem, got, expected) =>
    stored.file.fail(`${stored.what}: ${problem}`, got, expected);
  const ids = used.map(({ id }) => id);
  if (new Set(ids).size < ids.length) fail("a filter is used twice", ids.join(), "different ones");
  let bytes = stored.take(stored.left);
  for (const [k, { id, value }] of [...used.entries()].reverse()) {
    if (id === shuffleId) bytes = unshuffle(bytes, value);
    else if (id === deflateId) {
      const checksum = ids.indexOf(fletcher32Id);
      bytes = inflateZlib(bytes, checksum >= 0 && checksum < k ? size + 4 : size, fail);
    } else if (id === fletcher32Id) {
      const data = bytes.subarray(0, Math.max(0, bytes.length - 4));
      const sum = bytes.subarray(data.length).reduceRight((total, byte) => total * 256 + byte, 0);
      if (fletcher32(data) !== sum) fail("a chunk is damaged", `checksum ${fletcher32(data)}`, sum);
      bytes = data;
    } else fail("a filter is not read", otherNames[id] ?? id, "deflate, shuffle or fletcher32");
  }
  if (bytes.length !== size) fail("a chunk has another size", `${bytes.length} bytes`, size);
  return bytes;
}

/**
 * All first bytes of elements stand together, then all second ones, ...; what is left over at the end stays
 * there.
 */
function unshuffle(bytes: Uint8Array, elementSize: number): Uint8Array {
  const result = new Uint8Array(bytes);
  const count = Math.floor(bytes.length / elementSize);
  for (let part = 0; part < elementSize && count > 0; part++) {
    for (let k = 0; k < count; k++) result[k * elementSize + part] = bytes[part * count + k]!;
  }
  return result;
}
