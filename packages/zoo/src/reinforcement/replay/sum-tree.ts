/**
 * Numbers of 0 or more with the sums of neighbours, neighbours of neighbours and so on above them: setting
 * one and finding where a running sum passes a value take as many steps as the logarithm of their number.
 */
export class SumTree {
  /**
   * Sums; place 1 is the sum of all, places 2 k and 2 k + 1 what place k is the sum of, the leaves at the
   * end.
   */
  readonly nodes: Float64Array;
  readonly #leaves: number;

  constructor(readonly length: number) {
    this.#leaves = 2 ** Math.ceil(Math.log2(Math.max(length, 2)));
    this.nodes = new Float64Array(2 * this.#leaves);
  }

  get total(): number {
    return this.nodes[1]!;
  }

  get(index: number): number {
    return this.nodes[this.#leaves + index]!;
  }

  set(index: number, value: number): void {
    const { nodes } = this;
    let at = this.#leaves + index;
    nodes[at] = value;
    // Sums are formed anew, not changed by a difference, so that no error builds up.
    while (at > 1) {
      at >>= 1;
      nodes[at] = nodes[2 * at]! + nodes[2 * at + 1]!;
    }
  }

  /** The first index whose running sum is above `value`, of 0 to `total`; never one that holds 0. */
  find(value: number): number {
    const { nodes } = this;
    let at = 1;
    while (at < this.#leaves) {
      const left = nodes[2 * at]!;
      // Rounding may leave a rest where nothing is left to the right.
      if (value < left || nodes[2 * at + 1] === 0) {
        at = 2 * at;
      } else {
        value -= left;
        at = 2 * at + 1;
      }
    }
    return at - this.#leaves;
  }
}
