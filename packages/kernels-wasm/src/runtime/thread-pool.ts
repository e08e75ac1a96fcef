import { DeviceError } from "@hekla/tensor";
import type { Features, ModuleBuilder } from "../assembler/index.js";
import type { Allocator } from "./allocator.js";
import { announce, barrier, control, fail, nextCommand } from "./control.js";
import { relaxedSimdNeedsFlag } from "./platform.js";
import { compiled, type Runner, spent, type WalkFunction } from "./runner.js";
import type { Sharing } from "./sharing.js";
import { type Spawn, type WorkerHandle, workerSpawner } from "./spawn-worker.js";
import type { WasmMemory } from "./wasm-memory.js";
import { commands, workerSource } from "./worker-source.js";

interface Boot {
  announce(): void;
  barrier(threads: number): void;
  fail(): void;
}

/** Milliseconds, at least, that `complete` waits. */
const mostTurns = 10_000;

interface LoadedPlan {
  readonly exports: readonly WalkFunction[];
  readonly sharing: Sharing;
  /** Kept until all workers have the plan. */
  bytes: Uint8Array | undefined;
}

/**
 * The main thread and its workers. All run the same exports of the same modules on the same memory; one
 * command (a few words in the memory and a wake-up call) starts a walk, and its last barrier ends it.
 * Workers start with the first plan that has work for them, and nobody waits for them: until they are there, the
 * threads that are do all of the work, with the same results.
 */
export class ThreadPool implements Runner {
  readonly barrier = barrier;
  readonly #plans = new Map<number, LoadedPlan>();
  readonly #workers: WorkerHandle[] = [];
  #boot: Boot | undefined;
  /** Threads that take part, this one included. */
  #admitted = 1;
  #nextPlan = 1;
  #failed = false;

  private constructor(
    readonly threads: number,
    private readonly memory: WasmMemory,
    private readonly allocator: Allocator,
    private readonly features: Features,
    private readonly emptyModule: () => ModuleBuilder,
    private readonly spawn: Spawn,
  ) {}

  static async create(
    threads: number,
    memory: WasmMemory,
    allocator: Allocator,
    features: Features,
    emptyModule: () => ModuleBuilder,
  ): Promise<ThreadPool> {
    return new ThreadPool(threads, memory, allocator, features, emptyModule, await workerSpawner());
  }

