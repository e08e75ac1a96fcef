import type { Dtype, GatherRoutine } from "@hekla/tensor";
import type { FunctionBuilder, Int, Local, ModuleBuilder } from "../assembler/index.js";
import { i32Locals, pushAddress, pushMinimum } from "../gemm/address.js";
import { type Kernel, kernelFunction, splitRange } from "../kernel.js";

/** Below this many elements the work is not worth sharing. */
const serialSize = 4096;

/** Elements of the inner axis that a scatter's unit of work covers: two cache lines. */
const scatterColumns = 32;

/** `body` at each place of a row of `bytes` bytes, in steps of `width` bytes. */
function eachPlace(f: FunctionBuilder, bytes: Int, body: (at: Local, width: 4 | 16) => void): void {
  f.scratch("i32", (at) =>
    f.scratch("i32", (blocks) => {
      f.int(bytes).i32(-16).emit("i32.and").set(blocks);
      f.forRange(at, 0, blocks, 16, () => body(at, 16));
      f.forRange(at, blocks, bytes, 4, () => body(at, 4));
    }),
  );
}

/** Copies a row; the instruction that copies memory takes longer to start than most rows to copy. */
export const copyRow = (f: FunctionBuilder, to: Local, from: Local, bytes: number): void =>
  eachPlace(f, bytes, (at, width) => {
    f.get(to, at).emit("i32.add").get(from, at).emit("i32.add");
    if (width === 4) f.load("i32.load").store("i32.store");
    else f.load("v128.load").store("v128.store");
  });

/** Loads the index at an address and clamps it to `[0, size)`. */
export function loadIndex(f: FunctionBuilder, size: number, index: Local): void {
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

/** `gather` and `gatherAlong`: every element of the result is a copy, or what is filled in for indices out of range. */
export function emitGather(module: ModuleBuilder, routine: Gather, offsets: readonly number[]): Kernel {
  const { name, outer, axisSize, inner, count, beyond } = routine;
  const rows = outer * count;
  const phase = kernelFunction(module, name, 2, 1, (f, { operands, outputs, ...params }) => {
    const [row, end, o, j, i, index, from, to] = i32Locals(f, 8);
    splitRange(f, params, rows, 1, row, end);
    f.forRange(row, row, end, 1, () => {
      f.get(row).i32(count).emit("i32.div_u").set(o).get(row).i32(count).emit("i32.rem_u").set(j);
      pushAddress(f, outputs[0]!, [row, inner * 4]).set(to);
      const source = (): FunctionBuilder =>
        pushAddress(f, operands[0]!, [1, offsets[0]! * 4], [o, axisSize * inner * 4], [index, inner * 4]);
      if (name === "gather") {
        const copy = () => {
          source().set(from);
          copyRow(f, to, from, inner * 4);
        };
        pushAddress(f, operands[1]!, [1, offsets[1]! * 4], [j, 4]);
        if (!beyond) {
          loadIndex(f, axisSize, index);
          return copy();
        }
        f.load("i32.load").tee(index).i32(axisSize).emit("i32.lt_u");
        f.if(copy, () =>
          eachPlace(f, inner * 4, (at, width) => {
            f.get(to, at)
              .emit("i32.add")
              .f32x4(beyond === "nan" ? Number.NaN : 0);
            if (width === 4) f.memoryLane("v128.store32_lane", 0);
            else f.store("v128.store");
          }),
        );
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
 * `scatterAdd` and `scatterAddAlong`: zeros first; then a unit of work is a block of columns of one outer element, which
 * adds its updates in the order of the indices, so that the sums do not depend on the threads.
 */
export function emitScatterAdd(module: ModuleBuilder, routine: Gather, offsets: readonly number[]): Kernel {
  const { name, dtype, outer, axisSize, inner, count, beyond } = routine;
  const blocks = Math.ceil(inner / scatterColumns);
  const size = outer * axisSize * inner;
  const along = name === "scatterAddAlong";
  const float = dtype === "float32";
  const addition = {
    4: float
      ? (["f32.load", "f32.add", "f32.store"] as const)
      : (["i32.load", "i32.add", "i32.store"] as const),
    16: ["v128.load", float ? "f32x4.add" : "i32x4.add", "v128.store"] as const,
  };
  const clear = kernelFunction(module, `${name} zeros`, 2, 1, (f, { outputs, ...params }) => {
    const [start, end] = i32Locals(f, 2);
    splitRange(f, params, size, 64, start, end);
    pushAddress(f, outputs[0]!, [start, 4]).i32(0);
    f.get(end, start).emit("i32.sub").i32(4).emit("i32.mul").fillMemory();
  });
  const add = kernelFunction(module, name, 2, 1, (f, { operands, outputs, ...params }) => {
    const [unit, end, o, first, bytes, j, index, from, to] = i32Locals(f, 9);
    /** A pointer to this unit's columns of row `row` of the operand or result. */
    const rowOf = (start: Local, rows: number, row: Local): FunctionBuilder =>
      pushAddress(f, start, [o, rows * inner * 4], [row, inner * 4], [first, 4]);
    const operand = (which: 0 | 1): FunctionBuilder =>
      pushAddress(f, () => rowOf(operands[which]!, count, j), [1, offsets[which]! * 4]);
    /** Adds what lies at `from + at` to what lies at `to + at`. */
    const addAt = (at: Local, width: 4 | 16) => {
      const [load, sum, store] = addition[width];
      f.get(to, at).emit("i32.add").get(to, at).emit("i32.add").load(load);
      f.get(from, at).emit("i32.add").load(load).emit(sum).store(store);
    };
    splitRange(f, params, outer * blocks, 1, unit, end);
    f.forRange(unit, unit, end, 1, () => {
      f.get(unit).i32(blocks).emit("i32.div_u").set(o);
      f.get(unit).i32(blocks).emit("i32.rem_u").i32(scatterColumns).emit("i32.mul").set(first);
      pushMinimum(f, () => f.i32(inner).get(first).emit("i32.sub"), scatterColumns);
      f.i32(2).emit("i32.shl").set(bytes);
      f.forRange(j, 0, count, 1, () => {
        operand(1).set(from);
        if (!along) {
          const addRow = () => {
            rowOf(outputs[0]!, axisSize, index).set(to);
            eachPlace(f, bytes, addAt);
          };
          pushAddress(f, operands[0]!, [1, offsets[0]! * 4], [j, 4]);
          if (beyond) f.load("i32.load").tee(index).i32(axisSize).emit("i32.lt_u").if(addRow);
          else {
            loadIndex(f, axisSize, index);
            addRow();
          }
          return;
        }
        f.scratch("i32", (at) =>
          f.forRange(at, 0, bytes, 4, () => {
            loadIndex(operand(0).get(at).emit("i32.add"), axisSize, index);
            rowOf(outputs[0]!, axisSize, index).set(to);
            addAt(at, 4);
          }),
        );
      });
    });
  });
  return {
    phases: size === 0 ? [] : [clear, add],
    scratchBytes: 0,
    serial: outer * inner * (axisSize + count) < serialSize,
  };
}
