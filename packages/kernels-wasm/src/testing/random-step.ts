import {
  type Dtype,
  type Instruction,
  type Program,
  rowMajorStrides,
  type StorageArray,
  sizeOf,
  type View,
} from "@hekla/tensor";
import type { TestOperand } from "./single-step.js";

/** Small whole numbers from a seed: enough to vary tests, the same at every run. */
export class TestRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 1;
  }

  /** A whole number in [0, limit). */
  next(limit: number): number {
    this.#state = Math.imul(this.#state ^ (this.#state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    return (this.#state >>> 8) % limit;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.next(choices.length)]!;
  }

  data(dtype: Dtype, size: number): StorageArray {
    if (dtype === "float32") return Float32Array.from({ length: size }, () => (this.next(4001) - 2000) / 512);
    return Int32Array.from({ length: size }, () =>
      dtype === "bool" ? this.next(2) : this.next(2001) - 1000,
    );
  }

  /** A view of `shape` with broadcast, flipped, strided and swapped axes, and data that it fits. */
  operand(dtype: Dtype, shape: readonly number[]): TestOperand {
    const order = shape.map((_, axis) => axis);
    if (this.next(3) === 0) order.reverse();
    const kinds = shape.map(() =>
      this.pick(["plain", "plain", "plain", "broadcast", "flip", "skip"] as const),
    );
    const stored = order.map((axis) => shape[axis]! * (kinds[axis] === "skip" ? 2 : 1));
    const dense = rowMajorStrides(stored.map((size, at) => (kinds[order[at]!] === "broadcast" ? 1 : size)));
    let offset = this.next(3);
    const base = offset;
    const strides = shape.map((size, axis) => {
      const stride = dense[order.indexOf(axis)]!;
      if (kinds[axis] === "broadcast") return 0;
      if (kinds[axis] === "flip") {
        offset += stride * (size - 1);
        return -stride;
      }
      return kinds[axis] === "skip" ? 2 * stride : stride;
    });
    const view: View = { shape, strides, offset };
    return { data: this.data(dtype, base + sizeOf(stored)), dtype, view };
  }
}

/** A program with the given ops in a row, each on the value before and operand values in turn. */
export function chain(dtypes: readonly Dtype[], ops: readonly Instruction[]): Program {
  const inputs = dtypes.map((dtype, index) => ({ op: "input" as const, index, dtype }));
  return { instructions: [...inputs, ...ops], results: [inputs.length + ops.length - 1] };
}
