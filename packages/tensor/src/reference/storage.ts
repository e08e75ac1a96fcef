import type { Slot } from "../backend.js";
import { type Dtype, isFloat, type StorageArray } from "../dtype.js";
import { roundToHalf } from "../half.js";

/** How the reference backend holds floats: as float32, or everything as float64 for gradient checks. */
export type Precision = "float32" | "float64";

/** Halves lie in doubles, so that what gives them can add up in double precision; see `settle`. */
export function zeroed(dtype: Dtype, size: number, precision: Precision): StorageArray {
  if (!isFloat(dtype)) return new Int32Array(size);
  return dtype === "float32" && precision === "float32" ? new Float32Array(size) : new Float64Array(size);
}

/** Rounds what an op has computed to half precision, where that is its type; floats of other types are rounded when stored. */
export function settle(dtype: Dtype, values: StorageArray, precision: Precision): void {
  if (dtype !== "float16" || precision === "float64") return;
  for (let i = 0; i < values.length; i++) values[i] = roundToHalf(values[i]!);
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
