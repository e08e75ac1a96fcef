import {
  type RecurrentActivation,
  type RecurrentLayout,
  type RecurrentOperand,
  type RecurrentRoutine,
  recurrentLayout,
} from "@hekla/tensor";
import type { Index, KernelWriter, Value } from "../../text/kernel-writer.js";
import type { LaunchList, Source } from "./launch-list.js";

const float = (kernel: KernelWriter, value: number): Value => kernel.constant(value, "float32");
const apply = (
  kernel: KernelWriter,
  op: Parameters<KernelWriter["apply"]>[0],
  ...args: readonly Value[]
): Value => kernel.keep(kernel.apply(op, args, "float32"));

/** What a kernel of a recurrence is written with: its operands by name, and the arithmetic of floats. */
export class RecurrenceWriter {
  constructor(
    readonly kernel: KernelWriter,
    private readonly numberOf: (name: string) => number | undefined,
  ) {}

  /** Whether there is such an operand. */
  has(name: string): boolean {
    return this.numberOf(name) !== undefined;
  }

  load(name: string, place: Index): Value {
    return this.kernel.keep(this.kernel.load(this.numberOf(name)!, place));
  }

  number(value: number): Value {
    return float(this.kernel, value);
  }

  add(...terms: readonly Value[]): Value {
    return terms.reduce((a, b) => apply(this.kernel, "add", a, b));
  }

  minus(a: Value, b: Value): Value {
    return apply(this.kernel, "subtract", a, b);
  }

  times(...factors: readonly Value[]): Value {
    return factors.reduce((a, b) => apply(this.kernel, "multiply", a, b));
  }

  activation(name: RecurrentActivation, x: Value): Value {
    const { kernel } = this;
    if (name === "linear") return x;
    if (name !== "hardSigmoid") return apply(kernel, name, x);
    const line = this.add(apply(kernel, "divide", x, this.number(6)), this.number(0.5));
    return apply(kernel, "minimum", apply(kernel, "maximum", line, this.number(0)), this.number(1));
  }

  /** The slope of an activation where its value is `y`. */
  slope(name: RecurrentActivation, y: Value): Value {
    const { kernel } = this;
    const inside = (condition: string, value: number): Value =>
      kernel.keep(kernel.where(kernel.fromCondition(condition), this.number(value), this.number(0)));
    if (name === "linear") return this.number(1);
    if (name === "tanh") return this.minus(this.number(1), this.times(y, y));
    if (name === "sigmoid") return this.times(y, this.minus(this.number(1), y));
    const positive = kernel.less(this.number(0), y);
    if (name === "relu") return inside(positive, 1);
    return inside(kernel.all(positive, kernel.less(y, this.number(1))), 1 / 6);
  }

  /** The sum of what `term` gives for `0 <= i < count`. */
  sum(count: number, term: (i: Index) => Value): Value {
    const { kernel } = this;
    const total = kernel.cell(this.number(0));
    kernel.repeat(0, count, (i) => kernel.accumulate(total, term(i)));
    return kernel.read(total);
  }

  /** `value`, or that of `other` where the condition holds; only one of them is computed. */
  unless(condition: string, value: () => Value, other: () => Value): Value {
    const { kernel } = this;
    const held = kernel.keep(kernel.fromCondition(condition));
    const result = kernel.cell(this.number(0));
    kernel.when(kernel.toCondition(held), () => kernel.set(result, other()));
    kernel.when(kernel.not(kernel.toCondition(held)), () => kernel.set(result, value()));
    return kernel.read(result);
  }

  /** Runs `body` with the place behind `from` where `from <= index < to`. */
  within(index: Index, from: number, to: number, body: (place: Index) => void): void {
    if (from === to) return;
    const { kernel } = this;
    const behind = kernel.not(kernel.below(index, kernel.whole(from)));
    kernel.when(kernel.all(behind, kernel.below(index, kernel.whole(to))), () =>
      body(kernel.hold(kernel.minus(index, kernel.whole(from)))),
    );
  }

