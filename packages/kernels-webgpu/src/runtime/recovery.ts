import { DeviceError, debugLog } from "@hekla/tensor";
import { copyTarget, mapRead, readMode } from "./buffer-usage.js";
import type { Command } from "./commands.js";
import { Fallback } from "./fallback.js";
import type { GpuDevice } from "./gpu-device.js";
import type { Chunk, Heap } from "./heap.js";
import { Journal } from "./journal.js";
import type { RecoveryOptions } from "./recovery-options.js";

/** What a machine that can lose its device has to offer. */
export interface Recoverable {
  readonly heap: Heap;
  device: GpuDevice;
  perform(command: Command): void;
}

/** A snapshot is due after so many commands and milliseconds, or when the journal holds so many bytes. */
const due = { commands: 256, milliseconds: 2000, bytes: 1 << 26 };
/** A snapshot of so many bytes is worth that time; larger ones are made less often. */
const cheapBytes = 1 << 26;

/** Keeps what is needed to go on after the device is lost, and goes on. */
export class Recovery {
  readonly #journal = new Journal();
  #fallback: Fallback | undefined;
  #recovering: Promise<void> | undefined;
  #failure: string | undefined;
  #snapshotting = false;
  #lastSnapshot = 0;
  #disposed = false;

  constructor(
    private readonly machine: Recoverable,
    private readonly open: () => Promise<GpuDevice>,
    private readonly options: RecoveryOptions,
  ) {
    machine.heap.onRetire = (chunk) => this.#journal.retire(chunk);
    this.#watch(machine.device);
  }

  get fallback(): Fallback | undefined {
    return this.#fallback;
  }

  /** Does a command, now or when there is a device again. */
  commit(command: Command): void {
    if (this.#failure !== undefined) throw new DeviceError(this.#failure);
    if (this.#fallback) {
      this.#fallback.perform(command);
      return;
    }
    if (this.options.recover !== false) this.#journal.add(command);
    if (this.#recovering) return;
    this.machine.perform(command);
    if (this.#isDue()) void this.#snapshot();
  }

  /** Waits until there is a device, where one was lost. */
  async ready(): Promise<void> {
    await this.#recovering;
    if (this.#failure !== undefined) throw new DeviceError(this.#failure);
  }

  /** Whether `device` is gone, as may come out only after what was asked of it has failed. */
  async hasLost(device: GpuDevice): Promise<boolean> {
    const soon = new Promise<false>((resolve) => setTimeout(() => resolve(false), 200));
    return await Promise.race([soon, device.device.lost.then(() => true)]);
  }

  dispose(): void {
    this.#disposed = true;
    this.#journal.clear();
    void this.#fallback?.backend.dispose();
  }

  #watch(device: GpuDevice): void {
    void device.device.lost.then(({ message, reason }) => {
      if (this.#disposed || this.machine.device !== device) return;
      this.#recovering = this.#recover(message || reason).finally(() => {
        this.#recovering = undefined;
      });
    });
  }

  async #recover(reason: string): Promise<void> {
    const lost = `webgpu: the device was lost (${reason})`;
    if (this.options.recover === false || !this.#journal.complete) {
      this.#failure = `${lost}, and with it what was computed on it`;
      return;
    }
    try {
      const device = await this.open();
      this.machine.device = device;
      this.#watch(device);
      this.#replay(device);
      debugLog(`${lost}; going on with ${device.info.name}`);
    } catch (error) {
      const why = (error as Error).message; // cast: what is thrown here is an Error
      await this.#fallBack(`${lost}, and no other was had (${why})`);
    }
  }

  /** What was in memory, and then all that was asked for since. */
  #replay(device: GpuDevice): void {
    const { contents } = this.#journal.snapshot;
    const retired = [...this.#journal.retired];
    for (const chunk of [...this.machine.heap.chunks, ...retired]) {
      chunk.buffer = device.make(chunk.bytes, "tensors");
      const bytes = contents.get(chunk);
      if (bytes) device.queue.writeBuffer(chunk.buffer, 0, bytes);
    }
    for (const command of this.#journal.commands) this.machine.perform(command);
    for (const chunk of retired) chunk.buffer.destroy();
  }

  async #fallBack(text: string): Promise<void> {
    if (!this.options.fallback) {
      this.#failure = text;
      return;
    }
    const fallback = new Fallback(await this.options.fallback(), this.#journal.snapshot);
    for (const command of this.#journal.commands) fallback.perform(command);
    this.#journal.clear();
    this.#fallback = fallback;
    debugLog(`${text}; going on with ${fallback.backend.name}`);
  }

  #isDue(): boolean {
    if (this.#snapshotting || this.options.recover === false) return false;
    const { bytes, commands, complete } = this.#journal;
    if (!complete) return true;
    if (bytes >= due.bytes) return true;
    const pause = due.milliseconds * Math.max(1, this.machine.heap.usedBytes / cheapBytes);
    return commands.length >= due.commands && performance.now() - this.#lastSnapshot > pause;
  }

  async #snapshot(): Promise<void> {
    this.#snapshotting = true;
    const begun = this.#journal.begin();
    const { device } = this.machine;
    try {
      const contents = await contentsOf(this.machine.heap, device);
      if (this.machine.device === device && !this.#recovering) {
        this.#journal.restart({ contents }, begun);
      }
    } catch {
      // The device went meanwhile: the snapshot before is still good.
    } finally {
      this.#lastSnapshot = performance.now();
      this.#snapshotting = false;
    }
  }
}

/** All that is in memory when what was asked for so far is done. */
async function contentsOf(
  heap: Heap,
  { device, queue }: GpuDevice,
): Promise<Map<Chunk, Uint8Array<ArrayBuffer>>> {
  const encoder = device.createCommandEncoder();
  const staged = [...heap.chunks]
    .map((chunk) => ({ chunk, bytes: heap.extent(chunk) }))
    .filter(({ bytes }) => bytes > 0)
    .map(({ chunk, bytes }) => {
      const staging = device.createBuffer({ label: "snapshot", size: bytes, usage: mapRead | copyTarget });
      encoder.copyBufferToBuffer(chunk.buffer, 0, staging, 0, bytes);
      return { chunk, staging };
    });
  queue.submit([encoder.finish()]);
  try {
    await Promise.all(staged.map(({ staging }) => staging.mapAsync(readMode)));
    return new Map(
      staged.map(({ chunk, staging }) => [chunk, new Uint8Array(staging.getMappedRange().slice(0))]),
    );
  } finally {
    for (const { staging } of staged) staging.destroy();
  }
}
