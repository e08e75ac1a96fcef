import type { DistinctRoutine } from "@hekla/tensor";
import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { i32Locals, pushAddress } from "../gemm/address.js";
import { type Kernel, kernelFunction } from "../kernel.js";
import { loadIndex } from "./gather.js";

/** Bytes from the start of the result of `distinct` to its three lists. */
export const distinctLists = (count: number) => ({
  positions: 4,
  indices: 4 + count * 4,
  places: 4 + count * 8,
});

/**
 * The distinct ones of indices. Scratch memory has a place for each index, with any contents at first: one counts where
 * the index noted at that place is the index itself, so that nothing has to be cleared.
 */
export function emitDistinct(
  module: ModuleBuilder,
  { axisSize, count, clamps }: DistinctRoutine,
  offsets: readonly number[],
): Kernel {
  const lists = distinctLists(count);
  const phase = kernelFunction(module, "distinct", 1, 1, (f, { operands, outputs, scratch }) => {
    const [at, index, known, place, used] = i32Locals(f, 5);
    const out = outputs[0]!;
    const entry = (of: Local): FunctionBuilder => pushAddress(f, out, [of, 4]);
    f.forRange(at, 0, count * 4, 4, () => {
      pushAddress(f, operands[0]!, [1, offsets[0]! * 4], [at, 1]);
      if (clamps) loadIndex(f, axisSize, index);
      else {
        f.load("i32.load").tee(index).i32(axisSize).get(index).i32(axisSize);
        f.emit("i32.lt_u", "select").set(index);
      }
      pushAddress(f, scratch, [index, 4]).set(known);
      f.get(known).load("i32.load").tee(place).get(used).emit("i32.lt_u");
      f.if(
        () => entry(place).load("i32.load", lists.indices).get(index).emit("i32.ne"),
        () => f.i32(1),
        "i32",
      );
      f.if(() => {
        f.get(used).set(place);
        f.get(known, place).store("i32.store");
        entry(used).get(at).i32(2).emit("i32.shr_u").store("i32.store", lists.positions);
        entry(used).get(index).store("i32.store", lists.indices);
        f.increment(used, 1);
      });
      f.get(out, at).emit("i32.add").get(place).store("i32.store", lists.places);
    });
    f.get(out, used).store("i32.store");
    for (const list of [lists.positions, lists.indices]) {
      entry(used).i32(list).emit("i32.add").i32(0);
      f.i32(count).get(used).emit("i32.sub").i32(4).emit("i32.mul").fillMemory();
    }
  });
  return { phases: [phase], scratchBytes: (axisSize + 1) * 4, serial: true };
}
