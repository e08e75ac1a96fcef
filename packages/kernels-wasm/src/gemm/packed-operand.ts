import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { type KernelParams, splitRange } from "../kernel.js";
import { i32Locals, pushAddress, unflatten } from "./address.js";
import { setClipped } from "./block-shape.js";
import { type OperandLayout, operandPacker } from "./operand-packer.js";

/**
 * An operand as the register tile wants it, in scratch memory that all threads share: for each part of the sum and each
 * matrix the lines (row tiles or panels), `[parts][matrices][lines][steps][width]`. The last part may be shorter.
 */
export interface PackedOperand extends OperandLayout {
  readonly matrices: number;
  readonly lines: number;
  /** Products of a part. */
  readonly depth: number;
  readonly parts: number;
  /** Where it starts in the scratch memory, in bytes. */
  readonly start: number;
}

/** Bytes of one part of full length. */
const partBytes = ({ matrices, lines, width, depth }: PackedOperand): number =>
  matrices * lines * width * depth * 4;

export const packedBytes = (packed: PackedOperand): number => packed.parts * partBytes(packed);

/** Pushes the address of a line; `steps` are the products of the part. */
export function pushLine(
  f: FunctionBuilder,
  packed: PackedOperand,
  scratch: Local,
  { part, matrix, line, steps }: Record<"part" | "matrix" | "line" | "steps", Local>,
): void {
  pushAddress(f, scratch, [1, packed.start], [part, packed.parts > 1 ? partBytes(packed) : 0]);
  f.get(line);
  if (packed.matrices > 1) f.get(matrix).i32(packed.lines).emit("i32.mul", "i32.add");
  f.get(steps).emit("i32.mul");
  f.i32(packed.width * 4).emit("i32.mul", "i32.add");
}

/** Packs this thread's share of the lines of the operand at `base`. */
export function packShare(
  f: FunctionBuilder,
  module: ModuleBuilder,
  params: KernelParams,
  packed: PackedOperand,
  base: Local,
  firstElement: number,
): void {
  const { matrices, lines, width, size, innermost, k, depth, parts } = packed;
  const packer = operandPacker(module, packed);
  const [unit, end, part, matrix, line, first, steps, count] = i32Locals(f, 8);
  const [to, from] = i32Locals(f, 2);
  splitRange(f, params, parts * matrices * lines, 1, unit, end);
  f.forRange(unit, unit, end, 1, () => {
    unflatten(f, unit, [parts, matrices, lines], [part, matrix, line]);
    f.get(part).i32(depth).emit("i32.mul").set(first);
    setClipped(f, first, depth, k, steps);
    pushLine(f, packed, params.scratch, { part, matrix, line, steps });
    f.set(to);
    pushAddress(f, base, [1, firstElement * 4], [matrix, size * k * 4], [first, innermost ? size * 4 : 4]);
    f.get(line).i32(width).emit("i32.mul").tee(line);
    f.i32(innermost ? 4 : k * 4)
      .emit("i32.mul", "i32.add")
      .set(from);
    setClipped(f, line, width, size, count);
    packer(f, to, from, count, steps);
  });
}
