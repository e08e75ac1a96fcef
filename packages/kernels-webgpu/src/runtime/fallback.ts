import {
  type Backend,
  bytesPerElement,
  DeviceError,
  type Executable,
  type Slot,
  type StorageArray,
  storageArray,
} from "@hekla/tensor";
import type { BoundInput, Command, Stored } from "./commands.js";
import type { Region } from "./heap.js";
import type { Snapshot } from "./journal.js";
import type { PlanExecutable } from "./plan-executable.js";

/** Another backend that goes on where a device was lost and none came back. */
export class Fallback {
  readonly #slots = new WeakMap<Region, Slot>();
  readonly #executables = new WeakMap<PlanExecutable, Executable>();

  constructor(
    readonly backend: Backend,
    private readonly snapshot: Snapshot,
  ) {}

  perform(command: Command): void {
    const { backend } = this;
    if (command.kind === "run") {
      const { executable, inputs, outputs } = command;
      const results = this.#executable(executable).run(inputs.map((input) => this.#bound(input)));
      outputs.forEach(({ region }, at) => {
        this.#slots.set(region, results[at]!);
      });
      return;
    }
    const { to } = command;
    if (command.kind === "allocate") this.#slots.set(to.region, backend.allocate(to.size, to.dtype));
    else if (command.kind === "write") backend.write(this.slot(to), command.data);
    else backend.copy(this.slot(to), this.slot(command.from));
  }

  read(stored: Stored): Promise<StorageArray> {
    return this.backend.read(this.slot(stored));
  }

  free({ region }: Stored): void {
    const slot = this.#slots.get(region);
    if (slot) this.backend.free(slot);
    this.#slots.delete(region);
  }

  /** The tensor over there; what it held when the snapshot was made, where it has not been asked for since. */
  slot({ region, size, dtype }: Stored): Slot {
    const known = this.#slots.get(region);
    if (known) return known;
    const bytes = this.snapshot.contents.get(region.chunk);
    const end = region.offset + size * bytesPerElement(dtype);
    if (!bytes || bytes.length < end) throw new DeviceError("webgpu: a tensor was lost with its device");
    const values = storageArray(dtype, size);
    new Uint8Array(values.buffer).set(bytes.subarray(region.offset, end));
    const slot = this.backend.allocate(size, dtype);
    this.backend.write(slot, values);
    this.#slots.set(region, slot);
    return slot;
  }

  #bound({ data, from, ...stored }: BoundInput): Slot {
    if (data) return this.backend.upload(data, stored.dtype);
    return this.slot(from ? { ...stored, region: from } : stored);
  }

  #executable(planned: PlanExecutable): Executable {
    const known = this.#executables.get(planned);
    if (known) return known;
    const made = this.backend.prepare(planned.plan);
    this.#executables.set(planned, made);
    return made;
  }
}
