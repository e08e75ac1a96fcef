import {
  type Backend,
  bytesPerElement,
  DeviceError,
  type Dtype,
  DtypeError,
  debugLevel,
  type EachExecutable,
  type Executable,
  type MemoryInfo,
  type Plan,
  type Profiler,
  type Slot,
  type StorageArray,
} from "@hekla/tensor";
import { type Features, ModuleBuilder } from "./assembler/index.js";
import type { RoutineTable } from "./routine.js";
import { Allocator } from "./runtime/allocator.js";
import { Arena } from "./runtime/arena.js";
import { type Machine, PlanExecutable } from "./runtime/plan-executable.js";
import { PlanLanes } from "./runtime/plan-lanes.js";
import { type Runner, SingleThread } from "./runtime/runner.js";
import { HostSlot, MemorySlot } from "./runtime/slots.js";
import { controlBytes, WasmMemory } from "./runtime/wasm-memory.js";

const refused = (dtype: Dtype): DtypeError =>
  new DtypeError(
    `wasm: got ${dtype}, expected float32, int32 or bool` +
      (dtype === "float64" ? " (use the reference backend)" : ""),
  );

/** Runs plans as generated WebAssembly, on one memory and a pool of threads. Made by `wasm()`. */
export class WasmBackend implements Backend {
  readonly name = "wasm";
  readonly dtypes: readonly Dtype[] = ["float32", "int32", "bool"];
  #persistentBytes = 0;
  #slots = 0;

  private constructor(private readonly machine: Machine) {
    const { dumps } = machine;
    if (dumps?.wants("times")) dumps.timeSteps(machine, dumps.dumpTimes);
  }

  static async create(
    threads: number,
    features: Features,
    routines: Partial<RoutineTable>,
  ): Promise<WasmBackend> {
    const memory = new WasmMemory(threads > 1);
    const allocator = new Allocator(controlBytes, (bytes) => memory.reserve(bytes));
    const pool =
      threads === 1 ? new SingleThread(memory) : await startPool(threads, memory, allocator, features);
    const dumps = debugLevel() > 0 ? await import("./debug.js") : undefined;
    if (dumps) await pool.complete().catch(() => {}); // times are those of all threads that there are
    const arena = new Arena(allocator);
    return new WasmBackend({ memory, allocator, arena, pool, features, routines, dumps, timing: {} });
  }

  get features(): Features {
    return this.machine.features;
  }

  get threads(): number {
    return this.machine.pool.threads;
  }

  /** Waits until all threads take part. Nobody has to: without them, the work is done by those that do. */
  allThreads(): Promise<void> {
    return this.machine.pool.complete();
  }

  /**
   * Bytes of the WebAssembly memory, which holds the slots, the arena and what is free; it never shrinks.
   */
  get memoryBytes(): number {
    return this.machine.memory.bytes;
  }

  prepare(plan: Plan): Executable {
    return new PlanExecutable(plan, this.machine);
  }

  prepareEach(plan: Plan): EachExecutable {
    return new PlanLanes(plan, this.machine);
  }

  upload(data: StorageArray, dtype: Dtype): Slot {
    if (data instanceof Float64Array || data instanceof Uint16Array) {
      throw refused(data instanceof Uint16Array ? "float16" : "float64");
    }
    if (!this.dtypes.includes(dtype)) throw refused(dtype);
    return new HostSlot(data, dtype);
  }

  allocate(size: number, dtype: Dtype): Slot {
    if (!this.dtypes.includes(dtype)) throw refused(dtype);
    const address = this.machine.allocator.allocate(size * 4);
    this.machine.memory.ints.fill(0, address / 4, address / 4 + size);
    this.#persistentBytes += size * bytesPerElement(dtype);
    this.#slots++;
    return new MemorySlot(address, size, dtype);
  }

  write(slot: Slot, data: StorageArray): void {
    const target = this.#own(slot);
    if (target instanceof HostSlot)
      throw new DeviceError("write: got an uploaded slot, expected one from allocate");
    if (data.length !== slot.size) {
      throw new DeviceError(`write: sizes differ, got ${data.length} values, expected ${slot.size}`);
    }
    target.view(this.machine.memory).set(data);
  }

  copy(slot: Slot, from: Slot): void {
    this.write(slot, this.#own(from).view(this.machine.memory));
  }

  read(slot: Slot): Promise<StorageArray> {
    return Promise.resolve(this.readSync(slot));
  }

  readSync(slot: Slot): StorageArray {
    return this.#own(slot).view(this.machine.memory).slice();
  }

  free(slot: Slot): void {
    const own = this.#own(slot);
    if (own instanceof HostSlot || own.freed) return;
    own.freed = true;
    this.machine.allocator.free(own.address);
    this.#persistentBytes -= own.size * bytesPerElement(own.dtype);
    this.#slots--;
  }

  memory(): MemoryInfo {
    return {
      persistentBytes: this.#persistentBytes,
      arenaBytes: this.machine.arena.bytes,
      slots: this.#slots,
    };
  }

  /** Plans run step by step until it is stopped, with the same bits; those for several inputs one input after the other. */
  async profile(): Promise<Profiler> {
    return (await import("./profile.js")).beginProfile(this.machine);
  }

  dispose(): void {
    this.machine.pool.dispose();
  }

  #own(slot: Slot): HostSlot | MemorySlot {
    if (slot instanceof HostSlot || slot instanceof MemorySlot) return slot;
    throw new DeviceError("wasm: got the slot of another backend, expected one of this");
  }
}

/** The code of thread pools loads where there are threads: not on a page's main thread. */
async function startPool(
  threads: number,
  memory: WasmMemory,
  allocator: Allocator,
  features: Features,
): Promise<Runner> {
  const { ThreadPool } = await import("./runtime/thread-pool.js");
  const emptyModule = () => new ModuleBuilder(memory.import, features);
  return ThreadPool.create(threads, memory, allocator, features, emptyModule);
}