  start(): void {
    const { spawn, memory, features } = this;
    if (this.#boot) return;
    const module = this.emptyModule();
    // Names stand here as text: minifiers change those of functions.
    for (const [name, make] of Object.entries({ nextCommand, announce, barrier, fail })) {
      module.export(name, make(module));
    }
    const boot = new WebAssembly.Module(module.finish());
    const instance = new WebAssembly.Instance(boot, { env: { memory: memory.memory } });
    this.#boot = instance.exports as unknown as Boot;
    const relaxed = features.relaxedSimd && relaxedSimdNeedsFlag();
    for (let worker = 1; worker < this.threads; worker++) {
      this.#workers.push(spawn(workerSource, { memory: memory.memory, boot, relaxed }));
    }
  }

  async complete(): Promise<void> {
    this.start();
    for (let turn = 0; this.#admitted < this.threads && !this.#failed; turn++) {
      if (turn === mostTurns) {
        throw new DeviceError(`wasm: got ${this.#admitted} threads after 10 s, expected ${this.threads}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
      this.#admit();
    }
  }

  load(bytes: Uint8Array<ArrayBuffer>, sharing: Sharing): number {
    this.#check();
    const number = this.#nextPlan++;
    const parallel = sharing !== "alone";
    if (parallel) {
      this.start();
      this.#admit();
    }
    let exports: readonly WalkFunction[] = [];
    const compile = () => {
      exports = compiled(bytes, this.memory);
    };
    if (parallel) this.#send(number, bytes, compile);
    else compile();
    const late = parallel && this.#admitted < this.threads;
    this.#plans.set(number, { exports, sharing, bytes: late ? bytes : undefined });
    return number;
  }

  rouse(number: number): void {
    if (this.#admitted === 1 || this.#plans.get(number)?.sharing !== "all") return;
    if (this.#somebodySleeps) this.#boot!.announce();
  }

  get #somebodySleeps(): boolean {
    return Atomics.load(this.memory.ints, control.epochSleepers / 4) > 0;
  }

  run(number: number, entry: number, table: number): void {
    this.#check();
    const { exports, sharing } = this.#plans.get(number)!;
    const walk = exports[entry]!;
    if (sharing !== "alone" && this.#admitted < this.threads) this.#admit();
    const threads = this.#admitted;
    if (sharing === "alone" || threads === 1 || (sharing === "awake" && this.#somebodySleeps)) {
      walk(table, 0, 1);
      return;
    }
    this.#command(commands.run, number, entry, table);
    try {
      walk(table, 0, threads);
    } catch (error) {
      this.#fail(error);
    }
  }

  runEach(number: number, table: number, stride: number, count: number): void {
    this.#check();
    if (this.#admitted < this.threads) this.#admit();
    const { ints } = this.memory;
    const walk = this.#plans.get(number)!.exports[0]!;
    Atomics.store(ints, control.taken / 4, 0);
    const together = this.#admitted > 1;
    if (together) this.#command(commands.each, number, table, count, stride);
    try {
      for (;;) {
        const lane = Atomics.add(ints, control.taken / 4, 1);
        if (lane >= count) break;
        walk(table + lane * stride, 0, 1);
      }
    } catch (error) {
      this.#fail(error);
    }
    if (together) this.#meet();
  }

  drop(number: number): void {
    const sharing = this.#plans.get(number)?.sharing ?? "alone";
    this.#plans.delete(number);
    if (sharing === "alone" || this.#failed || this.#admitted === 1) return;
    this.#command(commands.drop, number, 0, 0);
    this.#meet();
  }

  dispose(): void {
    for (const worker of this.#workers) worker.terminate();
    this.#plans.clear();
    this.#failed = true;
  }

  #check(): void {
    if (this.#failed) throw spent();
  }

  /** Lets the workers that have started take part, and gives them the plans so far. */
  #admit(): void {
    const { ints } = this.memory;
    const present = 1 + Atomics.load(ints, control.started / 4);
    if (present === this.#admitted) return;
    this.#admitted = present;
    Atomics.store(ints, control.admittedAt / 4, Atomics.load(ints, control.epoch / 4));
    Atomics.store(ints, control.admitted / 4, present);
    Atomics.notify(ints, control.admitted / 4);
    for (const [number, plan] of this.#plans) {
      if (plan.bytes) this.#send(number, plan.bytes);
      if (present === this.threads) plan.bytes = undefined;
    }
  }

  /** Gives a module to the workers, and waits until they have compiled it; does `meanwhile` beside them. */
  #send(number: number, bytes: Uint8Array, meanwhile?: () => void): void {
    if (this.#admitted === 1) {
      meanwhile?.();
      return;
    }
    const address = this.allocator.allocate(bytes.length);
    new Uint8Array(this.memory.memory.buffer, address, bytes.length).set(bytes);
    this.#command(commands.load, number, address, bytes.length);
    try {
      meanwhile?.();
    } catch (error) {
      this.#fail(error);
    }
    this.#meet();
    this.allocator.free(address);
  }

  #command(kind: number, plan: number, a: number, b: number, c = 0): void {
    const { ints } = this.memory;
    const at = control.command / 4;
    ints[at] = kind;
    ints[at + 1] = plan;
    ints[at + 2] = a;
    ints[at + 3] = b;
    ints[at + 4] = this.#admitted;
    ints[at + 5] = Atomics.load(ints, control.epoch / 4) + 1;
    ints[at + 6] = c;
    this.#boot!.announce();
  }

  #meet(): void {
    try {
      this.#boot!.barrier(this.#admitted);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** After a trap: frees the workers from their barriers, so that nothing hangs; the pool is then of no more use. */
  #fail(error: unknown): never {
    this.#failed = true;
    this.#boot!.fail();
    throw new DeviceError(`wasm: a kernel failed, got ${String(error)}, expected none to (a bug in Hekla)`);
  }
}
