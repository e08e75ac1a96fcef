import type { HostArray } from "@hekla/tensor";
import { DataError } from "@hekla/tensor/errors";
import { gunzip, isGzip } from "./gunzip.js";
import { sha256 } from "./sha256.js";

/** What to call the file in errors, and what it has to hold. */
export interface ReadIdxOptions {
  /** Default `"file"`. */
  readonly name?: string;
  /** SHA-256 of the unpacked bytes, in hexadecimal; not checked when absent. */
  readonly sha256?: string | undefined;
}

type ReadElements = (view: DataView, offset: number, count: number) => HostArray["data"];

function fill<T extends HostArray["data"]>(values: T, read: (index: number) => number): T {
  for (let i = 0; i < values.length; i += 1) values[i] = read(i);
  return values;
}

/** Big-endian element types by their code. Source: "The IDX file format", yann.lecun.com/exdb/mnist. */
const ELEMENT_TYPES: ReadonlyMap<number, { bytes: number; read: ReadElements }> = new Map([
  [0x08, { bytes: 1, read: (v, at, n) => new Uint8Array(v.buffer, v.byteOffset + at, n).slice() }],
  [0x09, { bytes: 1, read: (v, at, n) => fill(new Int32Array(n), (i) => v.getInt8(at + i)) }],
  [0x0b, { bytes: 2, read: (v, at, n) => fill(new Int32Array(n), (i) => v.getInt16(at + 2 * i)) }],
  [0x0c, { bytes: 4, read: (v, at, n) => fill(new Int32Array(n), (i) => v.getInt32(at + 4 * i)) }],
  [0x0d, { bytes: 4, read: (v, at, n) => fill(new Float32Array(n), (i) => v.getFloat32(at + 4 * i)) }],
  [0x0e, { bytes: 8, read: (v, at, n) => fill(new Float64Array(n), (i) => v.getFloat64(at + 8 * i)) }],
]);

/**
 * Reads an IDX file, the format of MNIST, packed by gzip or not.
 *
 * Unsigned bytes become a Uint8Array; signed bytes, 16-bit and 32-bit integers an Int32Array; floats and doubles a
 * Float32Array and a Float64Array.
 *
 * @returns the elements in file order (last axis fastest) and the shape.
 * @throws DataError if the file is truncated, is no IDX file, has an unknown element type or bytes left over, or
 * does not match `options.sha256`.
 */
export async function readIdx(bytes: Uint8Array, options: ReadIdxOptions = {}): Promise<HostArray> {
  const name = options.name ?? "file";
  const unpacked = isGzip(bytes) ? await gunzip(bytes, name) : bytes;
  const array = parseIdx(unpacked, name);
  if (options.sha256 !== undefined) {
    const sum = await sha256(unpacked);
    if (sum !== options.sha256.toLowerCase()) {
      throw new DataError(`readIdx: ${name} has the wrong sha256, got ${sum}, expected ${options.sha256}`);
    }
  }
  return array;
}

function parseIdx(bytes: Uint8Array, name: string): HostArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4) throw truncated(name, bytes.length, "a 4-byte magic number");
  const [zero0, zero1, code = 0, rank = 0] = bytes;
  if (zero0 !== 0 || zero1 !== 0 || rank === 0) {
    const magic = view.getUint32(0).toString(16).padStart(8, "0");
    throw new DataError(
      `readIdx: ${name} has the wrong magic number, got 0x${magic}, expected two zero bytes, a type and a rank of at least 1`,
    );
  }
  const type = ELEMENT_TYPES.get(code);
  if (!type) {
    const known = [...ELEMENT_TYPES.keys()].map(hexByte).join(", ");
    throw new DataError(
      `readIdx: ${name} has an unknown element type, got ${hexByte(code)}, expected one of ${known}`,
    );
  }
  const header = 4 + 4 * rank;
  if (bytes.length < header)
    throw truncated(name, bytes.length, `a header of ${header} bytes (rank ${rank})`);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const count = shape.reduce((product, size) => product * size, 1);
  const expected = header + count * type.bytes;
  const need = `${expected} bytes for shape [${shape.join(",")}]`;
  if (bytes.length < expected) throw truncated(name, bytes.length, need);
  if (bytes.length > expected) {
    throw new DataError(
      `readIdx: ${name} has ${bytes.length - expected} bytes left over, got ${bytes.length} bytes, expected ${need}`,
    );
  }
  return { data: type.read(view, header, count), shape };
}

function truncated(name: string, got: number, expected: string): DataError {
  return new DataError(`readIdx: ${name} is truncated, got ${got} bytes, expected ${expected}`);
}

function hexByte(code: number): string {
  return `0x${code.toString(16).padStart(2, "0")}`;
}
