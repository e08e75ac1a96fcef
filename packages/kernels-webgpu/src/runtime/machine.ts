import {
  bytesPerElement,
  DeviceError,
  type Dtype,
  type Slot,
  type StorageArray,
  storageArray,
} from "@hekla/tensor";
import { copyTarget, mapRead, readMode } from "./buffer-usage.js";
import type { Command, Stored } from "./commands.js";
import type { GpuDevice } from "./gpu-device.js";
import { Heap, type Region } from "./heap.js";
import { type Recoverable, Recovery } from "./recovery.js";
import type { RecoveryOptions } from "./recovery-options.js";
import { DeviceSlot } from "./slots.js";
import type { Timer } from "./timer.js";

interface SharedBuffer {
  readonly buffer: GPUBuffer;
  readonly bytes: number;
  readonly device: GpuDevice;
}

/** Device memory and the commands that change it. */
export class Machine implements Recoverable {
  readonly heap: Heap;
  device: GpuDevice;
  readonly #shared = new Map<string, SharedBuffer>();
  /** Gives the memory of tensors back that nobody can reach any more. */
  readonly #dropped = new FinalizationRegistry<Region>((region) => this.heap.free(region));
  /** Takes the time of each dispatch, while there is one. */
  timer: Timer | undefined;
  persistentBytes = 0;
  slots = 0;

  readonly #recovery: Recovery;

  constructor(device: GpuDevice, open: () => Promise<GpuDevice>, options: RecoveryOptions) {
    this.device = device;
    this.heap = new Heap({
      make: (bytes, label) => this.device.make(bytes, label),
      maxBytes: device.maxBytes,
    });
    this.#recovery = new Recovery(this, open, options);
  }

  /** Memory for a tensor; unless it is persistent, it goes back when the slot is collected. */
  newSlot(size: number, dtype: Dtype, persistent: boolean): DeviceSlot {
    const region = this.heap.allocate(size * bytesPerElement(dtype));
    const slot = new DeviceSlot(region, size, dtype, persistent);
    if (persistent) {
      this.persistentBytes += size * bytesPerElement(dtype);
      this.slots++;
    } else this.#dropped.register(slot, region, slot);
    return slot;
  }

  free(slot: DeviceSlot): void {
    if (slot.freed) return;
    slot.freed = true;
    this.heap.free(slot.region);
    this.#recovery.fallback?.free(slot);
    if (slot.persistent) {
      this.persistentBytes -= slot.size * bytesPerElement(slot.dtype);
      this.slots--;
    } else this.#dropped.unregister(slot);
  }

  own(slot: Slot): DeviceSlot {
    if (slot instanceof DeviceSlot) return slot;
    throw new DeviceError("webgpu: got the slot of another backend, expected one of this");
  }

  get arenaBytes(): number {
    return this.#shared.get("arena")?.bytes ?? 0;
  }

  /** @throws DeviceError for an arena that no buffer of this device is large enough for */
  claimArena(bytes: number): void {
    const { maxBytes, info } = this.device;
    if (bytes <= maxBytes) return;
    throw new DeviceError(
      `webgpu: a plan does not fit into a buffer of ${info.name}, got ${bytes} bytes for what lies between its ` +
        `steps, expected at most ${maxBytes} (a batch of ${Math.floor((100 * maxBytes) / bytes)} % of this one ` +
        "would fit, or the wasm backend)",
    );
  }

  /**
   * A buffer that all plans share, one after the other: the arena, or what is brought together for a kernel (apart from the
   * arena, as nothing can be copied inside of a buffer).
   */
  shared(name: "arena" | "pack" | "between", bytes: number): GPUBuffer {
    const known = this.#shared.get(name);
    if (known && known.bytes >= bytes && known.device === this.device) return known.buffer;
    if (known?.device === this.device) known.buffer.destroy();
    const size = Math.min(this.device.maxBytes, 2 ** Math.ceil(Math.log2(Math.max(bytes, 1 << 16))));
    const rounded = Math.max(bytes, size);
    const buffer = this.device.make(rounded, name);
    this.#shared.set(name, { buffer, bytes: rounded, device: this.device });
    return buffer;
  }

  /** Copies a tensor; inside of a buffer by way of another one. */
  copyRegion(encoder: GPUCommandEncoder, from: Region, to: Region, bytes: number): void {
    const whole = Math.ceil(bytes / 4) * 4;
    if (whole === 0) return;
    const [source, target] = [from.chunk.buffer, to.chunk.buffer];
    if (source !== target) {
      encoder.copyBufferToBuffer(source, from.offset, target, to.offset, whole);
      return;
    }
    const between = this.shared("between", whole);
    encoder.copyBufferToBuffer(source, from.offset, between, 0, whole);
    encoder.copyBufferToBuffer(between, 0, target, to.offset, whole);
  }

  /** Does what a command says. */
  commit(command: Command): void {
    this.device.check();
    this.#recovery.commit(command);
  }

  perform(command: Command): void {
    const { device } = this;
    if (command.kind === "run") {
      const { executable, inputs, outputs } = command;
      device.watched(
        () => `a plan of ${executable.dispatches.map(({ label }) => label).join("; ")}`,
        () => executable.perform(inputs, outputs),
      );
      return;
    }
    const { region, size, dtype } = command.to;
    const bytes = Math.ceil((size * bytesPerElement(dtype)) / 4) * 4;
    if (bytes === 0) return;
    if (command.kind === "write") {
      device.write(region.chunk.buffer, region.offset, command.data);
      return;
    }
    const encoder = device.device.createCommandEncoder();
    if (command.kind === "allocate") encoder.clearBuffer(region.chunk.buffer, region.offset, bytes);
    else this.copyRegion(encoder, command.from.region, region, bytes);
    device.queue.submit([encoder.finish()]);
  }

  /** The values of a tensor, when all that was asked for before is done. */
  async read(stored: Stored): Promise<StorageArray> {
    for (;;) {
      await this.#recovery.ready();
      this.device.check();
      if (this.#recovery.fallback) return this.#recovery.fallback.read(stored);
      const { device } = this;
      try {
        return await readBack(device, stored);
      } catch (error) {
        if (!(await this.#recovery.hasLost(device))) throw error;
      }
    }
  }

  dispose(): void {
    this.#recovery.dispose();
    this.heap.destroy();
    for (const { buffer } of this.#shared.values()) buffer.destroy();
    this.device.destroy();
  }
}

/** Copies a tensor where the host can read it. */
async function readBack(device: GpuDevice, { region, size, dtype }: Stored): Promise<StorageArray> {
  const values = storageArray(dtype, size);
  const bytes = Math.ceil(values.byteLength / 4) * 4;
  if (bytes === 0) return values;
  const staging = device.device.createBuffer({ label: "read", size: bytes, usage: mapRead | copyTarget });
  try {
    const encoder = device.device.createCommandEncoder();
    encoder.copyBufferToBuffer(region.chunk.buffer, region.offset, staging, 0, bytes);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(readMode);
    device.check();
    new Uint8Array(values.buffer).set(new Uint8Array(staging.getMappedRange(), 0, values.byteLength));
    return values;
  } finally {
    staging.destroy();
  }
}
