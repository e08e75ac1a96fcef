import { sizeOf } from "@hekla/tensor";
import type { Local } from "../assembler/index.js";
import { loadLanes, storeLanes } from "../elementwise/lanes.js";
import type { Values } from "../elementwise/print-program.js";
import type { Accumulators, ReductionBody } from "./reduction-body.js";

/** Lengths of rows that are read this way: longer ones took longer so. */
const [leastRow, longestRow] = [32, 512];
/** Rows up to this length are taken in four at a time: a single one is too short to be worth a loop. */
const shortRow = 128;
/** Smaller arrays stay in the second-level cache, where going down columns is faster than single rows. */
const [manyInShortRows, manyElements] = [1 << 18, 1 << 20];

/** Whether columns come from memory, and are reduced faster row by row. */
export function isReadByRows({ shape, step }: ReductionBody): boolean {
  const { inner, reduced } = shape;
  const fits = inner.size >= leastRow && inner.size <= longestRow && inner.outputStride === 1;
  const many = inner.size <= shortRow ? manyInShortRows : manyElements;
  return fits && (reduced.at(-1)?.size ?? 0) >= 16 && sizeOf(step.shape) >= many;
}

/** A row of the innermost reduced axis: its index, and the pointers that walk along it. */
interface SourceRow {
  readonly at: Local;
  readonly pointers: readonly Local[];
}

/**
 * Takes in one row after the other, so that memory is read in the order in which it lies; running results
 * stay in the first-level cache, where the last ones go. The order within a column is that of going down the
 * column.
 */
export function printRowPasses(body: ReductionBody): void {
  const { f, shape } = body;
  const axis = shape.reduced.at(-1)!;
  const rows = Array.from(
    { length: shape.inner.size <= shortRow ? 4 : 1 },
    (): SourceRow => ({
      at: f.local("i32"),
      pointers: body.operands.map(() => f.local("i32")),
    }),
  );
  const pass = new RowPass(body);
  pass.print([]);
  body.reducedLoops(shape.reduced.slice(0, -1), () => {
    const [start, end] = body.range(axis);
    const first = f.local("i32");
    f.int(start).set(first);
    for (const taken of rows.length > 1 ? [rows, rows.slice(0, 1)] : [rows]) {
      f.block((done) =>
        f.loop((head) => {
          f.int(end).get(first).emit("i32.sub").i32(taken.length).emit("i32.lt_s").brIf(done);
          taken.forEach(({ at }, k) => f.get(first).i32(k).emit("i32.add").set(at));
          pass.print(taken);
          f.increment(first, taken.length).br(head);
        }),
      );
    }
  });
}

/** Code that goes over all columns once. */
class RowPass {
  readonly #results: readonly Local[];
  readonly #accumulators: Accumulators;

  constructor(private readonly body: ReductionBody) {
    this.#results = body.targets.map(() => body.f.local("i32"));
    this.#accumulators = body.create(1)[0]!;
  }

  /** Takes rows in; with none, sets the results to their start. */
  print(rows: readonly SourceRow[]): void {
    const { body } = this;
    const { f, shape, index } = body;
    const { size, operandStrides } = shape.inner;
    body.targets.forEach((target, k) => body.setTarget(this.#results[k]!, target, undefined));
    f.i32(0).set(index);
    const fixed = rows.map((row) => {
      this.#select(row);
      body.setPointers(undefined);
      return body.constants();
    });
    const advance = (pointers: readonly Local[], strides: readonly number[], elements: number): void =>
      pointers.forEach((pointer, k) => {
        if (strides[k] !== 0) f.increment(pointer, strides[k]! * elements * 4);
      });
    const full = size - (size % 16);
    f.loop((head) => {
      for (let skip = 0; skip < 16; skip += 4) this.#vector(rows, fixed, 4, skip);
      f.increment(index, 16);
      advance(
        this.#results,
        this.#results.map(() => 1),
        16,
      );
      for (const { pointers } of rows) advance(pointers, operandStrides, 16);
      f.get(index).i32(full).emit("i32.lt_s").brIf(head);
    });
    for (let skip = 0; full + skip < size; skip += 4)
      this.#vector(rows, fixed, Math.min(4, size - full - skip), skip);
  }

  #select({ at, pointers }: SourceRow): void {
    this.body.position.set(this.body.shape.reduced.at(-1)!, at);
    this.body.pointers = pointers;
  }

  #vector(rows: readonly SourceRow[], fixed: readonly Values[], count: number, skip: number): void {
    if (rows.length === 0) this.body.start([this.#accumulators]);
    else this.#resume(count, skip);
    rows.forEach((row, k) => {
      this.#select(row);
      this.body.take(this.#accumulators, fixed[k]!, count, skip);
    });
    this.#keep(count, skip);
  }

  /** Takes results up again. A NaN among them needs no mark: it beats what comes. */
  #resume(count: number, skip: number): void {
    const { f } = this.body;
    const load = (at: number, to: Local): void => {
      loadLanes(f, { pointer: this.#results.at(at)!, stride: 1, count, skip });
      f.set(to);
    };
    this.#accumulators.forEach(({ value, index, bad }, result) => {
      load(result, index ?? value);
      if (index) load(-1, value);
      if (bad) f.i32x4(0).set(bad);
    });
  }

  /** Leaves results where they go, values beside indices at the last target. */
  #keep(count: number, skip: number): void {
    const { f, accumulation } = this.body;
    const store = (at: number, vector: Local): void =>
      storeLanes(f, { pointer: this.#results.at(at)!, stride: 1, count, skip }, vector);
    this.#accumulators.forEach((each, result) => {
      store(result, accumulation.result(each));
      if (each.index) store(-1, each.value);
    });
  }
}
