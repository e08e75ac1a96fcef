/** Element types. `float64` exists on the reference backend only; `bool` is stored as 32-bit 0 or 1. */
export type Dtype = "float32" | "float64" | "int32" | "bool";

/** Typed arrays that tensors are made from and read into. */
export type HostData = Float32Array | Float64Array | Int32Array | Uint8Array;

/** Data in host memory with its shape, row-major: what datasets yield and `predict` returns. */
export interface HostArray {
  readonly data: HostData;
  readonly shape: readonly number[];
}

/** What a backend stores an element type in. */
export type StorageArray = Float32Array | Float64Array | Int32Array;

const rank: Record<Dtype, number> = { bool: 0, int32: 1, float32: 2, float64: 3 };

/** Whether it is one of the float types, which have gradients. */
export const isFloat = (dtype: Dtype): boolean => dtype === "float32" || dtype === "float64";

/** Bytes of one element in a backend's memory. */
export const bytesPerElement = (dtype: Dtype): number => (dtype === "float64" ? 8 : 4);

/** The wider of two element types: bool < int32 < float32 < float64. */
export const promote = (a: Dtype, b: Dtype): Dtype => (rank[a] >= rank[b] ? a : b);

/** Zeroed host storage for `size` elements. */
export function storageArray(dtype: Dtype, size: number): StorageArray {
  if (dtype === "float32") return new Float32Array(size);
  return dtype === "float64" ? new Float64Array(size) : new Int32Array(size);
}

/** Typed array as a backend stores it, without a copy where the layout is the same already. */
export function toStorage(dtype: Dtype, data: ArrayLike<number>): StorageArray {
  // Constructors copy typed arrays as a piece, which their `from` does not.
  if (dtype === "float32") return data instanceof Float32Array ? data : new Float32Array(data);
  if (dtype === "float64") return data instanceof Float64Array ? data : new Float64Array(data);
  if (dtype === "int32") return data instanceof Int32Array ? data : new Int32Array(data);
  return Int32Array.from(data, (value) => (value ? 1 : 0));
}

/** Storage as users read it: bool becomes a Uint8Array of 0 and 1, the others stay. */
export function fromStorage(dtype: Dtype, data: StorageArray): HostData {
  return dtype === "bool" ? Uint8Array.from(data) : data;
}

/** Dtype of a typed array given without one; Uint8Array (pixels) becomes float32. */
export function dtypeOf(data: HostData): Dtype {
  if (data instanceof Float64Array) return "float64";
  if (data instanceof Int32Array) return "int32";
  return "float32";
}
