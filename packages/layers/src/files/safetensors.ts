import { DataError, type HostArray, type HostData } from "@hekla/tensor";
import { product } from "../batch-shape.js";

/** What a file holds: tensors by name and strings by key. */
export interface TensorFile {
  readonly tensors: ReadonlyMap<string, HostArray>;
  readonly metadata: Readonly<Record<string, string>>;
}

const bytesPerValue = { F32: 4, F64: 8, I32: 4, U8: 1 } as const;
type FileType = keyof typeof bytesPerValue;

function fileType(data: HostData): FileType {
  if (data instanceof Float32Array) return "F32";
  if (data instanceof Float64Array) return "F64";
  return data instanceof Int32Array ? "I32" : "U8";
}

interface Entry {
  readonly dtype: FileType;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/**
 * The bytes of a safetensors file: 8 bytes header length (little-endian), the header as JSON, the values in the order
 * of the map. The same content gives the same bytes.
 * Source: safetensors format, huggingface/safetensors README.
 */
export function encodeTensors({ tensors, metadata }: TensorFile): Uint8Array {
  const header: Record<string, Entry | Readonly<Record<string, string>>> = { __metadata__: metadata };
  let offset = 0;
  for (const [name, { data, shape }] of tensors) {
    header[name] = { dtype: fileType(data), shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  // Spaces fill the header up, so that values start at a multiple of 8 bytes.
  const headerLength = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerLength + offset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.fill(32, 8, 8 + headerLength);
  bytes.set(json, 8);
  let at = 8 + headerLength;
  for (const { data } of tensors.values()) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/**
 * Reads a safetensors file.
 * @param source name of the file, for errors
 * @throws DataError for a file that is cut short, has a broken header or does not match it
 */
export function decodeTensors(bytes: Uint8Array, source: string): TensorFile {
  const fail = (problem: string, got: string, expected: string): never => {
    throw new DataError(`load: ${source}: ${problem}, got ${got}, expected ${expected}`);
  };
  if (bytes.length < 8) fail("the file is cut short", `${bytes.length} bytes`, "at least 8");
  const headerLength = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  if (headerLength > 100_000_000) {
    fail("the file is no model", `a header of ${headerLength} bytes`, "a safetensors header");
  }
  const start = 8 + headerLength;
  if (bytes.length < start)
    fail("the file is cut short", `${bytes.length} bytes`, `a header up to byte ${start}`);
  const header = parseHeader(bytes.subarray(8, start), fail);
  const tensors = new Map<string, HostArray>();
  let end = 0;
  for (const [name, value] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    const { dtype, shape, data_offsets: offsets } = checkedEntry(name, value, fail);
    const [from, to] = offsets;
    if (from !== end) fail(`tensor ${name} is out of place`, `byte ${from}`, `${end}`);
    end = to;
    if (bytes.length < start + to) {
      fail(`the file is cut short in tensor ${name}`, `${bytes.length} bytes`, `at least ${start + to}`);
    }
    // A copy, because typed arrays need aligned offsets and the file's bytes may start anywhere; not by `slice`,
    // which does not copy Node's Buffers.
    tensors.set(name, {
      data: typed(dtype, new Uint8Array(bytes.subarray(start + from, start + to))),
      shape,
    });
  }
  if (bytes.length !== start + end) {
    fail("the length does not match the header", `${bytes.length} bytes`, `${start + end}`);
  }
  return { tensors, metadata: (header.__metadata__ ?? {}) as Record<string, string> };
}

type Fail = (problem: string, got: string, expected: string) => never;

function parseHeader(bytes: Uint8Array, fail: Fail): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return fail("the header cannot be read", "broken JSON", "a safetensors header");
  }
  if (typeof header !== "object" || header === null || Array.isArray(header)) {
    return fail("the header cannot be read", typeof header, "an object");
  }
  return header as Record<string, unknown>;
}

const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function checkedEntry(name: string, value: unknown, fail: Fail): Entry {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Partial<Entry>;
  const valid =
    typeof dtype === "string" &&
    Object.hasOwn(bytesPerValue, dtype) &&
    Array.isArray(shape) &&
    shape.every(isSize) &&
    Array.isArray(offsets) &&
    offsets.length === 2 &&
    offsets.every(isSize) &&
    offsets[1] - offsets[0] === product(shape) * bytesPerValue[dtype];
  return valid
    ? (value as Entry)
    : fail(
        `the header of tensor ${name} is broken`,
        JSON.stringify(value),
        "dtype, shape and offsets that fit",
      );
}

function typed(dtype: FileType, { buffer }: { buffer: ArrayBufferLike }): HostData {
  switch (dtype) {
    case "F32":
      return new Float32Array(buffer);
    case "F64":
      return new Float64Array(buffer);
    case "I32":
      return new Int32Array(buffer);
    case "U8":
      return new Uint8Array(buffer);
  }
}
