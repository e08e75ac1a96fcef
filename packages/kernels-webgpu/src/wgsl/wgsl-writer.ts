import { type BinaryOp, type Dtype, DtypeError, type UnaryOp } from "@hekla/tensor";
import { roundToHalf } from "@hekla/tensor/half";
import { type Cell, type Condition, type Index, KernelWriter, type Value } from "../text/kernel-writer.js";
import { floatLiteral, indexLiteral, intLiteral } from "./literal.js";

/** What the arrays of a kernel are made of. */
export type StoredType = "f16" | "f32" | "i32" | "u32";

/** A buffer as a kernel sees it. */
export interface Bound {
  /** The name of the array. */
  readonly name: string;
  /** Of the array's elements; what else lies in the same memory has its bits cast. */
  readonly stored: StoredType;
  readonly dtype: Dtype;
  /** Elements before the first. */
  readonly offset: number;
}

const typeOf = (dtype: Dtype): "f32" | "i32" | "bool" => {
  if (dtype === "float64") throw new DtypeError("webgpu: got float64, expected float32, int32 or bool");
  if (dtype === "bool") return "bool";
  // Halves are floats in registers, rounded after each op.
  return dtype === "int32" ? "i32" : "f32";
};

/** A float rounded to the nearest half. */
const halved = (text: string): string => `f32(f16(${text}))`;

const comparisons: { readonly [op in BinaryOp]?: string } = {
  equal: "==",
  notEqual: "!=",
  less: "<",
  lessEqual: "<=",
  greater: ">",
  greaterEqual: ">=",
};
const operators: { readonly [op in BinaryOp]?: string } = { add: "+", subtract: "-", multiply: "*" };
const bitOperators: { readonly [op in BinaryOp]?: string } = {
  bitwiseAnd: "&",
  bitwiseOr: "|",
  bitwiseXor: "^",
};

/** Functions of one float that WGSL has, to the bit. */
const builtIns: { readonly [op in UnaryOp]?: string } = {
  abs: "abs",
  floor: "floor",
  ceil: "ceil",
  round: "round",
  sqrt: "sqrt",
};

/** Functions of floats that `math.ts` has. */
const own: { readonly [op in UnaryOp | BinaryOp]?: string } = {
  exp: "exp_",
  expm1: "expm1_",
  log: "log_",
  log1p: "log1p_",
  sin: "sin_",
  cos: "cos_",
  tanh: "tanh_",
  sigmoid: "sigmoid_",
  softplus: "softplus_",
  erf: "erf_",
  power: "power_",
  mod: "modulo_",
  maximum: "maximum",
  minimum: "minimum",
  isNaN: "isNaN",
};

/** Writes kernels in WGSL. Indices are u32, which wrap below 0; a bool is one in registers, 0 or 1 in memory. */
export class WgslWriter extends KernelWriter {
  /** Functions of `math.ts` that the text calls. */
  readonly functions = new Set<string>();

  constructor(private readonly operands: readonly (Bound | undefined)[]) {
    super();
  }

  whole(value: number): Index {
    return indexLiteral(value);
  }

  quotient(a: Index, b: number): Index {
    return b === 1 ? a : `(${a} / ${indexLiteral(b)})`;
  }

  remainder(a: Index, b: number): Index {
    return b === 1 ? indexLiteral(0) : `(${a} % ${indexLiteral(b)})`;
  }

  inside(index: Index, size: number): Condition {
    return `${index} < ${indexLiteral(size)}`;
  }

  load(operand: number, place: Index): Value {
    const bound = this.operands[operand]!;
    return {
      text: fromStored(bound, `${bound.name}[${this.plus(place, this.whole(bound.offset))}]`),
      dtype: bound.dtype,
    };
  }

  store(bound: Bound, place: Index, value: Value): void {
    this.line(
      `${bound.name}[${this.plus(place, this.whole(bound.offset))}] = ${toStored(bound, value.text)};`,
    );
  }

