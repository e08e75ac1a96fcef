import type { Dtype, Slot, StorageArray } from "@hekla/tensor";
import type { Region } from "./heap.js";

/** Values that have not been brought to the device yet. */
export class HostSlot implements Slot {
  constructor(
    readonly data: StorageArray,
    readonly dtype: Dtype,
  ) {}

  get size(): number {
    return this.data.length;
  }
}

/** Values on the device. */
export class DeviceSlot implements Slot {
  freed = false;

  constructor(
    readonly region: Region,
    readonly size: number,
    readonly dtype: Dtype,
    readonly persistent: boolean,
  ) {}
}
