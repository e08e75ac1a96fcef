import { DataError } from "@hekla/tensor/errors";

const SIZE = 624;
const SHIFT = 397;

/**
 * NumPy's legacy `RandomState`: the Mersenne Twister MT19937 and the draws that scikit-learn's splits are made of,
 * the same integers bit for bit.
 *
 * For splits that have to equal published ones; everything else here draws from counter-based generators.
 *
 * Source: Matsumoto, Nishimura, "Mersenne Twister", ACM TOMACS 8, 1998; NumPy 2.x, `numpy.random.RandomState`.
 */
export class RandomState {
  readonly #key = new Uint32Array(SIZE);
  #position = SIZE;

  /**
   * @param seed integer in 0..2^32-1, as `numpy.random.seed` takes it
   * @throws DataError for another seed
   */
  constructor(seed: number) {
    if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
      throw new DataError(
        `RandomState: seed is not usable, got ${seed}, expected an integer in 0..4294967295`,
      );
    }
    this.#key[0] = seed;
    for (let i = 1; i < SIZE; i += 1) {
      const last = this.#key[i - 1]!;
      this.#key[i] = Math.imul(1812433253, last ^ (last >>> 30)) + i;
    }
  }

  #refill(): void {
    const key = this.#key;
    for (let i = 0; i < SIZE; i += 1) {
      const mixed = (key[i]! & 0x80000000) | (key[(i + 1) % SIZE]! & 0x7fffffff);
      key[i] = key[(i + SHIFT) % SIZE]! ^ (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0);
    }
    this.#position = 0;
  }

  /** 32 random bits. */
  bits(): number {
    if (this.#position === SIZE) this.#refill();
    let word = this.#key[this.#position]!;
    this.#position += 1;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  }

  /** Uniform in [0, 1) with 53 bits, as `random_sample`. */
  random(): number {
    const high = this.bits() >>> 5;
    const low = this.bits() >>> 6;
    return (high * 0x4000000 + low) / 0x20000000000000;
  }

  /** An integer in 0..max: words cut to the bits of `max`, drawn until one is not above it. */
  #interval(max: number): number {
    if (max === 0) return 0;
    const mask = 0xffffffff >>> Math.clz32(max);
    for (;;) {
      const value = (this.bits() & mask) >>> 0;
      if (value <= max) return value;
    }
  }

  /**
   * An integer in low..high-1, as `randint(low, high)`.
   * @throws DataError unless both are safe integers, low < high <= low + 2^32
   */
  randint(low: number, high: number): number {
    const usable = Number.isSafeInteger(low) && Number.isSafeInteger(high) && low < high;
    if (!usable || high - low > 0x100000000) {
      throw new DataError(
        `RandomState.randint: bounds are not usable, got ${low} and ${high}, expected low < high <= low + 2^32`,
      );
    }
    return low + this.#interval(high - low - 1);
  }

  /** Puts the items into a random order, in place, as `shuffle`. */
  shuffle(items: { [index: number]: unknown; readonly length: number }): void {
    for (let i = items.length - 1; i > 0; i -= 1) {
      const j = this.#interval(i);
      const kept = items[i];
      items[i] = items[j];
      items[j] = kept;
    }
  }

  /** 0..n-1 in a random order, as `permutation(n)`. */
  permutation(n: number): Int32Array {
    const order = Int32Array.from({ length: n }, (_, i) => i);
    this.shuffle(order);
    return order;
  }
}
