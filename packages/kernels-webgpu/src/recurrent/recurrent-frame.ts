import {
  type RecurrentLayout,
  type RecurrentOperand,
  type RecurrentRoutine,
  type RoutineStep,
  recurrentLayout,
  sizeOf,
} from "@hekla/tensor";
import type { Index } from "../text/kernel-writer.js";
import type { Typed } from "../wgsl/dispatch.js";
import { writeResult } from "../wgsl/elementwise.js";
import { bind, threadKernel } from "../wgsl/kernel-text.js";
import { mathDeclarations } from "../wgsl/math.js";
import type { StepBuilder } from "../wgsl/step-builder.js";
import { type Bound, WgslWriter } from "../wgsl/wgsl-writer.js";
import type { GroupShape } from "./group.js";
import { RecurrentKernel } from "./recurrent-kernel.js";

/**
 * What a recurrence's kernels read and write, by name: operands, parts of the result, and what lies between
 * dispatches.
 */
export type RecurrentMemory =
  | RecurrentOperand
  | "states"
  | "lastCell"
  | "kept"
  | "sums"
  | "products"
  | "hiddenGradient"
  | "cellCarry"
  | "past"
  | "reset"
  | "update"
  | "transposed";

/** The memory of a recurrence and the dispatches of its step. */
export class RecurrentFrame {
  readonly layout: RecurrentLayout;
  /** `gates * units`. */
  readonly width: number;
  /** GRU with the reset before the product: that product waits for all reset gates of the step. */
  readonly resetBefore: boolean;
  readonly #memory = new Map<RecurrentMemory, Typed>();
  readonly #result: Typed;

  constructor(
    readonly builder: StepBuilder,
    readonly step: RoutineStep,
    readonly routine: RecurrentRoutine,
  ) {
    this.layout = recurrentLayout(this.routine);
    this.width = this.layout.gates * this.routine.units;
    this.resetBefore = this.layout.kind === "gru" && !this.routine.resetAfter;
    step.operands.forEach(({ buffer, view }, at) => {
      this.#memory.set(this.layout.operands[at]!, builder.buffer(buffer, view.offset));
    });
    const { size } = this.layout;
    this.#result = step.output === undefined ? builder.scratch(size, "float32") : builder.buffer(step.output);
  }

  /** A part of the result. */
  ofResult(name: RecurrentMemory, offset: number): void {
    this.#memory.set(name, { ...this.#result, offset: this.#result.offset + offset });
  }

  /** A part of an operand. */
  ofOperand(name: RecurrentMemory, operand: RecurrentOperand, offset: number): void {
    const whole = this.#memory.get(operand)!;
    this.#memory.set(name, { ...whole, offset: whole.offset + offset });
  }

  /** Memory of so many elements each, in one piece, so that it takes one binding. */
  scratch(sizes: { readonly [name in RecurrentMemory]?: number }): void {
    // cast: the keys are those of the type
    const entries = Object.entries(sizes) as [RecurrentMemory, number][];
    const all = this.builder.scratch(
      entries.reduce((sum, [, size]) => sum + size, 0),
      "float32",
    );
    let offset = 0;
    for (const [name, size] of entries) {
      this.#memory.set(name, { ...all, offset });
      offset += size;
    }
  }

  /** A kernel; the result appends a run of it, with the number of the turn where it reads one. */
  kernel(
    name: string,
    threads: number,
    write: (kernel: RecurrentKernel, index: Index) => void,
    hasTurn: boolean,
  ): (turn?: number) => void {
    if (threads === 0) return () => {};
    const { used, memory } = this.#touched((kernel) => write(kernel, "index"));
    const dispatch = threadKernel(
      `${this.builder.label}: ${name}`,
      threads,
      memory,
      memory,
      this.builder,
      (writer, index, bound) => write(this.#kernel(writer, used, bound), index),
      hasTurn ? 0 : undefined,
    );
    return (turn) => this.builder.add(turn === undefined ? dispatch : { ...dispatch, turn });
  }

  /** A kernel whose workgroups share arrays of floats, and wait for each other with barriers. */
  dispatchGroups(name: string, shape: GroupShape, write: (kernel: RecurrentKernel) => void): void {
    const { used, memory } = this.#touched(write);
    const { bound, declarations, resources } = bind(memory, this.builder);
    const writer = new WgslWriter(bound);
    write(this.#kernel(writer, used, bound));
    const arrays = Object.entries(shape.arrays).map(
      ([array, size]) => `var<workgroup> ${array}: array<f32, ${Math.max(size, 1)}>;`,
    );
    const code = [
      declarations,
      ...arrays,
      mathDeclarations(writer.functions),
      `@compute @workgroup_size(${shape.threads})`,
      "fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3<u32>) {",
      ...writer.lines,
      "}",
      "",
    ].join("\n");
    this.builder.add({
      label: `${this.builder.label}: ${name}`,
      code,
      bindings: resources,
      groups: [Math.ceil(this.routine.batch / shape.samples), 1, 1],
    });
  }

  /**
   * Only what a kernel touches is bound to it: devices bind few arrays. A first writing finds out what that
   * is.
   */
  #touched(write: (kernel: RecurrentKernel) => void) {
    const names = [...this.#memory.keys()];
    const bound = names.map((name, at) => boundAs(this.#memory.get(name)!, at));
    const probe = this.#kernel(new WgslWriter(bound), names, bound);
    write(probe);
    const used = names.filter((name) => probe.used.has(name));
    return { used, memory: used.map((name) => this.#memory.get(name)!) };
  }

  #kernel(writer: WgslWriter, names: readonly RecurrentMemory[], bound: readonly Bound[]): RecurrentKernel {
    return new RecurrentKernel(writer, this, names, new Map(names.map((name, at) => [name, bound[at]!])));
  }

  /** What the step's epilogue makes of the result. */
  epilogue(): void {
    const { builder, step } = this;
    const { epilogue } = step;
    if (!epilogue) return;
    const operands = [this.#result, ...epilogue.operands.map((operand) => builder.operand(operand))];
    const outputs = epilogue.outputs.map((buffer) => builder.buffer(buffer));
    builder.threads(sizeOf(epilogue.shape), operands, outputs, (writer, index, results) => {
      writeResult(writer, index, writer.load(0, index), undefined, epilogue, 1, results);
    });
  }
}

const boundAs = ({ dtype }: Typed, at: number): Bound => ({
  name: `b${at}`,
  stored: dtype === "float32" ? "f32" : "i32",
  dtype,
  offset: 0,
});
