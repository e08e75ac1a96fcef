import { DeviceError, type Dtype, type Slot } from "@hekla/tensor";
import type { WasmMemory } from "./wasm-memory.js";

/** A short-lived value in a typed array of its own: garbage collection frees it. */
export class HostSlot implements Slot {
  constructor(
    readonly data: Float32Array | Int32Array,
    readonly dtype: Dtype,
  ) {}

  get size(): number {
    return this.data.length;
  }

  view(_memory: WasmMemory): Float32Array | Int32Array {
    return this.data;
  }
}

/** A value at a fixed address: a Variable or a captured tensor. */
export class MemorySlot implements Slot {
  freed = false;

  constructor(
    readonly address: number,
    readonly size: number,
    readonly dtype: Dtype,
  ) {}

  view(memory: WasmMemory): Float32Array | Int32Array {
    if (this.freed) throw new DeviceError("wasm: got a slot that has been freed, expected a live one");
    const words = this.dtype === "float32" ? memory.floats : memory.ints;
    return words.subarray(this.address / 4, this.address / 4 + this.size);
  }
}
