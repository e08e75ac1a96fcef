import { DeviceError } from "@hekla/tensor";
import type { ModuleBuilder } from "../assembler/index.js";
import type { Sharing } from "./sharing.js";
import type { WasmMemory } from "./wasm-memory.js";

/** What an exported function is called with: the table of buffer addresses, and which thread of how many calls. */
export type WalkFunction = (table: number, thread: number, threads: number) => void;

/** Runs modules: on the calling thread, or on workers as well (`thread-pool.ts`, which only loads where there are some). */
export interface Runner {
  /** Threads that take part once all have started. */
  readonly threads: number;
  /** Defines the function that threads meet in; undefined where there is one thread. */
  readonly barrier?: (module: ModuleBuilder) => number;
  /** Starts the workers, once. */
  start(): void;
  /** Waits until all workers take part; fails where one does not start. */
  complete(): Promise<void>;
  /**
   * Compiles a module, on every thread that may run it, and returns its number. Its exports are called by their
   * position.
   */
  load(bytes: Uint8Array<ArrayBuffer>, sharing: Sharing): number;
  /** Wakes workers that sleep, while the run of a plan is being prepared. */
  rouse(number: number): void;
  /** Runs export `entry` of a plan with the buffer addresses at `table`. */
  run(number: number, entry: number, table: number): void;
  /**
   * Runs the first export of a plan once for each of `count` tables, the first at `table` and each `stride` bytes behind
   * the one before; every run is one thread's.
   */
  runEach(number: number, table: number, stride: number, count: number): void;
  drop(number: number): void;
  dispose(): void;
}

/** The exports of a module, compiled here. */
export const compiled = (bytes: Uint8Array<ArrayBuffer>, { memory }: WasmMemory): readonly WalkFunction[] =>
  Object.values(
    new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } }).exports,
  ) as WalkFunction[];

/** What a runner that is of no more use answers. */
export const spent = (): DeviceError =>
  new DeviceError("wasm: got a backend that is disposed or whose kernel has failed, expected a new one");

/** The calling thread alone. */
export class SingleThread implements Runner {
  readonly threads = 1;
  readonly #plans = new Map<number, readonly WalkFunction[]>();
  #nextPlan = 1;
  #disposed = false;

  constructor(private readonly memory: WasmMemory) {}

  start(): void {}

  rouse(): void {}

  async complete(): Promise<void> {}

  load(bytes: Uint8Array<ArrayBuffer>): number {
    if (this.#disposed) throw spent();
    this.#plans.set(this.#nextPlan, compiled(bytes, this.memory));
    return this.#nextPlan++;
  }

  run(number: number, entry: number, table: number): void {
    if (this.#disposed) throw spent();
    this.#plans.get(number)![entry]!(table, 0, 1);
  }

  runEach(number: number, table: number, stride: number, count: number): void {
    for (let lane = 0; lane < count; lane++) this.run(number, 0, table + lane * stride);
  }

  drop(number: number): void {
    this.#plans.delete(number);
  }

  dispose(): void {
    this.#plans.clear();
    this.#disposed = true;
  }
}
