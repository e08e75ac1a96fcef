import { HostRandom, RandomStream } from "@hekla/tensor";

/**
 * Deals out the random streams of a model: every weight and every layer that draws numbers gets its own, by the
 * order in which they are made, so that the same seed gives the same model on every backend.
 */
export class Seeds {
  readonly seed: number;
  #weights = 0;
  #streams = 0;

  constructor(seed: number) {
    this.seed = seed;
  }

  /** Host-side numbers for one weight's initial values. */
  nextInitial(): HostRandom {
    return new HostRandom(this.seed, "init", this.#weights++);
  }

  /**
   * A stream on the device for a layer that draws numbers at each step. A `seed` of the layer's own says all: layers with
   * equal seeds draw equal numbers, as in Keras.
   */
  nextStream(name: string, seed?: number): RandomStream {
    return seed === undefined
      ? new RandomStream(this.seed, name, this.#streams++)
      : new RandomStream(seed, name, 0);
  }
}

/**
 * Serves the layers that are part of no model, in the order in which they are built: two of one kind start from different
 * weights and drop different values. The only state of this module.
 */
export const looseSeeds = new Seeds(0);
