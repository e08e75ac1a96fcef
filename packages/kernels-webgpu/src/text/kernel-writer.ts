import type { BinaryOp, Dtype, UnaryOp } from "@hekla/tensor";

/** An expression that counts elements, places or turns: whole. It may pass below 0 on the way to a test with `inside`. */
export type Index = string;

/** An expression that is true or false. */
export type Condition = string;

/** An expression for one element. */
export interface Value {
  readonly text: string;
  readonly dtype: Dtype;
  /** The number, where it is known when the kernel is written. */
  readonly constant?: number;
}

/** A place for one element that can be overwritten. */
export interface Cell {
  readonly name: string;
  readonly dtype: Dtype;
}

/**
 * Writes the text of a kernel, statement by statement, in one of the languages that GPUs are programmed in. What is
 * written with it runs in WGSL and in gpu.js alike: scalar code for one element of the result.
 */
export abstract class KernelWriter {
  readonly lines: string[] = [];
  #names = 0;
  #depth = 1;

  /** A number of elements as an expression. */
  abstract whole(value: number): Index;
  /** `a / b` cut to a whole number; `a` is not below 0, `b` is above. */
  abstract quotient(a: Index, b: number): Index;
  abstract remainder(a: Index, b: number): Index;
  /** Whether `0 <= index < size`, for an index that may have passed below 0. */
  abstract inside(index: Index, size: number): Condition;
  /** The element of an operand at a place that lies inside it. */
  abstract load(operand: number, place: Index): Value;
  abstract constant(value: number, dtype: Dtype): Value;
  /** A scalar function; all arguments have one dtype. */
  abstract apply(op: UnaryOp | BinaryOp, args: readonly Value[], dtype: Dtype): Value;
  abstract cast(value: Value, dtype: Dtype): Value;
  /** `condition ? a : b`, all three bool and two of one dtype. Both are computed. */
  abstract where(condition: Value, a: Value, b: Value): Value;
  abstract toIndex(value: Value): Index;
  /** As int32. */
  abstract fromIndex(index: Index): Value;
  abstract toCondition(value: Value): Condition;
  abstract fromCondition(condition: Condition): Value;

  protected abstract declareIndex(name: string, index: Index): string;
  protected abstract declareValue(name: string, value: Value, changes: boolean): string;
  protected abstract repeatHead(name: string, from: Index, to: Index): string;

  /** A name that the kernel has nowhere else. */
  fresh(prefix: string): string {
    return `${prefix}_${this.#names++}`;
  }

  line(text: string): void {
    this.lines.push(`${"  ".repeat(this.#depth)}${text}`);
  }

  block(head: string, body: () => void): void {
    this.line(`${head} {`);
    this.#depth++;
    body();
    this.#depth--;
    this.line("}");
  }

  /** Computes an index once. */
  hold(index: Index): Index {
    if (/^\w+$/.test(index)) return index;
    const name = this.fresh("n");
    this.line(this.declareIndex(name, index));
    return name;
  }

  /** Computes a value once. */
  keep(value: Value): Value {
    if (value.constant !== undefined || /^\w+$/.test(value.text)) return value;
    const name = this.fresh("v");
    this.line(this.declareValue(name, value, false));
    return { text: name, dtype: value.dtype };
  }

  /** A place that begins as `value`. */
  cell(value: Value): Cell {
    const name = this.fresh("c");
    this.line(this.declareValue(name, value, true));
    return { name, dtype: value.dtype };
  }

  read({ name, dtype }: Cell): Value {
    return { text: name, dtype };
  }

  set({ name }: Cell, { text }: Value): void {
    this.line(`${name} = ${text};`);
  }

  /** Runs `body` for `from <= i < to`. */
  repeat(from: Index | number, to: Index | number, body: (i: Index) => void): void {
    const bound = (index: Index | number): Index => (typeof index === "number" ? this.whole(index) : index);
    const name = this.fresh("n");
    this.block(this.repeatHead(name, bound(from), bound(to)), () => body(name));
  }

  /** Leaves the innermost `repeat`. */
  leave(): void {
    this.line("break;");
  }

  when(condition: Condition, then: () => void): void {
    this.block(`if (${condition})`, then);
  }

  all(...conditions: readonly Condition[]): Condition {
    return conditions.length === 0 ? "true" : conditions.map((condition) => `(${condition})`).join(" && ");
  }

  any(...conditions: readonly Condition[]): Condition {
    return conditions.length === 0 ? "false" : conditions.map((condition) => `(${condition})`).join(" || ");
  }

  not(condition: Condition): Condition {
    return `!(${condition})`;
  }

  /** `a < b`; neither is below 0. */
  below(a: Index, b: Index): Condition {
    return `${a} < ${b}`;
  }

  same(a: Index, b: Index): Condition {
    return `${a} == ${b}`;
  }

  plus(...terms: readonly Index[]): Index {
    const zero = this.whole(0);
    const some = terms.filter((term) => term !== zero);
    return some.length === 0 ? zero : some.length === 1 ? some[0]! : `(${some.join(" + ")})`;
  }

  minus(a: Index, b: Index): Index {
    return b === this.whole(0) ? a : `(${a} - ${b})`;
  }

  times(a: Index, factor: number): Index {
    if (factor === 0 || a === this.whole(0)) return this.whole(0);
    if (factor === 1) return a;
    return factor === -1 ? `(${this.whole(0)} - ${a})` : `(${a} * ${this.whole(factor)})`;
  }

  /** `offset + sum(index * stride)`. */
  affine(offset: number, terms: readonly (readonly [index: Index, stride: number])[]): Index {
    return this.plus(this.whole(offset), ...terms.map(([index, stride]) => this.times(index, stride)));
  }

  /** The index along each axis of the element that comes `index`-th in row-major order. */
  unravel(index: Index, sizes: readonly number[]): Index[] {
    const result: Index[] = [];
    let rest = index;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      const size = sizes[axis]!;
      const first = sizes.slice(0, axis).every((outer) => outer === 1);
      if (size === 1) result.unshift(this.whole(0));
      else if (first) result.unshift(rest);
      else {
        result.unshift(this.hold(this.remainder(rest, size)));
        rest = this.hold(this.quotient(rest, size));
      }
      if (first) {
        while (result.length < sizes.length) result.unshift(this.whole(0));
        break;
      }
    }
    return result;
  }

  add(a: Value, b: Value): Value {
    return this.apply("add", [a, b], a.dtype);
  }

  /** Whether `a < b`. */
  less(a: Value, b: Value): Condition {
    return this.toCondition(this.apply("less", [a, b], "bool"));
  }

  isNaN(value: Value): Condition {
    return this.toCondition(this.apply("isNaN", [value], "bool"));
  }

  /** The smaller of two indices, either of which may be below 0. */
  smaller(a: Index, b: Index): Index {
    return this.#limited("minimum", a, b);
  }

  /** The larger of two indices, either of which may be below 0. */
  larger(a: Index, b: Index): Index {
    return this.#limited("maximum", a, b);
  }

  #limited(op: "minimum" | "maximum", a: Index, b: Index): Index {
    return this.toIndex(this.apply(op, [this.fromIndex(a), this.fromIndex(b)], "int32"));
  }

  multiply(a: Value, b: Value): Value {
    return this.apply("multiply", [a, b], a.dtype);
  }

  /** Adds to a cell. */
  accumulate(cell: Cell, value: Value): void {
    this.set(cell, this.add(this.read(cell), value));
  }

  zero(dtype: Dtype): Value {
    return this.constant(0, dtype);
  }
}
