import { DeviceError } from "@hekla/tensor";
import { type Features, ModuleBuilder } from "../assembler/index.js";
import type { Allocator } from "./allocator.js";
import { announce, barrier, control, fail, nextCommand } from "./control.js";
import { relaxedSimdNeedsFlag, startWorker, type WorkerHandle } from "./platform.js";
import type { WasmMemory } from "./wasm-memory.js";
import { commands, workerSource } from "./worker-source.js";

type WalkFunction = (table: number, thread: number, threads: number) => void;
interface Boot {
  announce(): void;
  barrier(threads: number): void;
  fail(): void;
}

/**
 * The main thread and its workers. All run the same exports of the same modules on the same memory; one
 * command (a few words in the memory and a wake-up call) starts a walk, and its last barrier ends it.
 */
export class ThreadPool {
  readonly #plans = new Map<
    number,
    { readonly exports: readonly WalkFunction[]; readonly shared: boolean }
  >();
  #nextPlan = 1;
  #failed = false;

  private constructor(
    readonly threads: number,
    private readonly memory: WasmMemory,
    private readonly allocator: Allocator,
    private readonly boot: Boot | undefined,
    private readonly workers: readonly WorkerHandle[],
  ) {}

  /** Starts `threads - 1` workers and waits for them. */
  static async start(
    threads: number,
    memory: WasmMemory,
    allocator: Allocator,
    features: Features,
  ): Promise<ThreadPool> {
    if (threads === 1) return new ThreadPool(1, memory, allocator, undefined, []);
    const module = new ModuleBuilder(memory.import, features);
    // Names stand here as text: minifiers change those of functions.
    for (const [name, make] of Object.entries({ nextCommand, announce, barrier, fail })) {
      module.export(name, make(module));
    }
    const boot = new WebAssembly.Module(module.finish());
    const relaxed = features.relaxedSimd && relaxedSimdNeedsFlag();
    const workers = await Promise.all(
      Array.from({ length: threads - 1 }, (_, at) =>
        startWorker(workerSource, { memory: memory.memory, boot, thread: at + 1, threads, relaxed }),
      ),
    );
    const instance = new WebAssembly.Instance(boot, { env: { memory: memory.memory } });
    return new ThreadPool(threads, memory, allocator, instance.exports as unknown as Boot, workers);
  }

  /**
   * Compiles a module, on every thread if it is to run in `parallel`, and returns its number. Its exports
   * are called by their position.
   */
  load(bytes: Uint8Array<ArrayBuffer>, parallel: boolean): number {
    this.#check();
    const plan = this.#nextPlan++;
    const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
      env: { memory: this.memory.memory },
    });
    const shared = parallel && this.boot !== undefined;
    this.#plans.set(plan, { exports: Object.values(instance.exports) as WalkFunction[], shared });
    if (shared) {
      const address = this.allocator.allocate(bytes.length);
      new Uint8Array(this.memory.memory.buffer, address, bytes.length).set(bytes);
      this.#command(commands.load, plan, address, bytes.length);
      this.#guarded(() => this.boot!.barrier(this.threads));
      this.allocator.free(address);
    }
    return plan;
  }

  /** Runs export `entry` of a plan with the buffer addresses at `table`. */
  run(plan: number, entry: number, table: number): void {
    this.#check();
    const { exports, shared } = this.#plans.get(plan)!;
    const walk = exports[entry]!;
    if (!shared) {
      walk(table, 0, 1);
      return;
    }
    this.#command(commands.run, plan, entry, table);
    this.#guarded(() => walk(table, 0, this.threads));
  }

  drop(plan: number): void {
    const shared = this.#plans.get(plan)?.shared;
    this.#plans.delete(plan);
    if (!shared || this.#failed) return;
    this.#command(commands.drop, plan, 0, 0);
    this.#guarded(() => this.boot!.barrier(this.threads));
  }

  dispose(): void {
    for (const worker of this.workers) worker.terminate();
    this.#plans.clear();
    this.#failed = true;
  }

  #check(): void {
    if (!this.#failed) return;
    throw new DeviceError(
      "wasm: got a backend that is disposed or whose kernel has failed, expected a new one",
    );
  }

  #command(kind: number, plan: number, a: number, b: number): void {
    this.memory.ints.set([kind, plan, a, b], control.command / 4);
    this.boot!.announce();
  }

  /**
   * A trap here frees the workers from their barriers, so that nothing hangs; the pool is then of no more
   * use.
   */
  #guarded(body: () => void): void {
    try {
      body();
    } catch (error) {
      this.#failed = true;
      this.boot!.fail();
      throw new DeviceError(`wasm: a kernel failed, got ${String(error)}, expected none to (a bug in Hekla)`);
    }
  }
}
