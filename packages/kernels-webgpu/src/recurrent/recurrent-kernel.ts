import type { Condition, Index, Value } from "../text/kernel-writer.js";
import type { Bound, WgslWriter } from "../wgsl/wgsl-writer.js";
import type { SharedArray } from "./group.js";
import type { RecurrentFrame, RecurrentMemory } from "./recurrent-frame.js";

/** A single float32 sum of more terms than this would lose digits. */
const longestChunk = 512;

/** What the kernels of both directions have in common: a thread for each unit of each sample. */
export class RecurrentKernel {
  /** What has been loaded or stored. */
  readonly used = new Set<RecurrentMemory>();

  constructor(
    readonly text: WgslWriter,
    readonly frame: RecurrentFrame,
    private readonly names: readonly RecurrentMemory[],
    private readonly bound: ReadonlyMap<RecurrentMemory, Bound>,
  ) {}

  load(name: RecurrentMemory, place: Index): Value {
    this.used.add(name);
    return this.text.load(this.names.indexOf(name), place);
  }

  store(name: RecurrentMemory, place: Index, value: Value): void {
    this.used.add(name);
    this.text.store(this.bound.get(name)!, place, value);
  }

  /** An element of an array that the workgroup shares. */
  shared(name: SharedArray, place: Index): Value {
    return { text: `${name}[${place}]`, dtype: "float32" };
  }

  setShared(name: SharedArray, place: Index, value: Value): void {
    this.text.line(`${name}[${place}] = ${value.text};`);
  }

  /** Waits for the other threads of the workgroup. */
  barrier(): void {
    this.text.line("workgroupBarrier();");
  }

  /** The number of the dispatch's turn. */
  turn(): Index {
    return this.text.hold("turn.x");
  }

  /** `row * size + column`. */
  place(row: Index, size: number, column: Index): Index {
    const { text } = this;
    return text.hold(text.plus(text.times(row, size), column));
  }

  zero(): Value {
    return this.text.zero("float32");
  }

  multiply(...factors: readonly Value[]): Value {
    return factors.reduce((a, b) => this.text.multiply(a, b));
  }

  add(...terms: readonly Value[]): Value {
    return terms.reduce((a, b) => this.text.add(a, b));
  }

  subtract(a: Value, b: Value): Value {
    return this.text.apply("subtract", [a, b], "float32");
  }

  /** Writes both ways of a step: one that counts, and, where there is a mask, one that is left out. */
  byMask(row: Index, live: () => void, masked: () => void): void {
    const { text } = this;
    if (!this.frame.routine.mask) {
      live();
      return;
    }
    const mask = text.keep(text.cast(this.load("mask", row), "bool"));
    const isLive: Condition = text.toCondition(mask);
    text.when(isLive, live);
    text.when(text.not(isLive), masked);
  }

  /** What multiplies a unit of a sample's state in the product of a gate, unless there are no masks. */
  factor(sample: Index, gate: number, unit: Index): Value | undefined {
    const { recurrentMasks, units } = this.frame.routine;
    if (recurrentMasks === 0) return undefined;
    const which = recurrentMasks === 1 ? 0 : gate;
    const start = this.text.times(sample, recurrentMasks * units);
    return this.load("recurrentMask", this.text.plus(start, this.text.whole(which * units), unit));
  }

  /** Adds up the terms for each `k < count` of several sums at once, each from a number on. */
  sums(count: number, starts: readonly Value[], terms: (k: Index) => readonly Value[]): Value[] {
    const { text } = this;
    const totals = starts.map((start) => text.cell(start));
    const addTo = (cells: typeof totals, from: Index | number, to: Index | number): void =>
      text.repeat(from, to, (k) => {
        for (const [at, term] of terms(k).entries()) text.accumulate(cells[at]!, term);
      });
    if (count <= longestChunk) addTo(totals, 0, count);
    else {
      const chunk = 2 ** Math.round(Math.log2(count) / 2);
      text.repeat(0, Math.ceil(count / chunk), (turn) => {
        const start = text.hold(text.times(turn, chunk));
        const end = text.hold(text.smaller(text.plus(start, text.whole(chunk)), text.whole(count)));
        const parts = totals.map(() => text.cell(this.zero()));
        addTo(parts, start, end);
        for (const [at, total] of totals.entries()) text.accumulate(total, text.read(parts[at]!));
      });
    }
    return totals.map((total) => text.read(total));
  }
}
