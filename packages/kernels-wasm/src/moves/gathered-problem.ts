import type { MatmulGatheredRoutine } from "@hekla/tensor";
import type { FunctionBuilder, Local } from "../assembler/index.js";
import { pushAddress } from "../gemm/address.js";
import type { KernelParams } from "../kernel.js";
import { distinctLists } from "./distinct.js";

/** What the kernels of a product with gathered rows are made from. */
export interface GatheredProblem extends MatmulGatheredRoutine {
  /** First elements of the operands. */
  readonly offsets: readonly number[];
}

/** The operands of a phase, and what `distinct` found. */
export class GatheredOperands {
  constructor(
    private readonly f: FunctionBuilder,
    private readonly params: KernelParams,
    private readonly problem: GatheredProblem,
  ) {}

  /** A pointer to `sum(index * elements)` in an operand. */
  at(which: 0 | 1 | 2, ...terms: readonly (readonly [Local, number])[]): FunctionBuilder {
    const bytes = terms.map(([index, elements]) => [index, elements * 4] as const);
    const offset = this.problem.offsets[which]! * 4;
    return pushAddress(this.f, this.params.operands[which]!, [1, offset], ...bytes);
  }

  /** The number of distinct indices. */
  used(): FunctionBuilder {
    return this.at(1).load("i32.load");
  }

  /** A pointer to the list of the places of all positions among the distinct indices. */
  places(): FunctionBuilder {
    return this.at(1).i32(distinctLists(this.problem.count).places).emit("i32.add");
  }

  /** An entry of one of the lists of `distinct`. */
  entry(list: keyof ReturnType<typeof distinctLists>, place: Local): FunctionBuilder {
    return this.at(1, [place, 1]).load("i32.load", distinctLists(this.problem.count)[list]);
  }

  /** A pointer to the row of the table of a distinct index, or to `filling`, what stands for rows beyond it. */
  row(place: Local, filling: Local, index: Local): FunctionBuilder {
    const { axisSize, inner, beyond } = this.problem;
    this.entry("indices", place).set(index);
    if (!beyond) return this.at(0, [index, inner]);
    this.f.get(filling);
    this.at(0, [index, inner]).get(index).i32(axisSize);
    return this.f.emit("i32.eq", "select");
  }

  /** Writes the row that stands for those beyond the table. */
  fill(filling: Local, at: Local): void {
    const { beyond, inner } = this.problem;
    if (!beyond) return;
    this.f.forRange(at, 0, inner * 4, 4, () => {
      this.f.get(filling, at).emit("i32.add");
      this.f.f32(beyond === "nan" ? Number.NaN : 0).store("f32.store");
    });
  }
}
