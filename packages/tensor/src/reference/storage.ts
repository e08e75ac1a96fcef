import type { Slot } from "../backend.js";
import { type Dtype, isFloat, type StorageArray } from "../dtype.js";

/** How the reference backend holds floats: as float32, or everything as float64 for gradient checks. */
export type Precision = "float32" | "float64";

export function zeroed(dtype: Dtype, size: number, precision: Precision): StorageArray {
  if (!isFloat(dtype)) return new Int32Array(size);
  return dtype === "float64" || precision === "float64" ? new Float64Array(size) : new Float32Array(size);
}

/** A tensor's values in host memory. */
export class HostSlot implements Slot {
  constructor(
    readonly dtype: Dtype,
    public values: StorageArray,
    readonly persistent: boolean,
  ) {}

  get size(): number {
    return this.values.length;
  }
}
