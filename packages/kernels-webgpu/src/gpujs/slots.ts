import { DeviceError, type Dtype, type Slot, type StorageArray } from "@hekla/tensor";
import type { Stored } from "./device/device.js";

/** What a slot holds, apart from it, so that it can be given back when the slot is gone. */
export interface Held {
  value: Stored | undefined;
}

/** Below this, what the garbage collector does not see of a value does not matter. */
const noticed = 1 << 14;

/** A tensor's values: as floats in the memory of a mode of gpu.js, or as they came from the host. */
export class GpuJsSlot implements Slot {
  readonly held: Held = { value: undefined };
  /**
   * As large as what lies on the GPU and never touched, so that the garbage collector knows what the slot
   * weighs.
   */
  weight: ArrayBuffer | undefined;

  constructor(
    readonly size: number,
    readonly dtype: Dtype,
    readonly persistent: boolean,
    /** Values that came from the host; they are brought over for each run, so nothing has to be freed. */
    readonly host: StorageArray | undefined,
  ) {}
}

/** Gives a slot its weight for the garbage collector. */
export function weigh(slot: GpuJsSlot, bytes: number): void {
  if (bytes >= noticed) slot.weight = new ArrayBuffer(bytes);
}

/** The slot as one of this backend. */
export function ownSlot(slot: Slot): GpuJsSlot {
  if (!(slot instanceof GpuJsSlot)) throw new DeviceError("gpujs: got the slot of another backend");
  return slot;
}

/** Values as floats: whole numbers as an upper half, with the sign, and a lower one. Never empty. */
export function toFloats(data: StorageArray, dtype: Dtype): Float32Array {
  if (data.length === 0) return new Float32Array(1);
  if (dtype === "int32") {
    const floats = new Float32Array(2 * data.length);
    for (let at = 0; at < data.length; at++) {
      const whole = data[at]!;
      floats[2 * at] = whole >> 16;
      floats[2 * at + 1] = whole & 0xffff;
    }
    return floats;
  }
  return data instanceof Float32Array ? data : Float32Array.from(data);
}

/** The values that floats stand for; see `toFloats`. */
export function fromFloats(floats: Float32Array, size: number, dtype: Dtype): StorageArray {
  if (dtype === "float32") return floats.length === size ? floats : floats.slice(0, size);
  if (dtype === "bool") return Int32Array.from(floats.subarray(0, size));
  const whole = new Int32Array(size);
  for (let at = 0; at < size; at++) whole[at] = (floats[2 * at]! << 16) | floats[2 * at + 1]!;
  return whole;
}
