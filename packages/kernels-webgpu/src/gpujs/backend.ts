import {
  type Backend,
  type DeviceInfo,
  type Dtype,
  DtypeError,
  type Executable,
  type MemoryInfo,
  type Plan,
  type Slot,
  type StorageArray,
} from "@hekla/tensor";
import type { Device, Stored } from "./device/device.js";
import { floatsOf } from "./plan/launch-list.js";
import { GpuJsExecutable } from "./plan-executable.js";
import { fromFloats, GpuJsSlot, type Held, ownSlot, toFloats, weigh } from "./slots.js";

/** A backend on a mode of gpu.js. */
export class GpuJsBackend implements Backend {
  readonly name = "gpujs";
  readonly dtypes: readonly Dtype[] = ["float32", "int32", "bool"];
  readonly device?: DeviceInfo;
  #persistentBytes = 0;
  #slots = 0;
  /** Gives back what slots hold that nobody has any more; arrays are collected by themselves. */
  readonly #forgotten: FinalizationRegistry<Held> | undefined;

  constructor(private readonly gpu: Device) {
    if (gpu.info) this.device = gpu.info;
    if (gpu.isRemote) this.#forgotten = new FinalizationRegistry((held) => this.#release(held));
  }

  prepare(plan: Plan): Executable {
    return new GpuJsExecutable(plan, this.gpu, (slot) => this.#watch(slot));
  }

  upload(data: StorageArray, dtype: Dtype): Slot {
    return new GpuJsSlot(data.length, this.#known(dtype), false, data);
  }

  allocate(size: number, dtype: Dtype): Slot {
    const slot = new GpuJsSlot(size, this.#known(dtype), true, undefined);
    slot.held.value = this.gpu.store(new Float32Array(floatsOf(size, dtype)));
    this.#persistentBytes += 4 * floatsOf(size, dtype);
    this.#slots++;
    this.#watch(slot);
    return slot;
  }

  write(slot: Slot, data: StorageArray): void {
    const { held, dtype } = ownSlot(slot);
    // The caller may go on to write to `data`.
    const floats = toFloats(data, dtype);
    this.#replace(held, this.gpu.store(floats === data ? floats.slice() : floats));
  }

  copy(slot: Slot, from: Slot): void {
    const source = ownSlot(from);
    if (source.host) this.write(slot, source.host);
    else this.#replace(ownSlot(slot).held, this.gpu.share(source.held.value!));
  }

  async read(slot: Slot): Promise<StorageArray> {
    const { size, dtype, host, held } = ownSlot(slot);
    if (host) return host.slice();
    return fromFloats(await this.gpu.read(held.value!, floatsOf(size, dtype)), size, dtype);
  }

  readSync(slot: Slot): StorageArray {
    const { size, dtype, host, held } = ownSlot(slot);
    if (host) return host.slice();
    return fromFloats(this.gpu.readSync(held.value!, floatsOf(size, dtype)), size, dtype);
  }

  free(slot: Slot): void {
    const own = ownSlot(slot);
    if (own.held.value === undefined) return;
    this.#forgotten?.unregister(own.held);
    this.#release(own.held);
    own.weight = undefined;
    if (!own.persistent) return;
    this.#persistentBytes -= 4 * floatsOf(own.size, own.dtype);
    this.#slots--;
  }

  memory(): MemoryInfo {
    return {
      persistentBytes: this.#persistentBytes,
      arenaBytes: this.gpu.kernelBytes,
      slots: this.#slots,
    };
  }

  dispose(): Promise<void> {
    return this.gpu.dispose();
  }

  #known(dtype: Dtype): Dtype {
    if (this.dtypes.includes(dtype)) return dtype;
    throw new DtypeError(`gpujs: got ${dtype}, expected one of ${this.dtypes.join(", ")}`);
  }

  #watch(slot: GpuJsSlot): void {
    if (!this.#forgotten) return;
    this.#forgotten.register(slot, slot.held, slot.held);
    if (!slot.persistent) weigh(slot, 4 * floatsOf(slot.size, slot.dtype));
  }

  #replace(held: Held, value: Stored): void {
    this.#release(held);
    held.value = value;
  }

  #release(held: Held): void {
    if (held.value !== undefined) this.gpu.release(held.value);
    held.value = undefined;
  }
}