  constant(value: number, dtype: Dtype): Value {
    const type = typeOf(dtype);
    if (type === "bool") return { text: value ? "true" : "false", dtype, constant: value };
    if (type === "i32") return { text: intLiteral(value), dtype, constant: value };
    const rounded = dtype === "float16" ? roundToHalf(value) : Math.fround(value);
    if (Number.isFinite(rounded)) return { text: floatLiteral(rounded), dtype, constant: rounded };
    const name = Number.isNaN(rounded) ? "nan" : rounded > 0 ? "infinity" : "minusInfinity";
    return { text: this.#call(name), dtype };
  }

  apply(op: UnaryOp | BinaryOp, args: readonly Value[], dtype: Dtype): Value {
    const texts = args.map(({ text }) => text);
    // An expression of nothing but numbers is computed by the compiler, which then refuses what overflows.
    if (args.every(({ constant }) => constant !== undefined)) texts[0] = this.#atRunTime(args[0]!);
    const from = args[0]!.dtype;
    const text =
      from === "float32" || from === "float16"
        ? this.#float(op, texts, args[1]?.constant)
        : from === "bool"
          ? this.#bool(op, texts, dtype)
          : this.#integer(op, texts);
    return { text: dtype === "float16" ? halved(text) : text, dtype };
  }

  cast(value: Value, dtype: Dtype): Value {
    const from = typeOf(value.dtype);
    const to = typeOf(dtype);
    const { text } = value;
    if (dtype === "float16" && value.dtype !== "float16") {
      return { text: halved(from === "f32" ? text : `f32(${text})`), dtype };
    }
    if (from === to) return { ...value, dtype };
    // The comparison of NaN with anything by != is not defined to be true.
    if (to === "bool") return { text: `(!(${text} == ${from}(0)))`, dtype };
    return { text: from === "f32" ? this.#call("truncated", text) : `${to}(${text})`, dtype };
  }

  where(condition: Value, a: Value, b: Value): Value {
    return { text: `select(${b.text}, ${a.text}, ${condition.text})`, dtype: a.dtype };
  }

  toIndex({ text }: Value): Index {
    return `u32(${text})`;
  }

  fromIndex(index: Index): Value {
    return { text: `i32(${index})`, dtype: "int32" };
  }

  toCondition({ text }: Value): Condition {
    return text;
  }

  fromCondition(condition: Condition): Value {
    return { text: `(${condition})`, dtype: "bool" };
  }

  protected declareIndex(name: string, index: Index): string {
    return `let ${name} = ${index};`;
  }

  protected declareValue(name: string, value: Value, changes: boolean): string {
    return `${changes ? "var" : "let"} ${name}: ${typeOf(value.dtype)} = ${value.text};`;
  }

  protected repeatHead(name: string, from: Index, to: Index): string {
    return `for (var ${name} = ${from}; ${name} < ${to}; ${name}++)`;
  }

  /** A number in a variable, so that the compiler does not compute with it. */
  #atRunTime(value: Value): string {
    const name = this.fresh("r");
    this.line(`var ${name}: ${typeOf(value.dtype)} = ${value.text};`);
    return name;
  }

  #call(name: string, ...args: readonly string[]): string {
    this.functions.add(name);
    return `${name}(${args.join(", ")})`;
  }

