import { type Dtype, isFloat, type StorageArray } from "../dtype.js";
import type { Instruction, Program } from "../program.js";
import { type Shape, sizeOf } from "../shape.js";
import { isContiguous, type View } from "../view.js";
import { binary, integerBinary, truncate, unary } from "./scalar.js";
import { type Precision, settle, zeroed } from "./storage.js";

/** An operand's values and the way to walk them. */
export interface Source {
  readonly values: StorageArray;
  readonly view: View;
}

/** Elements per block: intermediate values stay in the cache. */
const blockSize = 4096;

/** Buffer positions of the view's elements `start .. start + count` in row-major order. */
export function positions(view: View, start: number, count: number): Int32Array {
  const { shape, strides } = view;
  const result = new Int32Array(count);
  const index = new Array<number>(shape.length).fill(0);
  let rest = start;
  let position = view.offset;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = rest % shape[axis]!;
    rest = Math.floor(rest / shape[axis]!);
    position += index[axis]! * strides[axis]!;
  }
  for (let i = 0; i < count; i++) {
    result[i] = position;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      position += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      position -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return result;
}

/** The view's elements as a row-major array; the buffer itself where it is one already. */
export function dense({ values, view }: Source): StorageArray {
  const size = sizeOf(view.shape);
  if (isContiguous(view)) return values.subarray(view.offset, view.offset + size);
  const result = new (values.constructor as Float32ArrayConstructor)(size) as StorageArray;
  positions(view, 0, size).forEach((position, i) => {
    result[i] = values[position]!;
  });
  return result;
}

/** Evaluates a program on every element of `shape`, in blocks; `precision` is that of intermediate floats. */
export function evaluate(
  program: Program,
  shape: Shape,
  sources: readonly (Source | undefined)[],
  outputs: readonly StorageArray[],
  precision: Precision,
): void {
  const size = sizeOf(shape);
  const lines = program.instructions.map(({ dtype }) => zeroed(dtype, Math.min(size, blockSize), precision));
  for (let start = 0; start < size; start += blockSize) {
    const count = Math.min(blockSize, size - start);
    program.instructions.forEach((instruction, line) => {
      const argDtype =
        "args" in instruction ? program.instructions[instruction.args.at(-1)!]!.dtype : undefined;
      run(instruction, lines[line]!, lines, shape, sources, start, count, argDtype);
      if (argDtype) settle(instruction.dtype, lines[line]!.subarray(0, count), precision);
    });
    program.results.forEach((line, output) => {
      outputs[output]!.set(count === blockSize ? lines[line]! : lines[line]!.subarray(0, count), start);
    });
  }
}

function run(
  instruction: Instruction,
  target: StorageArray,
  lines: readonly StorageArray[],
  shape: Shape,
  sources: readonly (Source | undefined)[],
  start: number,
  count: number,
  argDtype: Dtype | undefined,
): void {
  if (instruction.op === "constant") {
    target.fill(instruction.value);
    return;
  }
  if (instruction.op === "input") {
    const { values, view } = sources[instruction.index]!;
    if (isContiguous(view)) target.set(values.subarray(view.offset + start, view.offset + start + count));
    else {
      const at = positions(view, start, count);
      for (let i = 0; i < count; i++) target[i] = values[at[i]!]!;
    }
    return;
  }
  if (instruction.op === "coordinate") {
    const strides = shape.map((_, axis) => (axis === instruction.axis ? 1 : 0));
    target.set(positions({ shape, strides, offset: 0 }, start, count));
    return;
  }
  const [a, b, c] = instruction.args.map((arg) => lines[arg]!);
  const { op } = instruction;
  if (op === "where") {
    for (let i = 0; i < count; i++) target[i] = a![i] ? b![i]! : c![i]!;
  } else if (op === "cast") {
    const toBool = instruction.dtype === "bool";
    const toInteger = instruction.dtype === "int32" && isFloat(argDtype!);
    for (let i = 0; i < count; i++) {
      const value = a![i]!;
      target[i] = toBool ? Number(value !== 0) : toInteger ? truncate(value) : value;
    }
  } else if (b) {
    const fn = binary[op as keyof typeof binary];
    const exact = isFloat(argDtype!) ? fn : (integerBinary[op as keyof typeof binary] ?? fn);
    for (let i = 0; i < count; i++) target[i] = exact(a![i]!, b[i]!);
  } else {
    const fn = unary[op as keyof typeof unary];
    for (let i = 0; i < count; i++) target[i] = fn(a![i]!);
  }
}
