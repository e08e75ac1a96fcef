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

/** A plan as a wasm module and the frame that it runs in. */
export class PlanExecutable implements Executable {
  /** Whether steps run one by one, each with its time. */
  readonly #timed: boolean;
  readonly #module: number;
  readonly #frame: PlanFrame;
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
    const { sharing, scratchBytes } = emitWalk(module, plan, machine.routines, pool, this.#timed);
    const bytes = module.finish();
    dumps?.dumpPlan(plan, features, pool.threads, bytes.length);
    if (dumps?.wants("code")) dumps.dumpCode(plan, bytes, module.names);
    this.#module = pool.load(bytes, sharing);
    this.#frame = new PlanFrame(plan, memory, allocator.allocate(tableBytes(plan)), scratchBytes);
  }

  run(inputs: readonly Slot[]): Slot[] {
    const { pool, arena, dumps } = this.machine;
    if (this.#disposed) throw new DeviceError("wasm: the plan is disposed, expected one that is not");
    pool.rouse(this.#module);
    arena.reserve(this.#frame.bytes);
    this.#frame.place(arena.address);
    this.#frame.bind(inputs);
    const { table } = this.#frame;
    if (this.#timed) dumps!.dumpTimes(this.plan, (step) => pool.run(this.#module, step + 1, table));
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
