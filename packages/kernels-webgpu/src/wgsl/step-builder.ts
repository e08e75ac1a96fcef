import { bytesPerElement, type Dtype, type Operand, type Plan } from "@hekla/tensor";
import type { Index } from "../text/kernel-writer.js";
import type { DeviceTraits, Dispatch, PackedCopy, Resource, StepKernels, Typed } from "./dispatch.js";
import { type KernelSite, threadKernel } from "./kernel-text.js";
import type { Bound, WgslWriter } from "./wgsl-writer.js";

/** What a kernel touches, some of it in one memory. */
interface Packed {
  readonly operands: readonly (Typed | undefined)[];
  readonly results: readonly Typed[];
  readonly copies?: Pick<Dispatch, "before" | "after">;
}

/** Collects the dispatches of one step of a plan. */
export class StepBuilder implements KernelSite {
  readonly #dispatches: Dispatch[] = [];
  readonly #scratchBytes: number[] = [];

  constructor(
    private readonly plan: Plan,
    readonly traits: DeviceTraits,
    readonly label: string,
    private readonly widens = false,
  ) {}

  /** A buffer of the plan with its elements. Routines compute with halves as float32, and round their results once. */
  buffer(buffer: number, offset = 0): Typed {
    const { dtype } = this.plan.buffers[buffer]!;
    const resource: Resource = { kind: "buffer", buffer };
    return { resource, dtype, offset, ...(this.widens && dtype === "float16" && { wide: true }) };
  }

  /** The buffer behind an operand; where its elements lie is for the kernel to say. */
  operand(operand: Operand): Typed;
  operand(operand: Operand | undefined): Typed | undefined;
  operand(operand: Operand | undefined): Typed | undefined {
    if (!operand) return undefined;
    const { dtype } = this.plan.buffers[operand.buffer]!;
    return { resource: { kind: "buffer", buffer: operand.buffer }, dtype, offset: 0 };
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
    options: { readonly turn?: number; readonly name?: string } = {},
  ): void {
    if (threads === 0) return;
    const name = options.name ? `${this.label}: ${options.name}` : this.label;
    const { turn } = options;
    const packed = this.#packed(operands, results);
    this.add({
      ...threadKernel(name, threads, packed.operands, packed.results, this, write, turn),
      ...packed.copies,
    });
  }

  /** Has the smallest memories brought together in one, where a kernel touches more than it may have bindings. */
  #packed(operands: readonly (Typed | undefined)[], results: readonly Typed[]): Packed {
    const read = operands.filter((operand) => operand !== undefined);
    const places = new Map([...read, ...results].map(({ resource }) => [this.placeOf(resource), resource]));
    const tooMany = places.size - this.traits.maxBindings;
    if (tooMany <= 0) return { operands, results };
    const smallest = [...places]
      .sort(([, a], [, b]) => this.bytesOf(a) - this.bytesOf(b))
      .slice(0, tooMany + 1);
    let end = 0;
    const copies = new Map<string, PackedCopy>();
    for (const [place, resource] of smallest) {
      const bytes = Math.ceil(this.bytesOf(resource) / 4) * 4;
      copies.set(place, { resource, offset: end, bytes });
      end += Math.ceil(bytes / 16) * 16;
    }
    const moved = (typed: Typed): Typed => {
      const copy = copies.get(this.placeOf(typed.resource));
      if (!copy) return typed;
      const offset = typed.offset + copy.offset / bytesPerElement(typed.dtype);
      return { ...typed, resource: { kind: "pack" }, offset };
    };
    const among = (all: readonly Typed[]): PackedCopy[] => {
      const touched = new Set(all.map(({ resource }) => this.placeOf(resource)));
      return [...copies].filter(([place]) => touched.has(place)).map(([, copy]) => copy);
    };
    return {
      operands: operands.map((operand) => operand && moved(operand)),
      results: results.map(moved),
      copies: { before: among(read), after: among(results) },
    };
  }

  bytesOf(resource: Resource): number {
    if (resource.kind === "pack") return Number.POSITIVE_INFINITY;
    if (resource.kind === "scratch") return this.#scratchBytes[resource.scratch]!;
    const { size, dtype } = this.plan.buffers[resource.buffer]!;
    return size * bytesPerElement(dtype);
  }

  add(dispatch: Dispatch): void {
    this.#dispatches.push(dispatch);
  }

  /** Buffers at one place of the arena are the same memory, while a step runs. */
  placeOf(resource: Resource): string {
    if (resource.kind === "pack") return "pack";
    if (resource.kind === "scratch") return `scratch ${resource.scratch}`;
    const { kind, arenaOffset } = this.plan.buffers[resource.buffer]!;
    return kind === "input" ? `input ${resource.buffer}` : `arena ${arenaOffset}`;
  }

  finish(): StepKernels {
    return { dispatches: this.#dispatches, scratchBytes: this.#scratchBytes };
  }
}
