import {
  type Backend,
  DeviceError,
  type DeviceInfo,
  type Dtype,
  DtypeError,
  type Executable,
  type MemoryInfo,
  type Plan,
  type Profiler,
  type Slot,
  type StorageArray,
} from "@hekla/tensor";
import type { Machine } from "./runtime/machine.js";
import { PlanExecutable } from "./runtime/plan-executable.js";
import { HostSlot } from "./runtime/slots.js";

/** Runs plans on a GPU by WebGPU. Made by `webgpu()`. */
export class WebGpuBackend implements Backend {
  readonly name = "webgpu";
  readonly dtypes: readonly Dtype[];
  readonly device: DeviceInfo;

  constructor(readonly machine: Machine) {
    const { info, traits } = machine.device;
    this.device = info;
    this.dtypes = [...(traits.f16 ? (["float16"] as const) : []), "float32", "int32", "bool"];
  }

  prepare(plan: Plan): Executable {
    return new PlanExecutable(plan, this.machine);
  }

  upload(data: StorageArray, dtype: Dtype): Slot {
    this.#requireDtype(dtype);
    return new HostSlot(data, dtype);
  }

  allocate(size: number, dtype: Dtype): Slot {
    this.#requireDtype(dtype);
    const slot = this.machine.newSlot(size, dtype, true);
    this.machine.commit({ kind: "allocate", to: slot });
    return slot;
  }

  write(slot: Slot, data: StorageArray): void {
    const to = this.#allocated("write", slot, data.length);
    this.machine.commit({ kind: "write", to, data: data.slice() });
  }

  copy(slot: Slot, from: Slot): void {
    const to = this.#allocated("copy", slot, from.size);
    if (from instanceof HostSlot) this.machine.commit({ kind: "write", to, data: from.data.slice() });
    else this.machine.commit({ kind: "copy", to, from: this.machine.own(from) });
  }

  async read(slot: Slot): Promise<StorageArray> {
    return slot instanceof HostSlot ? slot.data.slice() : this.machine.read(this.machine.own(slot));
  }

  readSync(slot: Slot): StorageArray {
    if (slot instanceof HostSlot) return slot.data.slice();
    throw new DeviceError(
      "webgpu: values cannot be read at once, got dataSync, expected `await tensor.data()` (or item(), host())",
    );
  }

  free(slot: Slot): void {
    if (!(slot instanceof HostSlot)) this.machine.free(this.machine.own(slot));
  }

  memory(): MemoryInfo {
    const { persistentBytes, arenaBytes, slots } = this.machine;
    return { persistentBytes, arenaBytes, slots };
  }

  async profile(): Promise<Profiler> {
    return (await import("./runtime/timer.js")).beginProfile(this.machine);
  }

  /** The device as WebGPU knows it; another one after it was lost. */
  get gpuDevice(): unknown {
    return this.machine.device.device;
  }

  dispose(): void {
    this.machine.dispose();
  }

  #allocated(op: string, slot: Slot, length: number) {
    if (slot instanceof HostSlot) {
      throw new DeviceError(`${op}: got an uploaded slot, expected one from allocate`);
    }
    if (length !== slot.size) {
      throw new DeviceError(`${op}: sizes differ, got ${length} values, expected ${slot.size}`);
    }
    return this.machine.own(slot);
  }

  #requireDtype(dtype: Dtype): void {
    if (this.dtypes.includes(dtype)) return;
    throw new DtypeError(`webgpu: got ${dtype}, expected ${this.dtypes.join(", ")}`);
  }
}
