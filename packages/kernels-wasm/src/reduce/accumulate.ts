import type { Dtype, Reduction } from "@hekla/tensor";
import type { FunctionBuilder, Local, PlainOpcode } from "../assembler/index.js";

/** Number types of values while they are reduced; a bool counts as int32. */
export type Lanes = "f32x4" | "i32x4";
export const lanesOf = (dtype: Dtype): Lanes => (dtype === "float32" ? "f32x4" : "i32x4");

const combines = {
  sum: { f32x4: "f32x4.add", i32x4: "i32x4.add" },
  product: { f32x4: "f32x4.mul", i32x4: "i32x4.mul" },
  max: { f32x4: "f32x4.pmax", i32x4: "i32x4.max_s" },
  min: { f32x4: "f32x4.pmin", i32x4: "i32x4.min_s" },
} as const satisfies { readonly [reduction in Reduction]?: { readonly [lanes in Lanes]: PlainOpcode } };

const identities: { readonly [reduction in Reduction]: { readonly [lanes in Lanes]: number } } = {
  sum: { f32x4: 0, i32x4: 0 },
  product: { f32x4: 1, i32x4: 1 },
  max: { f32x4: -Infinity, i32x4: -(2 ** 31) },
  min: { f32x4: Infinity, i32x4: 2 ** 31 - 1 },
  argMax: { f32x4: -Infinity, i32x4: -(2 ** 31) },
  argMin: { f32x4: Infinity, i32x4: 2 ** 31 - 1 },
};

/** Four running results; for argMax and argMin with the indices they were found at. */
export interface Accumulator {
  readonly value: Local;
  readonly index: Local | undefined;
  /** Max and min of floats: where a NaN has come by. Engines take seven instructions for the ops that keep it. */
  readonly bad: Local | undefined;
}

/** How a reduction starts, takes in four values, and joins accumulators, always in the same order. */
export class Accumulation {
  readonly seeksIndex: boolean;

  constructor(
    private readonly f: FunctionBuilder,
    private readonly reduction: Reduction,
    private readonly lanes: Lanes,
  ) {
    this.seeksIndex = reduction === "argMax" || reduction === "argMin";
  }

  create(): Accumulator {
    const local = (wanted: boolean): Local | undefined => (wanted ? this.f.local("v128") : undefined);
    const extreme = this.reduction === "max" || this.reduction === "min";
    return {
      value: this.f.local("v128"),
      index: local(this.seeksIndex),
      bad: local(extreme && this.lanes === "f32x4"),
    };
  }

  start(accumulator: Accumulator): void {
    this.pushIdentity();
    this.f.set(accumulator.value);
    for (const extra of [accumulator.index, accumulator.bad]) if (extra) this.f.i32x4(0).set(extra);
  }

  pushIdentity(): void {
    const identity = identities[this.reduction][this.lanes];
    if (this.lanes === "f32x4") this.f.f32x4(identity);
    else this.f.i32x4(identity);
  }

  /** Takes in `value` (found at `index`, which comes after all indices before it). */
  add(accumulator: Accumulator, value: Local, index: Local | undefined): void {
    const { f, reduction, lanes } = this;
    if (reduction === "argMax" || reduction === "argMin") {
      f.scratch("v128", (better) => {
        this.#pushBetter(value, accumulator.value);
        f.set(better);
        this.#take(accumulator, value, index!, better);
      });
      return;
    }
    f.get(accumulator.value, value).emit(combines[reduction][lanes]).set(accumulator.value);
    const { bad } = accumulator;
    if (bad) f.get(bad).get(value, value).emit("f32x4.ne", "v128.or").set(bad);
  }

  /** Joins `other` into `accumulator`, whatever the order of their indices. */
  join(accumulator: Accumulator, other: Accumulator): void {
    if (!this.seeksIndex) {
      this.add(accumulator, other.value, undefined);
      if (accumulator.bad) this.f.get(accumulator.bad, other.bad!).emit("v128.or").set(accumulator.bad);
      return;
    }
    const { f } = this;
    f.scratch("v128", (better) => {
      // Better, or neither is better and the index is smaller.
      this.#pushBetter(other.value, accumulator.value);
      f.get(other.index!, accumulator.index!).emit("i32x4.lt_s");
      this.#pushBetter(accumulator.value, other.value);
      f.emit("v128.andnot", "v128.or").set(better);
      this.#take(accumulator, other.value, other.index!, better);
    });
  }

  /** Joins the four lanes into lane 0: lane 0 with 2 and 1 with 3, then those two. */
  joinLanes(accumulator: Accumulator): void {
    const { f } = this;
    const other = this.create();
    for (const lanes of [
      [2, 3, 2, 3],
      [1, 1, 1, 1],
    ] as [number, number, number, number][]) {
      f.get(accumulator.value, accumulator.value)
        .shuffle(...lanes)
        .set(other.value);
      for (const extra of ["index", "bad"] as const) {
        const [from, to] = [accumulator[extra], other[extra]];
        if (from && to)
          f.get(from, from)
            .shuffle(...lanes)
            .set(to);
      }
      this.join(accumulator, other);
    }
  }

  /** What is stored: the value, NaN where there was one, or the index. */
  result(accumulator: Accumulator): Local {
    const { value, index, bad } = accumulator;
    if (bad) this.f.get(value, bad).emit("v128.or").set(value);
    return index ?? value;
  }

  #take(accumulator: Accumulator, value: Local, index: Local, better: Local): void {
    this.f.get(value, accumulator.value, better).emit("v128.bitselect").set(accumulator.value);
    this.f.get(index, accumulator.index!, better).emit("v128.bitselect").set(accumulator.index!);
  }

  /** Pushes the mask where `candidate` beats `best`; a NaN beats every number and no NaN. */
  #pushBetter(candidate: Local, best: Local): void {
    const { f, lanes } = this;
    const max = this.reduction === "argMax";
    if (lanes === "i32x4") {
      f.get(candidate, best).emit(max ? "i32x4.gt_s" : "i32x4.lt_s");
      return;
    }
    f.get(best, best)
      .emit("f32x4.eq")
      .get(candidate, best)
      .emit(max ? "f32x4.le" : "f32x4.ge", "v128.andnot");
  }
}
