import type { Executable, Plan, Slot } from "@hekla/tensor";
import type { Device, Launcher, Stored } from "./device/device.js";
import { type CompiledPlan, compilePlan } from "./plan/compile-plan.js";
import type { Launch } from "./plan/launch-list.js";
import { GpuJsSlot, ownSlot, toFloats } from "./slots.js";

/** Values in registers while a plan runs; those that are its own are given back. */
class Registers {
  readonly #values: (Stored | undefined)[];
  readonly #own: boolean[];

  constructor(
    private readonly device: Device,
    count: number,
  ) {
    this.#values = new Array<Stored | undefined>(count).fill(undefined);
    this.#own = new Array<boolean>(count).fill(false);
  }

  get(register: number): Stored {
    return this.#values[register] ?? this.device.nothing;
  }

  set(register: number, value: Stored, own: boolean): void {
    this.drop(register);
    this.#values[register] = value;
    this.#own[register] = own;
  }

  drop(register: number): void {
    if (this.#own[register]) this.device.release(this.get(register));
    this.#values[register] = undefined;
    this.#own[register] = false;
  }

  /** Hands the value over; a share of it, where it is not the plan's own. */
  take(register: number): Stored {
    const value = this.get(register);
    if (!this.#own[register]) return this.device.share(value);
    this.#own[register] = false;
    return value;
  }

  isOwn(register: number): boolean {
    return this.#own[register]!;
  }

  move(from: number, to: number): void {
    const value = this.#values[from]!;
    const own = this.#own[from]!;
    this.#values[from] = undefined;
    this.#own[from] = false;
    this.set(to, value, own);
  }

  clear(): void {
    for (let register = 0; register < this.#values.length; register++) this.drop(register);
  }
}

/** Runs a plan: its kernels one after the other, each into a value of its own. */
export class GpuJsExecutable implements Executable {
  readonly #compiled: CompiledPlan;
  readonly #launchers = new Map<Launch, Launcher>();

  constructor(
    readonly plan: Plan,
    private readonly device: Device,
    private readonly made: (slot: GpuJsSlot) => void,
  ) {
    this.#compiled = compilePlan(plan, device);
    for (const { launches } of this.#compiled.steps) {
      for (const launch of launches) this.#launchers.set(launch, device.kernel(launch.text));
    }
  }

  run(inputs: readonly Slot[]): Slot[] {
    const { plan, device } = this;
    device.check();
    const registers = new Registers(device, this.#compiled.registers);
    try {
      for (const [position, buffer] of plan.inputs.entries()) {
        const { held, host, dtype } = ownSlot(inputs[position]!);
        if (host) registers.set(buffer, device.store(toFloats(host, dtype)), true);
        else registers.set(buffer, held.value!, false);
      }
      for (const { launches, moves } of this.#compiled.steps) {
        for (const launch of launches) this.#launch(launch, registers);
        for (const { from, to } of moves) registers.move(from, to);
      }
      const outputs = plan.outputs.map((buffer) => this.#output(buffer, registers));
      for (const position of plan.assigned)
        this.#assign(inputs[position]!, plan.inputs[position]!, registers);
      return outputs;
    } finally {
      registers.clear();
    }
  }

  dispose(): void {
    for (const { text } of this.#launchers.keys()) this.device.releaseKernel(text);
    this.#launchers.clear();
  }

  #launch(launch: Launch, registers: Registers): void {
    const values = launch.reads.map((register) => registers.get(register));
    const result = this.#launchers.get(launch)!.run(values, launch.number);
    for (const register of launch.free) if (register !== launch.writes) registers.drop(register);
    registers.set(launch.writes, result, true);
  }

  #output(buffer: number, registers: Registers): GpuJsSlot {
    const { size, dtype } = this.plan.buffers[buffer]!;
    const slot = new GpuJsSlot(size, dtype, false, undefined);
    slot.held.value = registers.take(buffer);
    this.made(slot);
    return slot;
  }

  #assign(input: Slot, buffer: number, registers: Registers): void {
    if (!registers.isOwn(buffer)) return;
    const { held } = ownSlot(input);
    const old = held.value!;
    held.value = registers.take(buffer);
    this.device.release(old);
  }
}
