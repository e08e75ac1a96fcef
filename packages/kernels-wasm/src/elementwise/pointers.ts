import type { View } from "@hekla/tensor";
import type { FunctionBuilder, Int, Local } from "../assembler/index.js";
import type { NestAxis } from "./nest.js";

/** A position along some loops: the index of each axis that has one. */
export type Position = ReadonlyMap<NestAxis, Local | number>;

/** Sets `to` to the address of an operand's element at a position (0 along the other axes). */
export function setOperandPointer(
  f: FunctionBuilder,
  to: Local,
  base: Local,
  view: View,
  operand: number,
  position: Position,
): void {
  f.get(base);
  if (view.offset !== 0) f.i32(view.offset * 4).emit("i32.add");
  for (const [axis, index] of position) addScaled(f, index, axis.operandStrides[operand]! * 4);
  f.set(to);
}

/** Adds `index * scale` to the number on the stack. */
export function addScaled(f: FunctionBuilder, index: Int, scale: number): void {
  if (scale === 0 || index === 0) return;
  if (typeof index === "number") {
    f.i32(index * scale).emit("i32.add");
    return;
  }
  f.int(index);
  if (scale !== 1) f.i32(scale).emit("i32.mul");
  f.emit("i32.add");
}

/** Splits a unit number into the indices of `axes` (outermost first) and gives them as a position. */
export function decode(f: FunctionBuilder, unit: Local, axes: readonly NestAxis[]): Map<NestAxis, Local> {
  const position = new Map<NestAxis, Local>();
  const single = axes.length === 1;
  let inner = 1;
  for (const axis of [...axes].reverse()) {
    if (single) {
      position.set(axis, unit);
      break;
    }
    const index = f.local("i32");
    f.get(unit);
    if (inner !== 1) f.i32(inner).emit("i32.div_u");
    inner *= axis.size;
    if (axis !== axes[0]) f.i32(axis.size).emit("i32.rem_u");
    f.set(index);
    position.set(axis, index);
  }
  return position;
}

export const productOf = (axes: readonly NestAxis[]): number =>
  axes.reduce((size, axis) => size * axis.size, 1);
