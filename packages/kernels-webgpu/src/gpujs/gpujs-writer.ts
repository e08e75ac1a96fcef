import { type BinaryOp, type Dtype, DtypeError, type UnaryOp } from "@hekla/tensor";
import { type Condition, type Index, KernelWriter, type Value } from "../text/kernel-writer.js";
import type { Language } from "./languages/language.js";

/** An operand as a kernel sees it. */
export interface Bound {
  /** Which of the kernel's arguments holds it. */
  readonly argument: number;
  readonly dtype: Dtype;
  /** Elements of the operand before the first that is meant. */
  readonly offset: number;
  /** Floats of the argument before the operand. */
  readonly before: number;
}

const comparisons: { readonly [op in UnaryOp | BinaryOp]?: string } = {
  equal: "===",
  notEqual: "!==",
  less: "<",
  lessEqual: "<=",
  greater: ">",
  greaterEqual: ">=",
};
const operators: { readonly [op in UnaryOp | BinaryOp]?: string } = {
  add: "+",
  subtract: "-",
  multiply: "*",
  divide: "/",
};
/** Functions of whole numbers; for the bits, where there are no operators. */
const ofIntegers: { readonly [op in UnaryOp | BinaryOp]?: string } = {
  abs: "absInt",
  sign: "signInt",
  maximum: "maximumInt",
  minimum: "minimumInt",
  divide: "divideInt",
  mod: "moduloInt",
  power: "powerInt",
  bitwiseAnd: "andInt",
  bitwiseOr: "orInt",
  bitwiseXor: "xorInt",
  shiftLeft: "leftInt",
  shiftRight: "rightInt",
};
const smallestNormal = 2 ** -126;
const isLiteral = (text: string): boolean => /^-?\d+$/.test(text);
const checked = (dtype: Dtype): Dtype => {
  if (dtype === "float64" || dtype === "float16") {
    throw new DtypeError(`gpujs: got ${dtype}, expected float32, int32 or bool`);
  }
  return dtype;
};

/**
 * Writes kernels in the part of JavaScript that gpu.js takes. gpu.js knows two kinds of variables: floats,
 * which bool is one of here, and whole numbers of 32 bits, which it takes a variable for only if it begins as
 * a literal and is counted up.
 */
export class GpuJsWriter extends KernelWriter {
  /** Functions of the library that the text calls. */
  readonly functions = new Set<string>();
  /** Arguments that it reads. */
  readonly arguments = new Set<number>();

  /** @param small whether no index reaches 2^24 */
  constructor(
    private readonly language: Language,
    private readonly operands: readonly (Bound | undefined)[],
    private readonly small: boolean,
  ) {
    super();
  }

  whole(value: number): Index {
    return `${value}`;
  }

