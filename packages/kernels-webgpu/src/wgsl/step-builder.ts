import { bytesPerElement, type Dtype, type Operand, type Plan, rowMajorStrides } from "@hekla/tensor";
import type { Index } from "../text/kernel-writer.js";
import type { DeviceTraits, Dispatch, Resource, StepKernels, Typed } from "./dispatch.js";
import { type PlaceOf, threadKernel } from "./kernel-text.js";
import type { Bound, WgslWriter } from "./wgsl-writer.js";

/** Collects the dispatches of one step of a plan. */
export class StepBuilder {
  readonly #dispatches: Dispatch[] = [];
  readonly #scratchBytes: number[] = [];

  constructor(
    private readonly plan: Plan,
    readonly traits: DeviceTraits,
    readonly label: string,
  ) {}

  /** A buffer of the plan with its elements. */
  buffer(buffer: number, offset = 0): Typed {
    return { resource: { kind: "buffer", buffer }, dtype: this.plan.buffers[buffer]!.dtype, offset };
  }

  /** The buffer behind an operand; where its elements lie is for the kernel to say. */
  operand(operand: Operand): Typed;
  operand(operand: Operand | undefined): Typed | undefined;
  operand(operand: Operand | undefined): Typed | undefined {
    return operand && this.buffer(operand.buffer);
  }

  /** Memory for `size` elements until the end of the step. */
  scratch(size: number, dtype: Dtype): Typed {
    this.#scratchBytes.push(size * bytesPerElement(dtype));
    return { resource: { kind: "scratch", scratch: this.#scratchBytes.length - 1 }, dtype, offset: 0 };
  }

  /** Adds a kernel whose threads work each by itself. */
  threads(
    threads: number,
    operands: readonly (Typed | undefined)[],
    results: readonly Typed[],
    write: (writer: WgslWriter, index: Index, results: readonly Bound[]) => void,
    options: { readonly turns?: number; readonly name?: string } = {},
  ): void {
    if (threads === 0) return;
    const name = options.name ? `${this.label}: ${options.name}` : this.label;
    const { turns } = options;
    const dispatch = threadKernel(name, threads, operands, results, this.traits, this.placeOf, write, turns);
    this.add(dispatch);
  }

  add(dispatch: Dispatch): void {
    this.#dispatches.push(dispatch);
  }

  /** Buffers at one place of the arena are the same memory, while a step runs. */
  readonly placeOf: PlaceOf = (resource: Resource) => {
    if (resource.kind === "scratch") return `scratch ${resource.scratch}`;
    const { kind, arenaOffset } = this.plan.buffers[resource.buffer]!;
    return kind === "input" ? `input ${resource.buffer}` : `arena ${arenaOffset}`;
  };

  finish(): StepKernels {
    return { dispatches: this.#dispatches, scratchBytes: this.#scratchBytes };
  }
}

/** An operand that is all of a memory, row-major. */
export const wholeOperand = (shape: readonly number[]): Operand => ({
  buffer: -1,
  view: { shape, strides: rowMajorStrides(shape), offset: 0 },
});
