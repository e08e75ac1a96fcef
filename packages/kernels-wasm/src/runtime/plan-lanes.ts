import { DeviceError, type EachExecutable, type Plan, type Slot } from "@hekla/tensor";
import { ModuleBuilder } from "../assembler/index.js";
import type { Machine } from "./plan-executable.js";
import { PlanFrame, tableBytes } from "./plan-frame.js";
import { emitWalk } from "./walk.js";

/**
 * A plan that is run for many inputs side by side: each run is a lane with a frame of its own, and one thread does it from
 * beginning to end. Threads take lanes as they get to them, and meet once, at the end.
 */
export class PlanLanes implements EachExecutable {
  readonly #module: number;
  readonly #scratchBytes: number;
  #lanes: readonly PlanFrame[] = [];
  #disposed = false;

  constructor(
    readonly plan: Plan,
    private readonly machine: Machine,
  ) {
    const { memory, pool, features, routines } = machine;
    const module = new ModuleBuilder(memory.import, features);
    this.#scratchBytes = emitWalk(module, plan, routines, { threads: 1 }, false).scratchBytes;
    this.#module = pool.load(module.finish(), "all");
  }

  runEach(inputs: readonly (readonly Slot[])[]): Slot[][] {
    const { pool, arena, timing } = this.machine;
    if (this.#disposed) throw new DeviceError("wasm: the plan is disposed, expected one that is not");
    if (inputs.length === 0) return [];
    if (timing.run) return inputs.map((lane) => timing.run!(this.plan, lane));
    if (inputs.length !== this.#lanes.length) this.#makeLanes(inputs.length);
    pool.rouse(this.#module);
    const [{ bytes, table }] = this.#lanes as [PlanFrame];
    arena.reserve(bytes * inputs.length);
    this.#lanes.forEach((lane, at) => {
      lane.place(arena.address + at * bytes);
      lane.bind(inputs[at]!);
    });
    pool.runEach(this.#module, table, tableBytes(this.plan), inputs.length);
    return this.#lanes.map((lane) => lane.copyOut());
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.machine.pool.drop(this.#module);
    this.#freeTables();
  }

  /** Their tables lie one behind the other. */
  #makeLanes(count: number): void {
    const { memory, allocator } = this.machine;
    this.#freeTables();
    const bytes = tableBytes(this.plan);
    const first = allocator.allocate(bytes * count);
    this.#lanes = Array.from(
      { length: count },
      (_, at) => new PlanFrame(this.plan, memory, first + at * bytes, this.#scratchBytes),
    );
  }

  #freeTables(): void {
    const [first] = this.#lanes;
    if (first) this.machine.allocator.free(first.table);
    this.#lanes = [];
  }
}