  /** The value that comes `index`-th. */
  choose(index: Index, values: readonly Value[]): Value {
    const { kernel } = this;
    if (values.length === 1) return values[0]!;
    const result = kernel.cell(values[0]!);
    for (const [at, value] of values.entries()) {
      if (at > 0) kernel.when(kernel.same(index, kernel.whole(at)), () => kernel.set(result, value));
    }
    return kernel.read(result);
  }
}

/** An element of what is computed in a step: `[batch, parts, units]`. */
export interface Place {
  readonly sample: Index;
  readonly part: Index;
  readonly unit: Index;
  /** The step of the sequence. */
  readonly step: Index;
  /** The sample's step among all of all samples. */
  readonly row: Index;
}

/** What both directions of a recurrence share: kernels that each do one step of it for all samples. */
export class RecurrenceFrame {
  readonly layout: RecurrentLayout;
  readonly units: number;
  readonly batch: number;
  readonly steps: number;
  /** Columns of the recurrent kernel. */
  readonly width: number;
  readonly #operands: ReadonlyMap<string, Source>;

  constructor(
    readonly list: LaunchList,
    readonly routine: RecurrentRoutine,
    operands: readonly Source[],
  ) {
    this.layout = recurrentLayout(routine);
    this.units = routine.units;
    this.batch = routine.batch;
    this.steps = routine.steps;
    this.width = this.layout.gates * routine.units;
    this.#operands = new Map(this.layout.operands.map((name, at) => [name, operands[at]!]));
  }

  has(name: RecurrentOperand): boolean {
    return this.#operands.has(name);
  }

  /** Appends a kernel for an element each of `size`; it reads the routine's operands and `more`. */
  add(
    size: number,
    more: Readonly<Record<string, number>>,
    write: (on: RecurrenceWriter, index: Index, step: Index) => Value,
    step?: number,
  ): number {
    const own = Object.entries(more).map(
      ([name, register]) => [name, { register, dtype: "float32", offset: 0 }] as const,
    );
    const sources = new Map<string, Source>([...this.#operands, ...own]);
    const names = [...sources.keys()];
    const numberOf = (name: string): number | undefined =>
      sources.has(name) ? names.indexOf(name) : undefined;
    return this.list.add({
      size,
      dtype: "float32",
      sources: [...sources.values()],
      write: (kernel, index, number) => write(new RecurrenceWriter(kernel, numberOf), index, number),
      ...(step === undefined ? {} : { number: step }),
    });
  }

  /** Appends a kernel of one step, for elements `[batch, parts, units]`. */
  addStep(
    step: number,
    parts: number,
    more: Readonly<Record<string, number>>,
    write: (on: RecurrenceWriter, place: Place) => Value,
  ): number {
    const { batch, units, steps } = this;
    return this.add(
      batch * parts * units,
      more,
      (on, index, number) => {
        const { kernel } = on;
        const [sample, part, unit] = kernel.unravel(index, [batch, parts, units]) as [Index, Index, Index];
        const row = kernel.hold(kernel.plus(kernel.times(sample, steps), number));
        return write(on, { sample, part, unit, step: number, row });
      },
      step,
    );
  }

  /** `value`, or `kept` where a mask leaves the step out. */
  live(on: RecurrenceWriter, place: Place, value: () => Value, kept: () => Value): Value {
    if (!this.has("mask")) return value();
    const { kernel } = on;
    return on.unless(kernel.not(kernel.toCondition(on.load("mask", place.row))), value, kept);
  }

  /** What multiplies an element of the state in the product of a gate, if anything does. */
  factor(on: RecurrenceWriter, sample: Index, gate: Index, unit: Index): readonly Value[] {
    const { recurrentMasks } = this.routine;
    if (recurrentMasks === 0) return [];
    const { kernel } = on;
    const which = recurrentMasks === 1 ? sample : kernel.plus(kernel.times(sample, recurrentMasks), gate);
    return [on.load("recurrentMask", kernel.plus(kernel.times(which, this.units), unit))];
  }

  /** Where an element of `[batch, parts, units]` lies. */
  at({ kernel }: RecurrenceWriter, sample: Index, parts: number, part: Index | number, unit: Index): Index {
    const { units } = this;
    const partAt = typeof part === "number" ? kernel.whole(part * units) : kernel.times(part, units);
    return kernel.plus(kernel.times(sample, parts * units), partAt, unit);
  }
}
