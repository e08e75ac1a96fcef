import { streamKey, threefry } from "./threefry.js";

/** Random numbers in plain TypeScript, for data work (shuffling, augmentation, environments) without a backend. */
export class HostRandom {
  /** Draws made so far; set it to go on where another run stopped. */
  counter = 0;
  readonly #key: readonly [number, number];

  /**
   * @param seed whole number, shared by all streams of a run
   * @param name what the numbers are for: "shuffle", "augment", ...
   * @param index further distinction, such as the epoch. Default 0
   */
  constructor(seed: number, name: string, index = 0) {
    this.#key = streamKey(seed, name, index);
  }

  /** 32 random bits as a non-negative whole number. */
  bits(): number {
    const at = this.counter++;
    return threefry(this.#key, [at | 0, Math.floor(at / 4294967296)])[0] >>> 0;
  }

  /** Uniform in [0, 1), a multiple of 2^-32. */
  uniform(): number {
    return this.bits() / 4294967296;
  }

  /** Uniform whole number in [0, n), without bias (Lemire's method with rejection). */
  integer(n: number): number {
    const reject = 4294967296 % n;
    for (;;) {
      const product = this.bits() * n;
      if (product % 4294967296 >= reject || reject === 0) return Math.floor(product / 4294967296);
    }
  }

  /** Standard normal, by Box and Muller's method. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** 0 .. n - 1 in random order (Fisher and Yates). */
  permutation(n: number): Int32Array {
    const order = Int32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const kept = order[i]!;
      order[i] = order[j]!;
      order[j] = kept;
    }
    return order;
  }
}
