import { type Dtype, fromStorage, type HostArray, type HostData } from "./dtype.js";
import { HeklaError, ReleasedError } from "./errors.js";
import { execute } from "./execute.js";
import type { TensorMethods } from "./methods.js";
import { checkAlive, type LeafSource, type Node } from "./node.js";
import { formatShape, type Shape, sizeOf } from "./shape.js";
import type { Variable } from "./variable.js";

/** What ops take: numbers and booleans get the dtype of the other operands. */
export type TensorLike = Tensor | Variable | number | boolean;

/** Nested arrays of numbers, as `tensor` takes and `array` returns them. */
export type NestedArray = number | readonly NestedArray[];

/** An n-dimensional array that cannot be changed: a recorded computation or its finished values. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: methods.ts defines every method of the interface
export class Tensor {
  /** Internal: the recorded op behind this tensor. */
  readonly node: Node;

  /** Internal: ops make tensors. */
  constructor(node: Node) {
    this.node = node;
  }

  get shape(): Shape {
    return this.node.shape;
  }

  get dtype(): Dtype {
    return this.node.dtype;
  }

  get rank(): number {
    return this.shape.length;
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** The values in row-major order. */
  async data(): Promise<HostData> {
    const { slot, owner } = this.#values();
    return fromStorage(this.dtype, await owner.read(slot));
  }

  /** The values at once; throws DeviceError on backends that answer only asynchronously. */
  dataSync(): HostData {
    const { slot, owner } = this.#values();
    return fromStorage(this.dtype, owner.readSync(slot));
  }

  /** The values with their shape. */
  async host(): Promise<HostArray> {
    return { data: await this.data(), shape: this.shape };
  }

  /** The one value of a tensor of size 1. */
  async item(): Promise<number> {
    if (this.size !== 1) {
      throw new HeklaError(`item: got a tensor of shape ${formatShape(this.shape)}, expected one element`);
    }
    return (await this.data())[0]!;
  }

  /** The values as nested arrays. */
  async array(): Promise<NestedArray> {
    const data = await this.data();
    const build = (axis: number, offset: number, size: number): NestedArray => {
      if (axis === this.rank) return data[offset]!;
      const length = this.shape[axis]!;
      const inner = length === 0 ? 0 : size / length;
      return Array.from({ length }, (_, index) => build(axis + 1, offset + index * inner, inner));
    };
    return build(0, 0, this.size);
  }

  /** Gives the memory back now; later use throws ReleasedError. Never necessary: unused tensors are collected. */
  dispose(): void {
    const source = this.node.source;
    if (source?.kind === "slot" && !this.node.released) {
      this.node.released = true;
      source.owner.free(source.slot);
      this.node.source = undefined;
    }
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  toString(): string {
    return `Tensor(${this.dtype}, ${formatShape(this.shape)})`;
  }

  #values(): Extract<LeafSource, { kind: "slot" }> {
    const node = this.node;
    if (node.source?.kind !== "slot") {
      if (node.recording?.traced || node.source?.kind === "placeholder") {
        throw new HeklaError(
          "data: got a tensor inside compile, expected one outside (return it, then read it)",
        );
      }
      checkAlive(node);
      execute([node], new Map(), false);
    }
    if (node.source?.kind !== "slot") throw new ReleasedError("data: the tensor holds no values");
    return node.source;
  }
}

export interface Tensor extends TensorMethods {}
