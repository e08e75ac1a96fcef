import { DataError } from "@hekla/tensor";

/** Arrays that can be kept. */
export type KeptArray = Float32Array | Float64Array | Int32Array | Uint8Array;

const types = { Float32Array, Float64Array, Int32Array, Uint8Array };
const mark = "HEKLA arrays 1\n\n";

interface Entry {
  readonly name: string;
  readonly type: keyof typeof types;
  readonly length: number;
}

const aligned = (length: number): number => Math.ceil(length / 8) * 8;

/**
 * Named arrays and plain values as bytes: a mark, the length of a JSON header (uint32), the header, and the
 * arrays, each at a multiple of 8 bytes, little endian.
 */
export function arraysToBytes(values: unknown, arrays: Readonly<Record<string, KeptArray>>): Uint8Array {
  const entries = Object.entries(arrays).map(([name, array]): Entry => {
    const type = array.constructor.name as keyof typeof types;
    return { name, type, length: array.length };
  });
  const header = new TextEncoder().encode(JSON.stringify({ values, entries }));
  const start = aligned(mark.length + 4 + header.length);
  const total = Object.values(arrays).reduce((sum, array) => sum + aligned(array.byteLength), start);
  const bytes = new Uint8Array(total);
  bytes.set(new TextEncoder().encode(mark));
  new DataView(bytes.buffer).setUint32(mark.length, header.length, true);
  bytes.set(header, mark.length + 4);
  let at = start;
  for (const array of Object.values(arrays)) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at += aligned(array.byteLength);
  }
  return bytes;
}

/**
 * Reads what `arraysToBytes` wrote; the arrays are copies.
 * @param where begins error messages
 * @throws DataError if they are other bytes, or cut
 */
export function arraysFromBytes(
  bytes: Uint8Array,
  where: string,
): { values: unknown; arrays: Record<string, KeptArray> } {
  const text = (from: number, length: number) =>
    new TextDecoder().decode(bytes.subarray(from, from + length));
  if (text(0, mark.length) !== mark || bytes.length < mark.length + 4) {
    throw new DataError(`${where}: not a kept state, got ${bytes.length} other bytes`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = view.getUint32(mark.length, true);
  let at = aligned(mark.length + 4 + headerLength);
  if (at > bytes.length) throw cut(where, bytes.length, at);
  let header: { values: unknown; entries: Entry[] };
  try {
    header = JSON.parse(text(mark.length + 4, headerLength));
  } catch {
    throw new DataError(`${where}: the state's header is damaged, got no JSON in its first ${at} bytes`);
  }
  const { values, entries } = header;
  const arrays: Record<string, KeptArray> = {};
  for (const { name, type, length } of entries) {
    const Type = types[type];
    const end = at + length * Type.BYTES_PER_ELEMENT;
    if (end > bytes.length) throw cut(where, bytes.length, end);
    arrays[name] = new Type(bytes.slice(at, end).buffer);
    at = aligned(end);
  }
  return { values, arrays };
}

function cut(where: string, got: number, expected: number): DataError {
  return new DataError(`${where}: the state is cut, got ${got} bytes, expected at least ${expected}`);
}