  quotient(a: Index, b: number): Index {
    if (b === 1) return a;
    const text = this.language.quotient(a, b, this.small);
    return typeof text === "string" ? text : text((name, ...args) => this.#call(name, ...args));
  }

  remainder(a: Index, b: number): Index {
    if (b === 1) return "0";
    const held = this.hold(a);
    return `(${held} - ${this.times(this.quotient(held, b), b)})`;
  }

  inside(index: Index, size: number): Condition {
    const held = this.hold(index);
    return `(${held} >= 0 && ${held} < ${size})`;
  }

  load(operand: number, at: Index): Value {
    const { argument, dtype, offset, before } = this.operands[operand]!;
    // gpu.js takes what is read inside of an index for a float.
    const place = at.includes("[") ? this.hold(at) : at;
    this.arguments.add(argument);
    const float = (at: Index): string => this.language.element(argumentName(argument), at);
    if (checked(dtype) !== "int32") return { text: float(this.plus(place, `${offset + before}`)), dtype };
    const first = this.hold(this.times(this.plus(place, `${offset}`), 2));
    const half = (at: number): string => float(this.plus(first, `${before + at}`));
    return { text: this.#call("wholeOf", half(0), half(1)), dtype };
  }

  constant(value: number, dtype: Dtype): Value {
    if (checked(dtype) === "bool") return { text: value ? "1" : "0", dtype, constant: value };
    if (dtype === "int32") {
      const whole = value | 0;
      if (whole === -2147483648) return { text: this.#call("lowestInt"), dtype };
      return { text: `${whole}`, dtype, constant: whole };
    }
    const float = Math.fround(value);
    if (Number.isNaN(float)) return { text: this.#call("nanOf"), dtype };
    if (Math.abs(float) === Number.POSITIVE_INFINITY) {
      return { text: `${float < 0 ? "-" : ""}${this.#call("infinityOf")}`, dtype };
    }
    const fragile = Object.is(float, -0) || (float !== 0 && Math.abs(float) < smallestNormal);
    if (fragile && !this.language.exactLiterals) {
      const [pattern] = new Int32Array(Float32Array.of(float).buffer);
      return { text: this.#call("floatOf", this.constant(pattern!, "int32").text), dtype };
    }
    return { text: Object.is(float, -0) ? "-0" : `${float}`, dtype, constant: float };
  }

  apply(op: UnaryOp | BinaryOp, args: readonly Value[], dtype: Dtype): Value {
    const from = args[0]!.dtype;
    // gpu.js takes the kind of an expression from its first operand, so that must not be a number only.
    const known = args.every(({ text, constant }) => constant !== undefined || isLiteral(text));
    const [a, b = ""] = args.map((arg, at) => (known && at === 0 ? this.#variable(arg) : arg.text));
    const comparison = comparisons[op];
    if (comparison) return { text: `((${a} ${comparison} ${b}) ? 1 : 0)`, dtype };
    if (op === "logicalAnd") return { text: `((${a} !== 0 && ${b} !== 0) ? 1 : 0)`, dtype };
    if (op === "logicalOr") return { text: `((${a} !== 0 || ${b} !== 0) ? 1 : 0)`, dtype };
    if (op === "logicalNot") return { text: `((${a} === 0) ? 1 : 0)`, dtype };
    if (checked(from) === "int32") return { text: this.#integer(op, a!, b), dtype };
    if (from === "bool") return { text: this.#bool(op, a!, b), dtype };
    return { text: this.#float(op, a!, b, args), dtype };
  }

  cast(value: Value, dtype: Dtype): Value {
    const { text, dtype: from } = value;
    if (from === checked(dtype)) return value;
    if (dtype === "bool") return { text: `((${text} !== 0) ? 1 : 0)`, dtype };
    if (dtype === "int32") return { text: this.#call("truncated", text), dtype };
    return { text: from === "int32" ? `Math.fround(${text})` : text, dtype };
  }

  where(condition: Value, a: Value, b: Value): Value {
    if (a.dtype === "int32")
      return { text: this.#call("selectInt", condition.text, a.text, b.text), dtype: a.dtype };
    return { text: `((${condition.text} !== 0) ? ${a.text} : ${b.text})`, dtype: a.dtype };
  }

  toIndex({ text }: Value): Index {
    return text;
  }

  fromIndex(index: Index): Value {
    return { text: index, dtype: "int32" };
  }

  toCondition({ text }: Value): Condition {
    return `(${text} !== 0)`;
  }

  fromCondition(condition: Condition): Value {
    return { text: `((${condition}) ? 1 : 0)`, dtype: "bool" };
  }

  override same(a: Index, b: Index): Condition {
    return `${a} === ${b}`;
  }

  override plus(...terms: readonly Index[]): Index {
    const literals = terms.filter(isLiteral);
    const sum = literals.reduce((total, text) => total + Number(text), 0);
    const others = terms.filter((term) => !isLiteral(term));
    return others.length === 0 ? `${sum}` : super.plus(...others, `${sum}`);
  }

  override minus(a: Index, b: Index): Index {
    return isLiteral(b) ? this.plus(a, `${-Number(b)}`) : super.minus(a, b);
  }

  override times(a: Index, factor: number): Index {
    return isLiteral(a) ? `${Number(a) * factor}` : super.times(a, factor);
  }

  /** The element that a thread computes a half of, where elements are whole numbers, and which one. */
  halves(thread: Index): [element: Index, half: Index] {
    const element = this.hold(this.quotient(thread, 2));
    return [element, this.hold(this.minus(thread, this.times(element, 2)))];
  }

  /**
   * Writes what the kernel gives back for its thread; of whole numbers, a half: the upper one where `half` is
   * 0.
   */
  finish(value: Value, half: Index): void {
    if (value.dtype !== "int32") this.line(`return ${value.text};`);
    else {
      const held = this.#variable(value);
      this.when(`${half} === 0`, () => this.line(`return ${this.#call("highOf", held)};`));
      this.line(`return ${this.#call("lowOf", held)};`);
    }
  }

  protected declareIndex(name: string, index: Index): string {
    return `let ${name} = ${this.language.wholeLiteral}; ${name}++; ${name} = ${index};`;
  }

  protected declareValue(name: string, { text, dtype }: Value): string {
    return dtype === "int32" ? this.declareIndex(name, text) : `let ${name} = ${text};`;
  }

  protected repeatHead(name: string, from: Index, to: Index): string {
    if (isLiteral(from) && this.language.wholeLiteral === "0")
      return `for (let ${name} = ${from}; ${name} < ${to}; ${name}++)`;
    this.line(this.declareIndex(name, from));
    return `for (; ${name} < ${to}; ${name}++)`;
  }

  #variable(value: Value): string {
    const name = this.fresh("v");
    this.line(this.declareValue(name, value));
    return name;
  }

  #call(name: string, ...args: string[]): string {
    const inline = this.language.inline[name];
    if (inline) return inline(...args);
    this.functions.add(name);
    return `${name}(${args.join(", ")})`;
  }

  #integer(op: UnaryOp | BinaryOp, a: string, b: string): string {
    const operator = this.language.integers[op as BinaryOp];
    if (operator) return operator(a, b);
    if (op === "negative") return this.language.integers.subtract!("0", a);
    if (op === "relu") return this.#call("maximumInt", a, "0");
    if (op === "floor" || op === "ceil" || op === "round") return a;
    if (op === "isNaN") return "0";
    const name = ofIntegers[op];
    if (!name) throw new DtypeError(`${op}: got int32, expected float32`);
    return b === "" ? this.#call(name, a) : this.#call(name, a, b);
  }

  #bool(op: UnaryOp | BinaryOp, a: string, b: string): string {
    if (op === "bitwiseXor") return `((${a} !== ${b}) ? 1 : 0)`;
    if (["bitwiseAnd", "minimum", "multiply"].includes(op)) return `((${a} !== 0 && ${b} !== 0) ? 1 : 0)`;
    if (["bitwiseOr", "maximum", "add"].includes(op)) return `((${a} !== 0 || ${b} !== 0) ? 1 : 0)`;
    throw new DtypeError(`${op}: got bool, expected float32 or int32`);
  }

  #float(op: UnaryOp | BinaryOp, a: string, b: string, args: readonly Value[]): string {
    const { rounded } = this.language;
    const operator = operators[op];
    if (op === "divide" && args[1]!.constant !== undefined) {
      return rounded(`(${a} / ${this.#call("opaqueOf", b)})`);
    }
    if (operator) return rounded(`(${a} ${operator} ${b})`);
    switch (op) {
      case "negative":
        return `(-${a})`;
      case "abs":
      case "floor":
      case "ceil":
        return `Math.${op}(${a})`;
      case "reciprocal":
        return rounded(`(1 / ${a})`);
      case "rsqrt":
        return rounded(`(1 / ${this.#call("sqrtOf", a)})`);
      case "sign":
        return `((${a} > 0) ? 1 : ((${a} < 0) ? -1 : ${a}))`;
      case "relu":
        return `((${a} <= 0) ? 0 : ${a})`;
      case "power": {
        const exponent = args[1]!.constant;
        if (exponent === 1) return a;
        if (exponent === 2) return rounded(`(${a} * ${a})`);
        if (exponent === 3) return rounded(`(${rounded(`(${a} * ${a})`)} * ${a})`);
        if (exponent === -1) return rounded(`(1 / ${a})`);
        return this.#call("powerOf", a, b);
      }
    }
    if (op.startsWith("bitwise") || op.startsWith("shift")) {
      throw new DtypeError(`${op}: got float32, expected int32`);
    }
    return b === "" ? this.#call(`${op}Of`, a) : this.#call(`${op}Of`, a, b);
  }
}

/** The name of a kernel's argument. */
export const argumentName = (argument: number): string => `a${argument}`;
