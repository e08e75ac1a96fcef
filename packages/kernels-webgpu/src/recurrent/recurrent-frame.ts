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
import { threadKernel } from "../wgsl/kernel-text.js";
import type { StepBuilder } from "../wgsl/step-builder.js";
import { type Bound, WgslWriter } from "../wgsl/wgsl-writer.js";
import { RecurrentKernel } from "./recurrent-kernel.js";

/** What a recurrence's kernels read and write, by name: operands, parts of the result, and what lies between dispatches. */
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
    const entries = Object.entries(sizes) as [RecurrentMemory, number][]; // cast: the keys are those of the type
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

  /** A kernel that is run once for each of `turns`, which it reads as the step; without turns, once. */
  dispatch(
    name: string,
    threads: number,
    write: (kernel: RecurrentKernel, index: Index) => void,
    turns?: readonly number[],
  ): void {
    if (threads === 0 || turns?.length === 0) return;
    // Only what a kernel touches is bound to it: devices bind few arrays. A first writing finds out what that is.
    const names = [...this.#memory.keys()];
    const dummies = new Map(names.map((name, at) => [name, boundAs(this.#memory.get(name)!, at)]));
    const probe = new RecurrentKernel(new WgslWriter([...dummies.values()]), this, names, dummies);
    write(probe, "index");
    const used = names.filter((name) => probe.used.has(name));
    const memory = used.map((name) => this.#memory.get(name)!);
    const dispatch = threadKernel(
      `${this.builder.label}: ${name}`,
      threads,
      memory,
      memory,
      this.builder,
      (writer, index, bound) =>
        write(
          new RecurrentKernel(writer, this, used, new Map(used.map((name, at) => [name, bound[at]!]))),
          index,
        ),
      turns?.[0],
    );
    if (!turns) this.builder.add(dispatch);
    for (const turn of turns ?? []) this.builder.add({ ...dispatch, turn });
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
