import { DeviceError, type Executable, type Plan, type Slot } from "@hekla/tensor";
import { type Features, ModuleBuilder } from "../assembler/index.js";
import type * as Dumps from "../debug.js";
import type { RoutineTable } from "../routine.js";
import type { Allocator } from "./allocator.js";
import type { Arena } from "./arena.js";
import { PlanFrame, tableBytes } from "./plan-frame.js";
import type { Runner } from "./runner.js";
import { emitWalk } from "./walk.js";
import type { WasmMemory } from "./wasm-memory.js";

/** Runs the steps of a plan one by one, and notes the time of each. */
export interface StepTimer {
  time(plan: Plan, runStep: (step: number) => void): void;
}

export interface Machine {
  readonly routines: Partial<RoutineTable>;
  readonly memory: WasmMemory;
  readonly allocator: Allocator;
  readonly arena: Arena;
  readonly pool: Runner;
  readonly features: Features;
  /** What `HEKLA_DEBUG` prints, where it is set. */
  readonly dumps: typeof Dumps | undefined;
  /** Whether steps are timed just now, and by whom. */
  readonly timing: { timer?: StepTimer | undefined };
}

/** From this many bytes on, the first run of a plan is worth having all threads for. */
const largeArena = 1 << 22;

/** A plan as a wasm module and the frame that it runs in. */
export class PlanExecutable implements Executable {
  readonly #module: number;
  /** The same with its steps one by one, once they have been timed. */
  #stepwise: number | undefined;
  readonly #frame: PlanFrame;
  #disposed = false;

  constructor(
    readonly plan: Plan,
    private readonly machine: Machine,
  ) {
    const { memory, allocator, pool, features, dumps } = machine;
    // Workers start while the code of a plan with much to do is written.
    if (plan.arenaBytes >= largeArena) pool.start();
    const { number, bytes, names, scratchBytes } = this.#load(false);
    dumps?.dumpPlan(plan, features, pool.threads, bytes.length);
    if (dumps?.wants("code")) dumps.dumpCode(plan, bytes, names);
    this.#module = number;
    this.#frame = new PlanFrame(plan, memory, allocator.allocate(tableBytes(plan)), scratchBytes);
  }

  run(inputs: readonly Slot[]): Slot[] {
    const { pool, arena, timing } = this.machine;
    if (this.#disposed) throw new DeviceError("wasm: the plan is disposed, expected one that is not");
    const { timer } = timing;
    if (timer) this.#stepwise ??= this.#load(true).number;
    const module = timer ? this.#stepwise! : this.#module;
    pool.rouse(module);
    arena.reserve(this.#frame.bytes);
    this.#frame.place(arena.address);
    this.#frame.bind(inputs);
    const { table } = this.#frame;
    if (timer) timer.time(this.plan, (step) => pool.run(module, step + 1, table));
    else pool.run(module, 0, table);
    return this.#frame.copyOut();
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.machine.pool.drop(this.#module);
    if (this.#stepwise !== undefined) this.machine.pool.drop(this.#stepwise);
    this.machine.allocator.free(this.#frame.table);
  }

  #load(stepwise: boolean) {
    const { memory, pool, features, routines } = this.machine;
    const module = new ModuleBuilder(memory.import, features);
    const { sharing, scratchBytes } = emitWalk(module, this.plan, routines, pool, stepwise);
    const bytes = module.finish();
    return { number: pool.load(bytes, sharing), bytes, names: module.names, scratchBytes };
  }
}
