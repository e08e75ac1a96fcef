import type { Pass } from "./plain-routine.js";

/** The passes of a routine as they come. */
export class PassList {
  readonly passes: Pass[] = [];

  /** @param operands of the routine; the results of passes are numbered on from there */
  constructor(private readonly operands: number) {}

  /** Appends a pass and gives the number by which later ones load its result. */
  add(pass: Pass): number {
    this.passes.push(pass);
    return this.operands + this.passes.length - 1;
  }
}
