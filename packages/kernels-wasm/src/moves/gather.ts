import type { Dtype, GatherRoutine } from "@hekla/tensor";
import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { pushAddress } from "../gemm/address.js";
import { type Kernel, kernelFunction, splitRange } from "../kernel.js";

/** Below this many elements the work is not worth sharing. */
const serialSize = 4096;

/** Elements of the inner axis that a scatter's unit of work covers. */
const scatterColumns = 64;

/** Loads the index at an address and clamps it to `[0, size)`. */
function loadIndex(f: FunctionBuilder, size: number, index: Local): void {
  f.load("i32.load").set(index);
  f.get(index)
    .i32(size - 1)
    .get(index)
    .i32(size - 1)
    .emit("i32.lt_s", "select")
    .set(index);
  f.get(index).i32(0).get(index).i32(0).emit("i32.gt_s", "select").set(index);
}

type Gather = GatherRoutine & { readonly dtype: Dtype };

/** `gather` and `gatherAlong`: every element of the result is a copy. */
export function emitGather(module: ModuleBuilder, routine: Gather, offsets: readonly number[]): Kernel {
  const { name, outer, axisSize, inner, count } = routine;
  const rows = outer * count;
  const phase = kernelFunction(module, name, 2, 1, (f, { operands, outputs, ...params }) => {
    const [row, end, o, j, i, index, from, to] = Array.from({ length: 8 }, () => f.local("i32")) as [
      Local,
      Local,
      Local,
      Local,
      Local,
      Local,
      Local,
      Local,
    ];
    splitRange(f, params, rows, 1, row, end);
    f.forRange(row, row, end, 1, () => {
      f.get(row).i32(count).emit("i32.div_u").set(o).get(row).i32(count).emit("i32.rem_u").set(j);
      pushAddress(f, outputs[0]!, [row, inner * 4]).set(to);
      const source = (): FunctionBuilder =>
        pushAddress(f, operands[0]!, [1, offsets[0]! * 4], [o, axisSize * inner * 4], [index, inner * 4]);
      if (name === "gather") {
        loadIndex(pushAddress(f, operands[1]!, [1, offsets[1]! * 4], [j, 4]), axisSize, index);
        source().set(from);
        if (inner === 1) f.get(to, from).load("i32.load").store("i32.store");
        else
          f.get(to, from)
            .i32(inner * 4)
            .copyMemory();
        return;
      }
      f.forRange(i, 0, inner, 1, () => {
        loadIndex(
          pushAddress(f, operands[1]!, [1, offsets[1]! * 4], [row, inner * 4], [i, 4]),
          axisSize,
          index,
        );
        pushAddress(f, to, [i, 4]);
        pushAddress(f, () => source(), [i, 4])
          .load("i32.load")
          .store("i32.store");
      });
    });
  });
  return { phases: rows * inner > 0 ? [phase] : [], scratchBytes: 0, serial: rows * inner < serialSize };
}

/**
 * `scatterAdd` and `scatterAddAlong`: a unit of work is a block of columns of one outer element, which adds its updates in
 * the order of the indices, so that the sums do not depend on the threads.
 */
export function emitScatterAdd(module: ModuleBuilder, routine: Gather, offsets: readonly number[]): Kernel {
  const { name, dtype, outer, axisSize, inner, count } = routine;
  const blocks = Math.ceil(inner / scatterColumns);
  const [load, sum, store] =
    dtype === "float32"
      ? (["f32.load", "f32.add", "f32.store"] as const)
      : (["i32.load", "i32.add", "i32.store"] as const);
  const phase = kernelFunction(module, name, 2, 1, (f, { operands, outputs, ...params }) => {
    const [unit, end, o, first, columns, a, j, i, index, to] = Array.from({ length: 10 }, () =>
      f.local("i32"),
    ) as [Local, Local, Local, Local, Local, Local, Local, Local, Local, Local];
    splitRange(f, params, outer * blocks, 1, unit, end);
    f.forRange(unit, unit, end, 1, () => {
      f.get(unit).i32(blocks).emit("i32.div_u").set(o);
      f.get(unit).i32(blocks).emit("i32.rem_u").i32(scatterColumns).emit("i32.mul").set(first);
      f.i32(inner).get(first).emit("i32.sub").set(columns);
      f.get(columns)
        .i32(scatterColumns)
        .get(columns)
        .i32(scatterColumns)
        .emit("i32.lt_s", "select")
        .set(columns);
      const target = (at: Local): FunctionBuilder =>
        pushAddress(f, outputs[0]!, [o, axisSize * inner * 4], [at, inner * 4], [first, 4]);
      f.forRange(a, 0, axisSize, 1, () => {
        target(a).i32(0).get(columns).i32(2).emit("i32.shl").fillMemory();
      });
      f.forRange(j, 0, count, 1, () => {
        const along = name === "scatterAddAlong";
        const update = (which: number): FunctionBuilder =>
          pushAddress(
            f,
            operands[which]!,
            [1, offsets[which]! * 4],
            [o, count * inner * 4],
            [j, inner * 4],
            [first, 4],
            [i, 4],
          );
        if (!along) {
          loadIndex(pushAddress(f, operands[0]!, [1, offsets[0]! * 4], [j, 4]), axisSize, index);
        }
        f.forRange(i, 0, columns, 1, () => {
          if (along) loadIndex(update(0), axisSize, index);
          pushAddress(f, () => target(index), [i, 4])
            .tee(to)
            .get(to)
            .load(load);
          update(1).load(load).emit(sum).store(store);
        });
      });
    });
  });
  const empty = outer * inner * axisSize === 0;
  return {
    phases: empty ? [] : [phase],
    scratchBytes: 0,
    serial: outer * inner * (axisSize + count) < serialSize,
  };
}
