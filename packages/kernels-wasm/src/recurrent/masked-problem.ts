import type { MaskedMatmulRoutine } from "@hekla/tensor";
import type { FunctionBuilder, Local } from "../assembler/index.js";
import { pushAddress } from "../gemm/address.js";
import type { KernelParams } from "../kernel.js";

/** What the kernels of a masked product are made from. */
export interface MaskedProblem extends MaskedMatmulRoutine {
  /** First elements of the operands. */
  readonly offsets: readonly number[];
  /** Elements of a row of the kernel. */
  readonly width: number;
}

/** A pointer to `index * row` elements of an operand. */
export function operandRow(
  f: FunctionBuilder,
  { operands }: KernelParams,
  { offsets }: MaskedProblem,
  which: 0 | 1 | 2,
  ...terms: readonly (readonly [Local, number])[]
): FunctionBuilder {
  const bytes = terms.map(([index, row]) => [index, row * 4] as const);
  return pushAddress(f, operands[which]!, [1, offsets[which]! * 4], ...bytes);
}
