import type { MatmulRoutine } from "@hekla/tensor";
import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { loadLanes } from "../elementwise/lanes.js";
import { type KernelParams, splitRange } from "../kernel.js";
import { i32Locals, pushAddress, setThreadScratch, unflatten } from "./address.js";
import { multiplyAdd } from "./micro-kernel.js";
import type { ResultWriter } from "./result-writer.js";

/** Rows up to which packing columns takes longer than lane sums. */
const mostRows = 8;
/** Columns done together. */
const group = 4;

/** A few rows times columns that lie along the sum, as the rows do: vectors along the sum, and nothing is packed. */
export const isDot = ({ m, n, transposeA, transposeB }: MatmulRoutine): boolean =>
  transposeB && (!transposeA || m === 1) && m <= mostRows && n >= group;

/** Bytes of a thread's own: the results for a group of columns. */
export const dotBytesPerThread = (m: number): number => Math.ceil((m * group * 4) / 64) * 64;

/** This thread's share of the groups of columns; the last group may begin in the one before. */
export function emitDot(
  f: FunctionBuilder,
  module: ModuleBuilder,
  params: KernelParams,
  { batch, m, n, k, batchedA, batchedB }: MatmulRoutine,
  offsets: readonly number[],
  writer: ResultWriter,
): void {
  const groups = Math.ceil(n / group);
  const rest = n % group;
  const [unit, end, matrix, panel, column, own] = i32Locals(f, 6);
  const [to, a, b, row] = i32Locals(f, 4);
  setThreadScratch(f, params, 0, dotBytesPerThread(m), own);
  splitRange(f, params, batch * groups, 1, unit, end);
  f.forRange(unit, unit, end, 1, () => {
    unflatten(f, unit, [batch, groups], [matrix, panel]);
    f.get(panel).i32(group).emit("i32.mul").set(column);
    const pushColumns = () => {
      f.get(column);
      if (rest > 0)
        f.i32(n - group)
          .get(column)
          .i32(n - group)
          .emit("i32.lt_s", "select");
    };
    const [aOffset, bOffset] = offsets as [number, number];
    pushAddress(f, params.operands[0]!, [1, aOffset * 4], [matrix, batchedA ? m * k * 4 : 0]).set(a);
    pushAddress(f, params.operands[1]!, [1, bOffset * 4], [matrix, batchedB ? n * k * 4 : 0]);
    pushAddress(f, () => {}, [pushColumns, k * 4]).set(b);
    f.get(own).set(to);
    const rows = (count: number) => {
      f.get(a, b, to).call(dotKernel(module, count, k));
      f.increment(a, count * k * 4).increment(to, count * group * 4);
    };
    if (m > 1) f.forRange(row, 0, m - 1, 2, () => rows(2));
    if (m % 2 === 1) rows(1);
    const write = (columns: number) =>
      writer.write(f, params, { columns, rowBytes: group * 4 }, () => {
        f.get(own);
        if (columns < group) f.i32((group - columns) * 4).emit("i32.add");
        f.get(matrix).i32(m).emit("i32.mul").get(column).i32(m);
      });
    if (rest === 0) write(group);
    else
      f.get(panel)
        .i32(groups - 1)
        .emit("i32.eq")
        .if(
          () => write(rest),
          () => write(group),
        );
  });
}

/** `(a, b, to)`: the products of one or two rows of `k` floats with four others, as rows of four. */
function dotKernel(module: ModuleBuilder, rows: number, k: number): number {
  return module.once(`dot ${rows} ${k}`, () =>
    module.function(`dot ${rows} ${k}`, ["i32", "i32", "i32"], [], (f) => {
      const [a, b, to] = f.params as [Local, Local, Local];
      // A sum for each row and column; a single row has two, since additions take their time.
      const sets = 3 - rows;
      const vector = () => f.local("v128");
      const sums = Array.from({ length: rows * group * sets }, vector);
      const aVectors = Array.from({ length: rows }, vector);
      const bVector = vector();
      const step = (set: number, count: number) => {
        const load = (pointer: Local, line: number, into: Local) => {
          loadLanes(f, { pointer, stride: 1, count, skip: line * k + set * 4 });
          f.set(into);
        };
        for (const [row, into] of aVectors.entries()) load(a, row, into);
        for (let column = 0; column < group; column++) {
          load(b, column, bVector);
          for (const [row, aVector] of aVectors.entries())
            multiplyAdd(f, module, aVector, bVector, sums[(set * rows + row) * group + column]!);
        }
      };
      const turn = sets * 4;
      const turns = Math.floor(k / turn);
      const left = f.local("i32");
      f.forRange(left, 0, turns, 1, () => {
        for (let set = 0; set < sets; set++) step(set, 4);
        f.increment(a, turn * 4).increment(b, turn * 4);
      });
      const rest = k - turns * turn;
      for (let set = 0; set * 4 < rest; set++) step(set, Math.min(4, rest - set * 4));
      for (let row = 0; row < rows; row++) {
        const own = sums.slice(row * group, row * group + group);
        own.forEach((sum, column) => {
          for (let set = 1; set < sets; set++)
            f.get(sum, sums[(set * rows + row) * group + column]!)
              .emit("f32x4.add")
              .set(sum);
        });
        f.get(to);
        pushLaneSums(f, own);
        f.store("v128.store", row * group * 4);
      }
    }),
  );
}

/** Pushes the sums of the lanes of four vectors. */
function pushLaneSums(f: FunctionBuilder, [a, b, c, d]: readonly Local[]): void {
  const halves = (x: Local, y: Local) => {
    f.get(x, y).shuffle(0, 4, 1, 5).get(x, y).shuffle(2, 6, 3, 7).emit("f32x4.add");
  };
  f.scratch("v128", (left) =>
    f.scratch("v128", (right) => {
      halves(a!, b!);
      f.set(left);
      halves(c!, d!);
      f.set(right);
      f.get(left, right).shuffle(0, 1, 4, 5).get(left, right).shuffle(2, 3, 6, 7).emit("f32x4.add");
    }),
  );
}