  #float(op: UnaryOp | BinaryOp, args: readonly string[], constant: number | undefined): string {
    const [a, b] = args as [string, string];
    const operator = operators[op as BinaryOp] ?? comparisons[op as BinaryOp];
    if (operator && op !== "notEqual") return `(${a} ${operator} ${b})`;
    const builtIn = builtIns[op as UnaryOp];
    if (builtIn) return `${builtIn}(${a})`;
    switch (op) {
      case "notEqual":
        return `(!(${a} == ${b}))`;
      case "negative":
        return `(-${a})`;
      case "divide":
        return `(${a} / ${b})`;
      case "reciprocal":
        return `(1f / ${a})`;
      case "rsqrt":
        return `(1f / sqrt(${a}))`;
      case "sign":
        return `select(${a}, select(-1f, 1f, ${a} > 0f), abs(${a}) > 0f)`;
      case "relu":
        return `select(${a}, 0f, ${a} <= 0f)`;
      case "logicalNot":
        return `(${a} == 0f)`;
      case "logicalAnd":
        return `(!((${a} == 0f) | (${b} == 0f)))`;
      case "logicalOr":
        return `(!((${a} == 0f) & (${b} == 0f)))`;
      case "power":
        if (constant === 1) return a;
        if (constant === 2) return `(${a} * ${a})`;
        if (constant === 3) return `(${a} * ${a} * ${a})`;
        if (constant === -1) return `(1f / ${a})`;
    }
    const name = own[op];
    if (!name) throw new DtypeError(`${op}: got float32, expected int32`);
    return this.#call(name, ...args);
  }

  #integer(op: UnaryOp | BinaryOp, args: readonly string[]): string {
    const [a, b] = args as [string, string];
    const operator = operators[op as BinaryOp] ?? comparisons[op as BinaryOp] ?? bitOperators[op as BinaryOp];
    if (operator) return `(${a} ${operator} ${b})`;
    switch (op) {
      case "negative":
        return `(0i - ${a})`;
      case "abs":
      case "sign":
        return `${op}(${a})`;
      case "maximum":
        return `max(${a}, ${b})`;
      case "minimum":
        return `min(${a}, ${b})`;
      case "relu":
        return `max(${a}, 0i)`;
      case "floor":
      case "ceil":
      case "round":
        return a;
      case "isNaN":
        return "false";
      case "divide":
        return this.#call("integerDivide", a, b);
      case "mod":
        return this.#call("integerModulo", a, b);
      case "power":
        return this.#call("integerPower", a, b);
      case "shiftLeft":
        return `(${a} << (bitcast<u32>(${b}) & 31u))`;
      case "shiftRight":
        return `bitcast<i32>(bitcast<u32>(${a}) >> (bitcast<u32>(${b}) & 31u))`;
      case "logicalNot":
        return `(${a} == 0i)`;
      case "logicalAnd":
        return `((${a} != 0i) & (${b} != 0i))`;
      case "logicalOr":
        return `((${a} != 0i) | (${b} != 0i))`;
      default:
        throw new DtypeError(`${op}: got int32, expected float32`);
    }
  }

  #bool(op: UnaryOp | BinaryOp, args: readonly string[], dtype: Dtype): string {
    const [a, b] = args as [string, string];
    switch (op) {
      case "logicalNot":
        return `(!${a})`;
      case "logicalAnd":
      case "bitwiseAnd":
      case "minimum":
      case "multiply":
        return `(${a} & ${b})`;
      case "logicalOr":
      case "bitwiseOr":
      case "maximum":
        return `(${a} | ${b})`;
      case "equal":
        return `(${a} == ${b})`;
      case "notEqual":
        return `(${a} != ${b})`;
    }
    const whole = this.#integer(
      op,
      args.map((arg) => `i32(${arg})`),
    );
    return dtype === "bool" && !comparisons[op as BinaryOp] && op !== "isNaN" ? `(${whole} != 0i)` : whole;
  }
}

/** An element as the kernel computes with it. */
function fromStored({ stored, dtype }: Bound, text: string): string {
  const type = typeOf(dtype);
  if (stored === "f16") return `f32(${text})`;
  if (type === "bool") return `(${text} != ${stored}(0))`;
  return stored === type ? text : `bitcast<${type}>(${text})`;
}

/** An element as it lies in memory. */
function toStored({ stored, dtype }: Bound, text: string): string {
  const type = typeOf(dtype);
  if (stored === "f16") return `f16(${text})`;
  if (type === "bool") return `${stored}(${text})`;
  return stored === type ? text : `bitcast<${stored}>(${text})`;
}

/** The type of a cell's text, for declarations outside of functions. */
export const wgslType = ({ dtype }: Cell | Value): string => typeOf(dtype);
