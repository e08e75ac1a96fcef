import { DataError } from "@hekla/tensor";
import type { ReplayBatch } from "./replay-batch.js";
import { type KeptReplay, ReplayBuffer, type ReplayOptions } from "./replay-buffer.js";
import { SumTree } from "./sum-tree.js";

/** How strongly priorities count. */
export interface PrioritizedReplayOptions extends ReplayOptions {
  /** Power of the priorities: 0 draws all alike. Default 0.6. */
  readonly alpha?: number;
  /** Power of the weights that make up for it, at first. Default 0.4. */
  readonly beta?: number;
  /** Batches after which it has risen, by equal steps, to 1, full correction. Default 100 000. */
  readonly betaBatches?: number;
  /** Added to each error, so that none is never drawn again. Default 1e-6. */
  readonly epsilon?: number;
}

/**
 * Transitions of the past, drawn the more often the larger their last error was:
 * `P(i) = p_i^alpha / sum_k p_k^alpha` with `p_i = |error_i| + epsilon`; new ones have the largest p so far.
 *
 * A batch takes one draw from each of as many equal parts of the sum. Weights are `(N P(i))^-beta`, divided
 * by the largest of the batch.
 *
 * Source: Schaul et al., "Prioritized experience replay", ICLR 2016, equations 1 and 2, algorithm 1, appendix
 * B.2.1.
 */
export class PrioritizedReplay extends ReplayBuffer {
  readonly #alpha: number;
  readonly #beta: number;
  readonly #betaBatches: number;
  readonly #epsilon: number;
  readonly #tree: SumTree;
  #largest = 1;
  #batches = 0;

  constructor(options: PrioritizedReplayOptions) {
    super(options);
    const { alpha = 0.6, beta = 0.4, betaBatches = 100_000, epsilon = 1e-6 } = options;
    for (const [name, value] of Object.entries({ alpha, beta })) {
      if (!(value >= 0 && value <= 1)) {
        throw new DataError(`replay: ${name} is wrong, got ${value}, expected 0 to 1`);
      }
    }
    for (const [name, value] of Object.entries({ betaBatches, epsilon })) {
      if (!(value > 0)) throw new DataError(`replay: ${name} is wrong, got ${value}, expected more than 0`);
    }
    this.#alpha = alpha;
    this.#beta = beta;
    this.#betaBatches = betaBatches;
    this.#epsilon = epsilon;
    this.#tree = new SumTree(this.capacity);
  }

  /** Power of the weights at the next batch. */
  get beta(): number {
    return this.#beta + (1 - this.#beta) * Math.min(this.#batches / this.#betaBatches, 1);
  }

  /** Probability with which a slot is drawn. */
  probability(slot: number): number {
    return this.#tree.get(slot) / this.#tree.total;
  }

  protected override inserted(slot: number): void {
    this.#tree.set(slot, this.#largest ** this.#alpha);
  }

  protected override draw({ indices, weights }: ReplayBatch): void {
    const part = this.#tree.total / indices.length;
    const { beta } = this;
    let largest = 0;
    for (let sample = 0; sample < indices.length; sample++) {
      const slot = this.#tree.find((sample + this.random.uniform()) * part);
      indices[sample] = slot;
      const weight = (this.size * this.probability(slot)) ** -beta;
      weights.data[sample] = weight;
      largest = Math.max(largest, weight);
    }
    for (let sample = 0; sample < indices.length; sample++) {
      weights.data[sample] = weights.data[sample]! / largest;
    }
    this.#batches += 1;
  }

  /**
   * Sets what the transitions of a batch are drawn by from now on.
   * @param indices the batch's
   * @param errors their temporal-difference errors, of either sign `[batch]`
   * @throws DataError if there are not as many of them, or one is not finite
   */
  updatePriorities(indices: ArrayLike<number>, errors: ArrayLike<number>): void {
    if (errors.length !== indices.length) {
      throw new DataError(
        `replay: errors do not fit, got ${errors.length}, expected ${indices.length}, one a transition`,
      );
    }
    for (let sample = 0; sample < indices.length; sample++) {
      const priority = Math.abs(errors[sample]!) + this.#epsilon;
      if (!Number.isFinite(priority)) {
        throw new DataError(`replay: an error is not finite, got ${errors[sample]} for sample ${sample}`);
      }
      this.#largest = Math.max(this.#largest, priority);
      this.#tree.set(indices[sample]!, priority ** this.#alpha);
    }
  }

  protected override keep(): KeptReplay {
    const { values, arrays } = super.keep();
    const priorities = Float64Array.from({ length: this.size }, (_, slot) => this.#tree.get(slot));
    return {
      values: { ...values, largest: this.#largest, batches: this.#batches, priorities: this.#description() },
      arrays: { ...arrays, priorities },
    };
  }

  #description(): string {
    const [alpha, beta, betaBatches, epsilon] = [this.#alpha, this.#beta, this.#betaBatches, this.#epsilon];
    return JSON.stringify({ alpha, beta, betaBatches, epsilon });
  }

  protected override take(kept: KeptReplay): void {
    const { largest, batches, priorities: options } = kept.values as Record<string, unknown>;
    const { priorities } = kept.arrays;
    if (options !== this.#description() || priorities?.length !== kept.values["size"]) {
      throw new DataError(
        `replay: the state is of other options, got ${options ?? "no priorities"}, ` +
          `expected ${this.#description()}`,
      );
    }
    super.take(kept);
    for (let slot = 0; slot < this.capacity; slot++) this.#tree.set(slot, priorities![slot] ?? 0);
    this.#largest = largest as number;
    this.#batches = batches as number;
  }
}
