import { DataError } from "@hekla/tensor/errors";
import { swapBytes } from "./byte-order.js";
import {
  type NpyDtype,
  npyCodes,
  npyHeaderBytes,
  readNpyHeader,
  refuseNpy,
  truncated,
} from "./npy-header.js";
import { rowMajor } from "./row-major.js";

/** Elements of an NPY file: 64-bit integers as BigInt, float16 as float32, bool as bytes of 0 and 1. */
export type NpyData =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Float32Array
  | Float64Array;

/** An array of NumPy's, row-major. */
export interface NpyArray {
  readonly data: NpyData;
  readonly shape: readonly number[];
  /** The element type in the file. */
  readonly dtype: NpyDtype;
}

const arrayTypes = {
  bool: Uint8Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  float16: Uint16Array,
  float32: Float32Array,
  float64: Float64Array,
} satisfies Record<NpyDtype, unknown>;

/**
 * Reads an array that NumPy's `save` wrote: versions 1.0 to 3.0, bool, integers and floats in either byte
 * order, in C or Fortran order (which is turned into C order).
 *
 * @param options.name what to call the file in errors. Default `"file"`.
 * @throws DataError if the file is no NPY file, is cut short, has bytes left over or a header that cannot be
 * read, or holds Python objects, text, records, dates or complex numbers
 *
 * Source: NumPy Enhancement Proposal 1 and `numpy.lib.format`.
 */
export function readNpy(bytes: Uint8Array, options: { readonly name?: string } = {}): NpyArray {
  const { name = "file" } = options;
  const { dtype, bigEndian, fortranOrder, shape, offset } = readNpyHeader(bytes, name);
  const itemSize = Number(npyCodes[dtype].slice(1));
  const expected = offset + shape.reduce((count, size) => count * size, itemSize);
  const need = `${expected} bytes for ${dtype} of shape [${shape}]`;
  if (bytes.length < expected) throw truncated(name, bytes.length, need);
  if (bytes.length > expected) {
    throw refuseNpy(name, `has ${bytes.length - expected} bytes left over`, `${bytes.length} bytes`, need);
  }
  const content = bytes.slice(offset);
  swapBytes(content, itemSize, bigEndian);
  const stored = new arrayTypes[dtype](content.buffer, content.byteOffset, content.length / itemSize);
  const data = dtype === "float16" ? Float32Array.from(stored as Uint16Array, float16) : stored;
  return { data: fortranOrder && shape.length > 1 ? rowMajor(data, shape) : data, shape, dtype };
}

/**
 * The bytes that NumPy's `load` reads as this array, little-endian and row-major.
 *
 * The element type is that of `data`; `dtype: "bool"` writes bytes of 0 and 1 as bool.
 * @throws DataError if there are not as many values as the shape says, or the dtype is not that of the data
 */
export function toNpy(array: {
  readonly data: NpyData;
  readonly shape: readonly number[];
  readonly dtype?: NpyDtype;
}): Uint8Array {
  const { data, shape, dtype = dtypeOf(data) } = array;
  const count = shape.reduce((product, size) => product * size, 1);
  if (count !== data.length) {
    throw new DataError(`toNpy: got ${data.length} values, expected ${count} of shape [${shape}]`);
  }
  if (dtype === "float16" || arrayTypes[dtype] !== data.constructor) {
    throw new DataError(`toNpy: got ${data.constructor.name} as ${dtype}, expected ${dtypeOf(data)}`);
  }
  const header = npyHeaderBytes(dtype, shape);
  const file = new Uint8Array(header.length + data.byteLength);
  file.set(header);
  const content = file.subarray(header.length);
  content.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  swapBytes(content, data.BYTES_PER_ELEMENT, false);
  return file;
}

function dtypeOf(data: NpyData): NpyDtype {
  const found = Object.entries(arrayTypes).find(([dtype, type]) => {
    return dtype !== "bool" && dtype !== "float16" && type === data.constructor;
  });
  if (!found) {
    const types = "a typed array of integers or floats";
    throw new DataError(`toNpy: got ${data.constructor.name}, expected ${types}`);
  }
  return found[0] as NpyDtype;
}

/** The value of 16 bits: a sign, 5 bits of exponent and 10 of mantissa. Source: IEEE 754-2019, binary16. */
function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const mantissa = bits & 1023;
  if (exponent === 31) return mantissa ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * mantissa * 2 ** -24 : sign * (1024 + mantissa) * 2 ** (exponent - 25);
}
