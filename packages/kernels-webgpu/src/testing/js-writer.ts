import { type BinaryOp, type Dtype, DtypeError, type UnaryOp } from "@hekla/tensor";
import { type Condition, type Index, KernelWriter, type Value } from "../text/kernel-writer.js";

const operators: { readonly [op in UnaryOp | BinaryOp]?: string } = {
  add: "+",
  subtract: "-",
  multiply: "*",
  less: "<",
  equal: "===",
  notEqual: "!==",
};

/** A number as JavaScript reads it back. */
const numberText = (value: number): string => (Object.is(value, -0) ? "-0" : `(${value})`);

/**
 * Writes kernels in JavaScript that is strict about what the languages of GPUs leave open: places outside
 * of an operand and quotients of numbers below 0 throw. Indices are u32 that wrap, or signed.
 */
export class JsWriter extends KernelWriter {
  constructor(
    private readonly dtypes: readonly Dtype[],
    private readonly signed: boolean,
  ) {
    super();
  }

  whole(value: number): Index {
    return value < 0 ? `(${value})` : `${value}`;
  }

  #index(text: Index): Index {
    if (/^\w+$/.test(text)) return text;
    return this.signed ? `(${text} | 0)` : `(${text} >>> 0)`;
  }

  quotient(a: Index, b: number): Index {
    return `strict.quotient(${this.#index(a)}, ${b})`;
  }

  remainder(a: Index, b: number): Index {
    return `strict.remainder(${this.#index(a)}, ${b})`;
  }

  inside(index: Index, size: number): Condition {
    return `(${index} >>> 0) < ${size}`;
  }

  override below(a: Index, b: Index): Condition {
    return `${this.#index(a)} < ${this.#index(b)}`;
  }

  override same(a: Index, b: Index): Condition {
    return `${this.#index(a)} === ${this.#index(b)}`;
  }

  load(operand: number, place: Index): Value {
    const dtype = this.dtypes[operand]!;
    const text = `strict.load(operands, ${operand}, ${this.#index(place)})`;
    return { text: dtype === "bool" ? `(${text} !== 0)` : text, dtype };
  }

  constant(value: number, dtype: Dtype): Value {
    const text = dtype === "bool" ? String(value !== 0) : numberText(dtype === "int32" ? value | 0 : value);
    return { text, dtype, constant: value };
  }

  apply(op: UnaryOp | BinaryOp, args: readonly Value[], dtype: Dtype): Value {
    const [a, b] = args.map(({ text }) => text) as [string, string];
    const from = args[0]!.dtype;
    const round = (text: string): string => (from === "float32" ? `Math.fround(${text})` : `(${text} | 0)`);
    if (op === "isNaN") return { text: `Number.isNaN(${a})`, dtype };
    if (op === "maximum" || op === "minimum") {
      return { text: `Math.${op === "maximum" ? "max" : "min"}(${a}, ${b})`, dtype };
    }
    if (op === "reciprocal") return { text: round(`1 / ${a}`), dtype };
    if (op === "multiply" && from === "int32") return { text: `Math.imul(${a}, ${b})`, dtype };
    const operator = operators[op];
    if (!operator || from === "bool") throw new DtypeError(`${op}: got ${from}, expected another op`);
    return { text: dtype === "bool" ? `(${a} ${operator} ${b})` : round(`${a} ${operator} ${b}`), dtype };
  }

  cast(value: Value, dtype: Dtype): Value {
    const { text, dtype: from } = value;
    if (from === dtype) return value;
    if (dtype === "bool") return { text: `(${text} !== 0)`, dtype };
    return { text: dtype === "float32" ? `Math.fround(${text})` : `(${text} | 0)`, dtype };
  }

  where(condition: Value, a: Value, b: Value): Value {
    return { text: `strict.where(${condition.text}, ${a.text}, ${b.text})`, dtype: a.dtype };
  }

  toIndex({ text }: Value): Index {
    return this.#index(`(${text})`);
  }

  fromIndex(index: Index): Value {
    return { text: `(${index} | 0)`, dtype: "int32" };
  }

  toCondition({ text }: Value): Condition {
    return text;
  }

  fromCondition(condition: Condition): Value {
    return { text: `(${condition})`, dtype: "bool" };
  }

  protected declareIndex(name: string, index: Index): string {
    return `const ${name} = ${this.#index(index)};`;
  }

  protected declareValue(name: string, value: Value, changes: boolean): string {
    return `${changes ? "let" : "const"} ${name} = ${value.text};`;
  }

  protected repeatHead(name: string, from: Index, to: Index): string {
    return `for (let ${name} = ${this.#index(from)}; ${name} < ${this.#index(to)}; ${name}++)`;
  }
}
