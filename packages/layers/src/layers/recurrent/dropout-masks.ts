import { cast, multiply, type RandomStream, randomBernoulli, sameShape, type Tensor } from "@hekla/tensor";
import { readDtype } from "../../dtype-policy.js";

/**
 * Whether a tensor belongs to a recording that still goes on; one of an ended step would be a constant of the
 * next.
 */
const isOpen = (x: Tensor): boolean => x.node.recording?.ended === false;

/**
 * The dropout masks of a recurrent cell. They are drawn once for all steps that are recorded together, until
 * `reset`; 0 for values that are dropped, `1 / (1 - rate)` for the others.
 * Source: Gal and Ghahramani 2016; Keras 3 `DropoutRNNCell`.
 */
export class DropoutMasks {
  readonly #rates: { readonly inputs: number; readonly state: number };
  readonly #count: number;
  readonly #drawn = new Map<"inputs" | "state", readonly Tensor[]>();
  #stream: RandomStream | undefined;

  /**
   * @param inputs share of the inputs to drop
   * @param state share of the state to drop
   * @param count number of masks: one, or one for each gate
   */
  constructor(inputs: number, state: number, count: number) {
    this.#rates = { inputs, state };
    this.#count = count;
  }

  /** Whether anything is dropped at all. */
  get isActive(): boolean {
    return this.#rates.inputs > 0 || this.#rates.state > 0;
  }

  drawFrom(stream: RandomStream): void {
    this.#stream = stream;
  }

  /** Masks of this shape; undefined where nothing is dropped. */
  masks(of: "inputs" | "state", shape: readonly number[]): readonly Tensor[] | undefined {
    const rate = this.#rates[of];
    if (rate === 0) return undefined;
    const known = this.#drawn.get(of);
    if (known && isOpen(known[0]!) && sameShape(known[0]!.shape, shape)) return known;
    const drawn = Array.from({ length: this.#count }, () => {
      const keep = randomBernoulli(shape, this.#stream!, { probability: 1 - rate });
      return multiply(cast(keep, readDtype()), 1 / (1 - rate));
    });
    this.#drawn.set(of, drawn);
    return drawn;
  }

  /** The next use draws anew. */
  reset(): void {
    this.#drawn.clear();
  }
}
