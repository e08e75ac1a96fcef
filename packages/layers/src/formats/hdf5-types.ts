import { fromHalf } from "@hekla/tensor/half";
import { type ByteCursor, ByteFile, utf8 } from "./byte-file.js";
import type { Claims } from "./hdf5-claims.js";
import type { GlobalHeap } from "./hdf5-heap.js";

/** Values as HDF5 holds them; float16 comes as Float32Array, bool and opaque bytes as Uint8Array. */
export type Hdf5Data =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | readonly string[];

/**
 * Values in row-major order; the shape of a single one is []. Opaque bytes have their number as the last
 * axis.
 */
export interface Hdf5Array {
  readonly data: Hdf5Data;
  readonly shape: readonly number[];
}

const arrayTypes = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
  opaque: Uint8Array,
} as const;

/** `unsupported` can be seen in a file, but not read. */
export type Hdf5Dtype = keyof typeof arrayTypes | "float16" | "string" | "variableString" | "unsupported";

export interface ElementType {
  readonly dtype: Hdf5Dtype;
  /** Bytes of an element in the file. */
  readonly size: number;
  /** Bytes of an element in memory, at most. */
  readonly hostSize: number;
  readonly bigEndian: boolean;
  /** What HDF5 calls this kind of type. */
  readonly kind: string;
}

const kinds =
  "integer,float,time,string,bit field,opaque,compound,reference,enum,variable-length,array,complex".split(
    ",",
  );
const floatLayouts: Record<string, "float16" | "float32" | "float64"> = {
  "10,5": "float16",
  "23,8": "float32",
  "52,11": "float64",
};
/** What a JavaScript string takes beside its letters. */
const stringCost = 32;

/** Source: HDF5 file format specification 3.0, IV.A.2.d. */
export function readElementType(body: ByteCursor, nested = false): ElementType {
  const { fail } = body.file;
  const first = body.u8();
  const bits = body.u8() | (body.u8() << 8) | (body.u8() << 16);
  const size = body.u32();
  const kind = kinds[first & 15] ?? `number ${first & 15}`;
  if (size === 0) fail("a type is broken", `${kind} of 0 bytes`, "at least 1");
  const type = (dtype: Hdf5Dtype, hostSize = size): ElementType => {
    return { dtype, size, hostSize, bigEndian: (bits & 1) === 1, kind };
  };
  const unsupported = type("unsupported");
  if (kind === "integer") {
    const [offset, precision] = [body.u16(), body.u16()];
    const dtype = `${bits & 8 ? "int" : "uint"}${precision}`;
    const plain = offset === 0 && precision === 8 * size && Object.hasOwn(arrayTypes, dtype);
    return plain ? type(dtype as Hdf5Dtype) : unsupported;
  }
  if (kind === "float") {
    const [offset, precision, exponentAt] = [body.u16(), body.u16(), body.u8()];
    const [exponentBits, mantissaAt, mantissaBits] = [body.u8(), body.u8(), body.u8()];
    const dtype = floatLayouts[`${mantissaBits},${exponentBits}`];
    const placed = offset === 0 && mantissaAt === 0 && exponentAt === mantissaBits;
    const filled = precision === 8 * size && precision === 1 + exponentBits + mantissaBits;
    // Bit 6 marks the byte order of the VAX; bits 4 and 5 say that a leading 1 is not stored.
    return dtype && placed && filled && (bits & 0x70) === 0x20 ? type(dtype, Math.max(size, 4)) : unsupported;
  }
  if (kind === "string") return type("string", size + stringCost);
  if (kind === "opaque") return type("opaque");
  const text = kind === "variable-length" && (bits & 15) === 1 && size === 16;
  if (text) return type("variableString", size + stringCost);
  // An enum of enums of ... could be deeper than the stack.
  if (kind === "enum" && !nested) {
    const base = readElementType(body, true);
    const members = String.fromCharCode(...body.take(Math.min(body.left, 24))).replace(/\0+/g, "\0");
    const bool = base.dtype === "int8" && bits === 2 && members.startsWith("FALSE\0TRUE\0");
    if (base.size !== size) fail("a type is broken", `an enum of ${size} bytes`, base.size);
    return bool ? { ...base, dtype: "bool" } : base;
  }
  return unsupported;
}

/** Values of an element type from bytes that nobody else holds and that begin their buffer. */
export function decodeValues(
  { dtype, size, bigEndian, kind }: ElementType,
  bytes: Uint8Array<ArrayBuffer>,
  heap: GlobalHeap,
  claims: Claims,
  what: string,
): Hdf5Data {
  const { fail } = claims.file;
  const count = bytes.length / size;
  const texts = (element: (at: number) => Uint8Array): string[] =>
    Array.from({ length: count }, (_, k) => {
      // Zeros fill a text up; what follows one does not count.
      const letters = element(k * size);
      const end = letters.indexOf(0);
      return utf8(end < 0 ? letters : letters.subarray(0, end), fail, what);
    });
  if (dtype === "unsupported") return fail(`${what} is of a type that is not read`, kind, "numbers or text");
  if (dtype === "string") return texts((at) => bytes.subarray(at, at + size));
  if (dtype === "variableString") {
    const references = new ByteFile(bytes, claims.file.source);
    return texts((at) => heap.read(references.cursor(at, size, what), claims));
  }
  if (bigEndian) swapBytes(bytes, size);
  if (dtype === "float16") return fromHalf(new Uint16Array(bytes.buffer));
  return new arrayTypes[dtype](bytes.buffer);
}

function swapBytes(bytes: Uint8Array, size: number): void {
  for (let start = 0; start < bytes.length; start += size) {
    for (let [low, high] = [start, start + size - 1]; low < high; low++, high--) {
      const byte = bytes[low]!;
      bytes[low] = bytes[high]!;
      bytes[high] = byte;
    }
  }
}

export interface Space {
  readonly shape: readonly number[];
  readonly count: number;
}

/** Source: HDF5 file format specification 3.0, IV.A.2.b. */
export function readSpace(body: ByteCursor): Space {
  const version = body.u8();
  const rank = body.u8();
  body.skip(1);
  if ((version !== 1 && version !== 2) || rank > 32) {
    body.file.fail("a shape is broken", `version ${version}, ${rank} axes`, "version 1 or 2, 32 axes");
  }
  const kind = body.u8();
  if (version === 1) body.skip(4);
  else if (kind === 2) return { shape: [0], count: 0 };
  const shape = Array.from({ length: rank }, () => body.u64());
  const count = shape.includes(0) ? 0 : shape.reduce((product, size) => product * size, 1);
  return { shape, count };
}
