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
export type StepTimer = (plan: Plan, runStep: (step: number) => void) => void;

export interface Machine {
  readonly routines: Partial<RoutineTable>;
  readonly memory: WasmMemory;
  readonly allocator: Allocator;
  readonly arena: Arena;
  readonly pool: Runner;
  readonly features: Features;
  /** What `HEKLA_DEBUG` prints, where it is set. */
  readonly dumps: typeof Dumps | undefined;
  /** Runs plans in place of their executables, while the time of each step is taken (`stepwise.ts`). */
  readonly timing: { run?: ((plan: Plan, inputs: readonly Slot[]) => Slot[]) | undefined };
}

/** From this many bytes on, the first run of a plan is worth having all threads for. */
const largeArena = 1 << 22;

/** A plan as a wasm module and the frame that it runs in. */
export class PlanExecutable implements Executable {
  readonly #module: number;
  readonly #frame: PlanFrame;
  #disposed = false;

  /** @param timer where steps are to be run one by one */
  constructor(
    readonly plan: Plan,
    private readonly machine: Machine,
    private readonly timer?: StepTimer,
  ) {
    const { memory, allocator, pool, features, dumps } = machine;
    // Workers start while the code of a plan with much to do is written.
    if (plan.arenaBytes >= largeArena) pool.start();
    const module = new ModuleBuilder(memory.import, features);
    const { sharing, scratchBytes } = emitWalk(module, plan, machine.routines, pool, !!timer);
    const bytes = module.finish();
    dumps?.dumpPlan(plan, features, pool.threads, bytes.length);
    if (dumps?.wants("code")) dumps.dumpCode(plan, bytes, module.names);
    this.#module = pool.load(bytes, sharing);
    this.#frame = new PlanFrame(plan, memory, allocator.allocate(tableBytes(plan)), scratchBytes);
  }

  run(inputs: readonly Slot[]): Slot[] {
    const { timer } = this;
    const { pool, arena, timing } = this.machine;
    if (this.#disposed) throw new DeviceError("wasm: the plan is disposed, expected one that is not");
    if (timing.run && !timer) return timing.run(this.plan, inputs);
    pool.rouse(this.#module);
    arena.reserve(this.#frame.bytes);
    this.#frame.place(arena.address);
    this.#frame.bind(inputs);
    const { table } = this.#frame;
    if (timer) timer(this.plan, (step) => pool.run(this.#module, step, table));
    else pool.run(this.#module, 0, table);
    return this.#frame.copyOut();
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.machine.pool.drop(this.#module);
    this.machine.allocator.free(this.#frame.table);
  }
}
