import { arenaAlignment, DeviceError, type Executable, type Plan, type Slot } from "@hekla/tensor";
import { type Features, ModuleBuilder } from "../assembler/index.js";
import type * as Dumps from "../debug.js";
import type { RoutineTable } from "../routine.js";
import type { Allocator } from "./allocator.js";
import type { Arena } from "./arena.js";
import type { Runner } from "./runner.js";
import { HostSlot, MemorySlot } from "./slots.js";
import { emitWalk, type Walk } from "./walk.js";
import type { WasmMemory } from "./wasm-memory.js";

export interface Machine {
  readonly routines: Partial<RoutineTable>;
  readonly memory: WasmMemory;
  readonly allocator: Allocator;
  readonly arena: Arena;
  readonly pool: Runner;
  readonly features: Features;
  /** What `HEKLA_DEBUG` prints, where it is set. */
  readonly dumps: typeof Dumps | undefined;
}

/** From this many bytes on, the first run of a plan is worth having all threads for. */
const largeArena = 1 << 22;

const aligned = (bytes: number): number => Math.ceil(bytes / arenaAlignment) * arenaAlignment;

/**
 * A plan as a wasm module and a table of buffer addresses. The arena holds, in this order: what the plan
 * placed in it, host inputs copied in for the run, and scratch memory.
 */
export class PlanExecutable implements Executable {
  readonly #walk: Walk;
  /** Whether steps run one by one, each with its time. */
  readonly #timed: boolean;
  readonly #module: number;
  readonly #table: number;
  /** Where each input's copy goes in the arena; -1 for those that live in the memory. */
  readonly #inputOffsets: readonly number[];
  readonly #scratchOffset: number;
  readonly #arenaBytes: number;
  #arenaAddress = -1;
  #disposed = false;

  constructor(
    readonly plan: Plan,
    private readonly machine: Machine,
  ) {
    const { memory, allocator, pool, features, dumps } = machine;
    // Workers start while the code of a plan with much to do is written.
    if (plan.arenaBytes >= largeArena) pool.start();
    const module = new ModuleBuilder(memory.import, features);
    this.#timed = dumps?.wants("times") ?? false;
    this.#walk = emitWalk(module, plan, machine.routines, pool, this.#timed);
    const bytes = module.finish();
    dumps?.dumpPlan(plan, features, pool.threads, bytes.length);
    if (dumps?.wants("code")) dumps.dumpCode(plan, bytes, module.names);
    this.#module = pool.load(bytes, this.#walk.sharing);
    this.#table = allocator.allocate((plan.buffers.length + 1) * 4);
    let end = aligned(plan.arenaBytes);
    this.#inputOffsets = plan.inputs.map((buffer, position) => {
      if (plan.persistent.includes(position)) return -1;
      const offset = end;
      end += aligned(plan.buffers[buffer]!.size * 4);
      return offset;
    });
    this.#scratchOffset = end;
    this.#arenaBytes = end + this.#walk.scratchBytes;
  }

  run(inputs: readonly Slot[]): Slot[] {
    const { plan, machine } = this;
    const { pool } = machine;
    if (this.#disposed) throw new DeviceError("wasm: the plan is disposed, expected one that is not");
    pool.rouse(this.#module);
    this.#place();
    this.#bind(inputs);
    if (this.#timed) {
      machine.dumps!.dumpTimes(plan, (step) => pool.run(this.#module, step + 1, this.#table));
    } else {
      pool.run(this.#module, 0, this.#table);
    }
    return plan.outputs.map((buffer) => this.#copyOut(buffer));
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.machine.pool.drop(this.#module);
    this.machine.allocator.free(this.#table);
  }

  /** Fills the table's arena part, again only when the arena has moved. */
  #place(): void {
    const { arena, memory } = this.machine;
    arena.reserve(this.#arenaBytes);
    if (this.#arenaAddress === arena.address) return;
    this.#arenaAddress = arena.address;
    const { ints } = memory;
    const first = this.#table / 4;
    this.plan.buffers.forEach(({ arenaOffset }, buffer) => {
      if (arenaOffset >= 0) ints[first + buffer] = arena.address + arenaOffset;
    });
    ints[first + this.plan.buffers.length] = arena.address + this.#scratchOffset;
  }

  #bind(slots: readonly Slot[]): void {
    const { plan, machine } = this;
    const { memory } = machine;
    if (slots.length !== plan.inputs.length) {
      throw new DeviceError(`wasm: a plan got ${slots.length} inputs, expected ${plan.inputs.length}`);
    }
    const { ints } = memory;
    const first = this.#table / 4;
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

  #copyOut(buffer: number): Slot {
    const { memory } = this.machine;
    const { dtype, size } = this.plan.buffers[buffer]!;
    const start = memory.ints[this.#table / 4 + buffer]! / 4;
    const words = dtype === "float32" ? memory.floats : memory.ints;
    return new HostSlot(words.slice(start, start + size), dtype);
  }
}
