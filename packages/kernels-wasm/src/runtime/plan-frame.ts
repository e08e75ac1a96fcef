import { arenaAlignment, DeviceError, type Plan, type Slot } from "@hekla/tensor";
import { HostSlot, MemorySlot } from "./slots.js";
import type { WasmMemory } from "./wasm-memory.js";

/** Bytes of the table of a plan's frame: an address for each buffer, and one for the scratch memory. */
export const tableBytes = (plan: Plan): number => (plan.buffers.length + 1) * 4;

const aligned = (bytes: number): number => Math.ceil(bytes / arenaAlignment) * arenaAlignment;

/**
 * Where one run of a plan has its buffers: a table of addresses, and a part of the arena that holds, in this order, what
 * the plan placed in it, host inputs copied in for the run, and scratch memory.
 */
export class PlanFrame {
  /** Bytes of its part of the arena. */
  readonly bytes: number;
  /** Where each input's copy goes in it; -1 for those that live in the memory. */
  readonly #inputOffsets: readonly number[];
  readonly #scratchOffset: number;
  #arenaAddress = -1;

  constructor(
    readonly plan: Plan,
    private readonly memory: WasmMemory,
    readonly table: number,
    scratchBytes: number,
  ) {
    let end = aligned(plan.arenaBytes);
    this.#inputOffsets = plan.inputs.map((buffer, position) => {
      if (plan.persistent.includes(position)) return -1;
      const offset = end;
      end += aligned(plan.buffers[buffer]!.size * 4);
      return offset;
    });
    this.#scratchOffset = end;
    this.bytes = end + aligned(scratchBytes);
  }

  /** Fills the table's arena part, again only when its place there has changed. */
  place(arenaAddress: number): void {
    if (this.#arenaAddress === arenaAddress) return;
    this.#arenaAddress = arenaAddress;
    const { ints } = this.memory;
    const first = this.table / 4;
    this.plan.buffers.forEach(({ arenaOffset }, buffer) => {
      if (arenaOffset >= 0) ints[first + buffer] = arenaAddress + arenaOffset;
    });
    ints[first + this.plan.buffers.length] = arenaAddress + this.#scratchOffset;
  }

  /** Enters the inputs' addresses; copies those in that live on the host. */
  bind(slots: readonly Slot[]): void {
    const { plan, memory } = this;
    if (slots.length !== plan.inputs.length) {
      throw new DeviceError(`wasm: a plan got ${slots.length} inputs, expected ${plan.inputs.length}`);
    }
    const { ints } = memory;
    const first = this.table / 4;
    for (let position = 0; position < slots.length; position++) {
      const slot = slots[position]!;
      const buffer = plan.inputs[position]!;
      if (slot instanceof MemorySlot) {
        if (slot.freed)
          throw new DeviceError("wasm: a plan got an input that has been freed, expected a live one");
        ints[first + buffer] = slot.address;
        continue;
      }
      const offset = this.#inputOffsets[position]!;
      if (!(slot instanceof HostSlot) || offset < 0) {
        throw new DeviceError(
          `wasm: input ${position} of a plan is no slot of this backend, expected one that is`,
        );
      }
      const address = this.#arenaAddress + offset;
      ints[first + buffer] = address;
      if (slot.dtype === "float32") memory.floats.set(slot.data, address / 4);
      else ints.set(slot.data, address / 4);
    }
  }

  /** The outputs, as values of their own. */
  copyOut(): Slot[] {
    return this.plan.outputs.map((buffer) => {
      const { dtype, size } = this.plan.buffers[buffer]!;
      const start = this.memory.ints[this.table / 4 + buffer]! / 4;
      const words = dtype === "float32" ? this.memory.floats : this.memory.ints;
      return new HostSlot(words.slice(start, start + size), dtype);
    });
  }
}
