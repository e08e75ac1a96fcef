import { type Epilogue, identityView, type Program, rowMajorStrides } from "@hekla/tensor";
import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { halfRate } from "../elementwise/half-rate.js";
import { loadLanes } from "../elementwise/lanes.js";
import { loopNest, type NestAxis } from "../elementwise/nest.js";
import { decode } from "../elementwise/pointers.js";
import { readsCoordinates, splitLines } from "../elementwise/print-program.js";
import { type ElementwiseWork, Row } from "../elementwise/print-row.js";
import { pushAddress } from "./address.js";

/** What happens to each element of a result on its way from a block to memory, over rows of one length. */
export interface BlockEpilogue {
  readonly step: ElementwiseWork;
  /** Which of its operands are the result itself. */
  readonly raw: readonly boolean[];
  /** The loops over rows, outermost first, and along a row. */
  readonly rows: readonly NestAxis[];
  readonly columns: NestAxis;
  readonly outputs: number;
}

const copyProgram: Program = {
  instructions: [{ op: "input", index: 0, dtype: "float32" }],
  results: [0],
};

/** No epilogue: the result as it is. */
export function plainRows(rows: number, columns: number): BlockEpilogue {
  const shape = [rows, columns];
  const axis = (size: number, stride: number): NestAxis => ({
    size,
    operandStrides: [stride],
    outputStride: stride,
    source: -1,
  });
  return {
    step: { label: "", shape, operands: [{ buffer: 0, view: identityView(shape) }], program: copyProgram },
    raw: [true],
    rows: [axis(rows, columns)],
    columns: axis(columns, 1),
    outputs: 1,
  };
}

/**
 * An epilogue as loops over rows of `columns` elements. Undefined where its operands have no one stride along such a row,
 * and where programs do better on long rows: random numbers, two of which have one cipher.
 */
export function blockEpilogue(epilogue: Epilogue, columns: number): BlockEpilogue | undefined {
  const { shape, program, outputs } = epilogue;
  const whole = identityView(shape);
  const operands = epilogue.operands.map((operand) => operand ?? { buffer: outputs[0]!, view: whole });
  const joined = !readsCoordinates(program);
  const views = operands.map(({ view }) => view);
  const rows = loopNest(shape, views, rowMajorStrides(shape), joined);
  let inner = rows.pop();
  if (inner && inner.size > columns) {
    const outer = inner.size / columns;
    if (!joined || !Number.isInteger(outer)) return undefined;
    const scaled = (stride: number) => stride * columns;
    const operandStrides = inner.operandStrides.map(scaled);
    rows.push({ ...inner, size: outer, operandStrides, outputStride: scaled(inner.outputStride) });
    inner = { ...inner, size: columns };
  }
  if (inner?.size !== columns) return undefined;
  const { operandStrides, source } = inner;
  const { varying } = splitLines(program, program.results, (instruction) =>
    instruction.op === "input"
      ? operandStrides[instruction.index] !== 0
      : instruction.op === "coordinate" && instruction.axis === source,
  );
  if (halfRate(program, varying, source)) return undefined;
  return {
    step: { label: "", shape, operands, program },
    raw: epilogue.operands.map((operand) => operand === undefined),
    rows,
    columns: inner,
    outputs: outputs.length,
  };
}

/** A block as it comes from the register tiles. */
export interface Block {
  readonly columns: number;
  /** Bytes from a row to the next. */
  readonly rowBytes: number;
  /** Parts of the sum that lie so many bytes apart, added in their order. */
  readonly parts?: readonly [count: number, bytes: number];
  /** Whether what is in the first output comes before the block in the sum. */
  readonly adds?: boolean;
}

/**
 * A function `(operand pointers..., output pointers..., block, row, column, rows)` that writes a block, at least one row,
 * to its place in the result; operands are those of the epilogue that are not the result itself.
 */
export function blockWriter(
  module: ModuleBuilder,
  { step, raw, rows, columns, outputs }: BlockEpilogue,
  block: Block,
): number {
  const given = raw.filter((own) => !own).length;
  const count = given + outputs + 4;
  return module.function("write block", Array<"i32">(count).fill("i32"), [], (f: FunctionBuilder) => {
    const [from, row, column, left] = f.params.slice(-4) as [Local, Local, Local, Local];
    const own = f.params.slice(given, given + outputs);
    let next = 0;
    const operands = raw.map((isRaw) => (isRaw ? own[0]! : f.params[next++]!));
    const [scratch, thread, threads] = [from, from, from]; // a row has no use for them
    const params = { operands, outputs: own, scratch, thread, threads };
    const at = f.local("i32");
    f.loop((nextRow) => {
      const place = decode(f, row, rows);
      const line = new Row(f, module, step, params, place, columns, { start: column, end: column });
      if (block.adds) {
        pushAddress(f, own[0]!, [row, columns.size * 4], [column, 4]).set(at);
      }
      for (let first = 0; first < block.columns; first += 4) {
        const value = f.local("v128");
        f.get(from).load("v128.load", first * 4);
        const [parts, bytes] = block.parts ?? [1, 0];
        for (let part = 1; part < parts; part++) {
          f.get(from)
            .load("v128.load", first * 4 + part * bytes)
            .emit("f32x4.add");
        }
        const lanes = Math.min(4, block.columns - first);
        if (block.adds) loadLanes(f, { pointer: at, stride: 1, count: lanes, skip: first });
        if (block.adds) f.emit("f32x4.add");
        f.set(value);
        line.vector(lanes, first, new Map(raw.flatMap((isRaw, index) => (isRaw ? [[index, value]] : []))));
      }
      f.increment(from, block.rowBytes).increment(row, 1);
      f.get(left).i32(1).emit("i32.sub").tee(left).brIf(nextRow);
    });
  });
}
