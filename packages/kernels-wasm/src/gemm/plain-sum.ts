import type { Dtype } from "@hekla/tensor";
import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { type Kernel, kernelFunction, splitRange } from "../kernel.js";
import { i32Locals, pushAddress, unflatten } from "./address.js";

/** A sum of products for each element of a result, written as loops one can check by eye. */
export interface PlainSum {
  readonly name: string;
  readonly dtype: Dtype;
  /** Sizes of the result, outermost first. */
  readonly result: readonly number[];
  /** Sizes of the axes summed over, in this order. */
  readonly sum: readonly number[];
  /**
   * Emits code that calls `add` with addresses of the two factors, or skips it, for one term. `at` are the
   * result's coordinates, `term` those of the sum.
   */
  readonly term: (
    f: FunctionBuilder,
    operands: readonly Local[],
    at: readonly Local[],
    term: readonly Local[],
    add: (pushA: () => void, pushB: () => void) => void,
  ) => void;
}

/** What HEKLA_TUNED=0 runs in place of the blocked core; also serves int32. */
export function emitPlainSum(module: ModuleBuilder, { name, dtype, result, sum, term }: PlainSum): Kernel {
  const type = dtype === "float32" ? "f32" : "i32";
  const size = result.reduce((product, axis) => product * axis, 1);
  const phase = kernelFunction(module, `plain ${name}`, 2, 1, (f, params) => {
    const [index, end] = i32Locals(f, 2);
    const at = result.map(() => f.local("i32"));
    const terms = sum.map(() => f.local("i32"));
    const total = f.local(type);
    const nest = (axis: number): void => {
      if (axis < sum.length) {
        f.forRange(terms[axis]!, 0, sum[axis]!, 1, () => nest(axis + 1));
        return;
      }
      term(f, params.operands, at, terms, (pushA, pushB) => {
        f.get(total);
        pushA();
        f.load(`${type}.load`);
        pushB();
        f.load(`${type}.load`).emit(`${type}.mul`, `${type}.add`).set(total);
      });
    };
    splitRange(f, params, size, 16, index, end);
    f.forRange(index, index, end, 1, () => {
      unflatten(f, index, result, at);
      if (type === "f32") f.f32(0).set(total);
      else f.i32(0).set(total);
      nest(0);
      pushAddress(f, params.outputs[0]!, [index, 4]).get(total).store(`${type}.store`);
    });
  });
  return { phases: [phase], scratchBytes: 0 };
}
