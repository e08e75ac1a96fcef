import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { type KernelParams, splitRange } from "../kernel.js";
import type { NestAxis } from "./nest.js";
import { decode, type Position, productOf } from "./pointers.js";
import { type ElementwiseWork, Row } from "./print-row.js";

/**
 * Sides of a tile: so many cache lines of each operand stay in the first-level cache, whichever way it
 * lies.
 */
const tileSide = 32;
/** Sides in large steps, whose tiles come from memory: longer runs, and fewer pages at a time. */
const largeSide = 128;
const largeElements = 1 << 20;
/**
 * Planes of so few elements and short rows are tiles as they are, where they are many and come from memory.
 */
const planeElements = 1 << 14;
const manyPlanes = 64;
/** Smaller steps find their operands in the cache. */
const manyElements = 1 << 18;
const lineBytes = 64;
/** Shorter sides are not worth tiles. */
const leastSide = 8;

/**
 * An outer axis along which operands lie without gaps that jump along the innermost one: transposed
 * operands.
 */
export interface Crossing {
  readonly across: NestAxis;
  readonly operands: readonly number[];
}

export function crossing(inner: NestAxis, outer: readonly NestAxis[]): Crossing | undefined {
  const jumps = (operand: number): boolean => Math.abs(inner.operandStrides[operand]!) >= leastSide;
  for (const across of outer) {
    const operands = across.operandStrides.flatMap((stride, k) => (stride === 1 && jumps(k) ? [k] : []));
    if (operands.length > 0 && across.size >= leastSide && inner.size >= leastSide)
      return { across, operands };
  }
  return undefined;
}

/**
 * This thread's share of tiles that reach over the innermost axis and the one `across`. In a tile, blocks of
 * 4 by 4 elements of transposed operands are loaded the way they lie and turned round in registers.
 */
export function printTiles(
  f: FunctionBuilder,
  module: ModuleBuilder,
  step: ElementwiseWork,
  params: KernelParams,
  { across, operands }: Crossing,
  outer: readonly NestAxis[],
  inner: NestAxis,
): void {
  const others = outer.filter((axis) => axis !== across);
  const [planes, plane] = [productOf(others), across.size * inner.size];
  const many = planes >= manyPlanes && planes * plane >= manyElements;
  const whole = many && plane <= planeElements && inner.size <= 2 * tileSide;
  const large = planes * plane >= largeElements && Math.min(across.size, inner.size) >= largeSide;
  const side = large ? largeSide : tileSide;
  const [tall, broad] = whole ? [across.size, inner.size] : [side, side];
  const tiles = (axis: NestAxis, length: number): NestAxis => ({
    ...axis,
    size: Math.ceil(axis.size / length),
  });
  const [rows, columns] = [tiles(across, tall), tiles(inner, broad)];
  const locals = Array.from({ length: 8 }, () => f.local("i32"));
  const [first, last, unit, top, bottom, start, end, row] = locals as [
    ...[Local, Local, Local, Local],
    ...[Local, Local, Local, Local],
  ];
  const bounds = (tile: Local, size: number, length: number, from: Local, to: Local): void => {
    f.get(tile).i32(length).emit("i32.mul").tee(from).i32(length).emit("i32.add").set(to);
    f.get(to).i32(size).get(to).i32(size).emit("i32.lt_s", "select").set(to);
  };
  splitRange(f, params, productOf(others) * rows.size * columns.size, 1, first, last);
  f.forRange(unit, first, last, 1, () => {
    const place = decode(f, unit, [...others, rows, columns]);
    bounds(place.get(rows)!, across.size, tall, top, bottom);
    bounds(place.get(columns)!, inner.size, broad, start, end);
    place.delete(rows);
    place.delete(columns);
    const rowAt = (at: Local): Row =>
      new Row(f, module, step, params, new Map([...place, [across, at]]) as Position, inner, { start, end });
    f.get(top).set(row);
    if (whole) readAhead(f, rowAt(top), operands, across.size, inner);
    f.block((done) =>
      f.loop((head) => {
        f.get(bottom, row).emit("i32.sub").i32(4).emit("i32.lt_s").brIf(done);
        const four = [0, 1, 2, 3].map((offset) => {
          const at = f.local("i32");
          f.get(row).i32(offset).emit("i32.add").set(at);
          return rowAt(at);
        });
        printFour(f, four, operands, inner, { start, end });
        f.increment(row, 4).br(head);
      }),
    );
    if (across.size % 4 === 0) return;
    f.block((done) =>
      f.loop((head) => {
        f.get(row, bottom).emit("i32.ge_s").brIf(done);
        rowAt(row).print();
        f.increment(row, 1).br(head);
      }),
    );
  });
}

/**
 * Reads a word of each line of transposed operands in the order in which they lie, which the processor
 * recognizes and brings the next ones before they are asked for: four rows of a tile go through them in
 * leaps.
 */
function readAhead(
  f: FunctionBuilder,
  row: Row,
  operands: readonly number[],
  length: number,
  inner: NestAxis,
): void {
  const column = f.local("i32");
  f.forRange(column, 0, inner.size, 1, () => {
    for (const k of operands) {
      const pointer = row.pointer(k);
      for (let at = 0; at < length * 4; at += lineBytes) f.get(pointer).load("i32.load", at).emit("drop");
      f.increment(pointer, inner.operandStrides[k]! * 4);
    }
  });
}

/** Four rows of a tile. */
function printFour(
  f: FunctionBuilder,
  rows: readonly Row[],
  operands: readonly number[],
  inner: NestAxis,
  { start, end }: { start: Local; end: Local },
): void {
  const column = f.local("i32");
  f.get(start).set(column);
  f.block((done) =>
    f.loop((head) => {
      f.get(end, column).emit("i32.sub").i32(4).emit("i32.lt_s").brIf(done);
      const turned = operands.map((k) => turn(f, rows[0]!.pointer(k), inner.operandStrides[k]! * 4));
      rows.forEach((row, at) => {
        row.vector(4, 0, new Map(operands.map((k, which) => [k, turned[which]![at]!])));
        row.advance(4);
      });
      f.increment(column, 4).br(head);
    }),
  );
  const rest = inner.size % 4;
  if (rest === 0) return;
  f.get(column, end)
    .emit("i32.lt_s")
    .if(() => {
      for (const row of rows) row.vector(rest);
    });
}

/** Loads 4 by 4 elements, `stride` bytes from vector to vector, and gives the vectors across them. */
function turn(f: FunctionBuilder, pointer: Local, stride: number): Local[] {
  const loaded = [0, 1, 2, 3].map((at) => {
    const vector = f.local("v128");
    f.get(pointer);
    if (at > 0) f.i32(at * stride).emit("i32.add");
    f.load("v128.load").set(vector);
    return vector;
  }) as [Local, Local, Local, Local];
  const combine = (a: Local, b: Local, lanes: [number, number, number, number]): Local => {
    const vector = f.local("v128");
    f.get(a, b)
      .shuffle(...lanes)
      .set(vector);
    return vector;
  };
  const [a, b, c, d] = loaded;
  const [low, high]: [number, number, number, number][] = [
    [0, 4, 1, 5],
    [2, 6, 3, 7],
  ];
  const [ab, cd] = [combine(a, b, low!), combine(c, d, low!)];
  const [ab2, cd2] = [combine(a, b, high!), combine(c, d, high!)];
  return [
    combine(ab, cd, [0, 1, 4, 5]),
    combine(ab, cd, [2, 3, 6, 7]),
    combine(ab2, cd2, [0, 1, 4, 5]),
    combine(ab2, cd2, [2, 3, 6, 7]),
  ];
}
