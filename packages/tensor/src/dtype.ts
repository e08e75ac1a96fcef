import { fromHalf, toHalf } from "./half.js";

/**
 * Element types. `float64` exists on the reference backend only, `float16` on backends whose `dtypes` have it; `bool` is
 * stored as 32-bit 0 or 1.
 *
 * `float16` is IEEE 754's binary16, in two bytes. Each op gives what it would give in higher precision, rounded once to
 * the nearest half, halfway to the even one, from 65520 on to Infinity; sums, matmuls and convolutions add up in float32 or
 * more. Backends exchange it as bits (Uint16Array), since JavaScript has no such array everywhere; users give and read
 * values: `tensor` takes any array with `dtype: "float16"`, `data()` gives a Float32Array.
 */
export type Dtype = "float16" | "float32" | "float64" | "int32" | "bool";

/** Typed arrays that tensors are made from and read into. */
export type HostData = Float32Array | Float64Array | Int32Array | Uint8Array;

/** Data in host memory with its shape, row-major: what datasets yield and `predict` returns. */
export interface HostArray {
  readonly data: HostData;
  readonly shape: readonly number[];
}

/** What a backend stores an element type in; `float16` as the bits of each element. */
export type StorageArray = Uint16Array | Float32Array | Float64Array | Int32Array;

const rank: Record<Dtype, number> = { bool: 0, int32: 1, float16: 2, float32: 3, float64: 4 };

/** Whether it is one of the float types, which have gradients. */
export const isFloat = (dtype: Dtype): boolean => rank[dtype] > 1;

/** Bytes of one element in a backend's memory. */
export const bytesPerElement = (dtype: Dtype): number =>
  dtype === "float64" ? 8 : dtype === "float16" ? 2 : 4;

/** The wider of two element types: bool < int32 < float16 < float32 < float64. */
export const promote = (a: Dtype, b: Dtype): Dtype => (rank[a] >= rank[b] ? a : b);

/** Zeroed host storage for `size` elements. */
export function storageArray(dtype: Dtype, size: number): StorageArray {
  if (dtype === "float32") return new Float32Array(size);
  if (dtype === "float16") return new Uint16Array(size);
  return dtype === "float64" ? new Float64Array(size) : new Int32Array(size);
}

/** Values as a backend stores them, without a copy where the layout is the same already. */
export function toStorage(dtype: Dtype, data: ArrayLike<number>): StorageArray {
  // Constructors copy typed arrays as a piece, which their `from` does not.
  if (dtype === "float32") return data instanceof Float32Array ? data : new Float32Array(data);
  if (dtype === "float64") return data instanceof Float64Array ? data : new Float64Array(data);
  if (dtype === "int32") return data instanceof Int32Array ? data : new Int32Array(data);
  if (dtype === "float16") return toHalf(data);
  return Int32Array.from(data, (value) => (value ? 1 : 0));
}

/** Storage as users read it: bool becomes a Uint8Array of 0 and 1, bits of halves become float32, the others stay. */
export function fromStorage(dtype: Dtype, data: StorageArray): HostData {
  if (data instanceof Uint16Array) return fromHalf(data);
  return dtype === "bool" ? Uint8Array.from(data) : data;
}

/** Dtype of a typed array given without one; Uint8Array (pixels) becomes float32. */
export function dtypeOf(data: HostData): Dtype {
  if (data instanceof Float64Array) return "float64";
  if (data instanceof Int32Array) return "int32";
  return "float32";
}
