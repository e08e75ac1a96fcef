import type { MatmulRoutine } from "@hekla/tensor";
import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { type Kernel, kernelFunction, splitRange } from "../kernel.js";
import { i32Locals, pushAddress, roundUp, setThreadScratch, unflatten } from "./address.js";
import { blockLength, blockShape, longestBlock, setClipped } from "./block-shape.js";
import { copyRows } from "./copy-rows.js";
import { panelKernel, tileColumns, tileRows } from "./micro-kernel.js";
import { operandPacker } from "./operand-packer.js";

/** The blocked product: blocks of the result are dealt to threads; each packs what it needs into its own scratch. */
export function emitMatmul(
  module: ModuleBuilder,
  routine: MatmulRoutine,
  offsets: readonly number[],
): Kernel {
  const { batch, m, n, k } = routine;
  const { rows, columns } = blockShape(batch, m, n);
  const depth = blockLength(k, longestBlock);
  const rowBlocks = Math.ceil(m / rows);
  const columnBlocks = Math.ceil(n / columns);
  const aStart = roundUp(rows * columns * 4, 64);
  const bStart = aStart + roundUp(rows * depth * 4, 64);
  const bytesPerThread = bStart + roundUp(columns * depth * 4, 64);
  const panel = panelKernel(module);
  const copy = copyRows(module);
  const packA = operandPacker(module, { size: m, k, innermost: routine.transposeA, width: tileRows });
  const packB = operandPacker(module, { size: n, k, innermost: !routine.transposeB, width: tileColumns });

  const phase = kernelFunction(module, "matmul", 2, 1, (f, params) => {
    const [a, b] = params.operands as [Local, Local];
    const [own, block, end, batchAt, rowBlock, columnBlock] = i32Locals(f, 6);
    const [row, rowCount, column, columnCount] = i32Locals(f, 4);
    const [start, steps, at, to, from] = i32Locals(f, 5);

    const packBlocks = () => {
      pushAddress(f, own, [1, aStart]).set(to);
      pushAddress(f, a, [1, offsets[0]! * 4], [batchAt, routine.batchedA ? m * k * 4 : 0]);
      addPlace(f, row, start, routine.transposeA ? { a: 1, k: m } : { a: k, k: 1 });
      f.set(from);
      packA(f, to, from, rowCount, steps);
      pushAddress(f, own, [1, bStart]).set(to);
      pushAddress(f, b, [1, offsets[1]! * 4], [batchAt, routine.batchedB ? n * k * 4 : 0]);
      addPlace(f, column, start, routine.transposeB ? { a: k, k: 1 } : { a: 1, k: n });
      f.set(from);
      packB(f, to, from, columnCount, steps);
    };
    const multiplyBlocks = () =>
      f.forRange(at, 0, columnCount, tileColumns, () => {
        pushAddress(f, own, [1, aStart]);
        pushAddress(f, own, [1, bStart], [() => f.get(at, steps).emit("i32.mul"), 4]);
        pushAddress(f, own, [at, 4])
          .get(steps)
          .i32(columns * 4);
        f.get(rowCount)
          .i32(tileRows - 1)
          .emit("i32.add")
          .i32(2)
          .emit("i32.shr_u");
        f.get(start).call(panel);
      });

    setThreadScratch(f, params, 0, bytesPerThread, own);
    splitRange(f, params, batch * rowBlocks * columnBlocks, 1, block, end);
    f.forRange(block, block, end, 1, () => {
      unflatten(f, block, [batch, columnBlocks, rowBlocks], [batchAt, columnBlock, rowBlock]);
      f.get(rowBlock).i32(rows).emit("i32.mul").set(row);
      f.get(columnBlock).i32(columns).emit("i32.mul").set(column);
      setClipped(f, row, rows, m, rowCount);
      setClipped(f, column, columns, n, columnCount);
      f.forRange(start, 0, k, depth, () => {
        setClipped(f, start, depth, k, steps);
        packBlocks();
        multiplyBlocks();
      });
      pushAddress(f, params.outputs[0]!, [batchAt, m * n * 4], [row, n * 4], [column, 4]);
      f.get(own)
        .i32(n * 4)
        .i32(columns * 4)
        .get(rowCount, columnCount)
        .call(copy);
    });
  });
  return { phases: [phase], scratchBytes: 0, scratchBytesPerThread: bytesPerThread };
}

/** Adds the place of row (or column) `at` and product `start` to the address on the stack; strides in elements. */
function addPlace(f: FunctionBuilder, at: Local, start: Local, strides: { a: number; k: number }): void {
  f.get(at)
    .i32(strides.a * 4)
    .emit("i32.mul", "i32.add");
  f.get(start)
    .i32(strides.k * 4)
    .emit("i32.mul", "i32.add");
}
