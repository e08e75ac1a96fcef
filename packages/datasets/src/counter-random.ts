/** Draws of one numbered item: the same seed and item give the same numbers on every machine. */
export interface ItemRandom {
  /** Moves to the first draw of another item. */
  seek(item: number): void;
  /** 32 random bits. */
  bits(): number;
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Bell-shaped with mean 0 and standard deviation 1, never beyond 3.47: four random bytes summed, so that
   * no logarithm is needed, whose last bits differ between JavaScript engines. */
  bell(): number;
}

/** Upper 32 bits of the 64-bit product of two unsigned 32-bit integers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(carry / 0x10000)) >>> 0;
}

/**
 * Philox 4x32 with ten rounds: four random words from a four-word counter and a two-word key.
 *
 * Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011, section 3.3.
 */
export function philox(counter: readonly number[], key: readonly number[], out: Uint32Array): void {
  let [c0 = 0, c1 = 0, c2 = 0, c3 = 0] = counter;
  let [k0 = 0, k1 = 0] = key;
  for (let round = 0; round < 10; round += 1) {
    const high0 = multiplyHigh(0xd2511f53, c0);
    const high1 = multiplyHigh(0xcd9e8d57, c2);
    const low0 = Math.imul(0xd2511f53, c0) >>> 0;
    const low1 = Math.imul(0xcd9e8d57, c2) >>> 0;
    [c0, c1, c2, c3] = [(high1 ^ c1 ^ k0) >>> 0, low1, (high0 ^ c3 ^ k1) >>> 0, low0];
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  out.set([c0, c1, c2, c3]);
}

/** Numbered random draws from `seed` (a safe integer); `stream` keeps two uses of one seed apart. */
export function itemRandom(seed: number, stream: number): ItemRandom {
  const key = [seed >>> 0, Math.floor(seed / 0x100000000) >>> 0];
  const counter = [0, 0, 0, stream >>> 0];
  const words = new Uint32Array(4);
  let next = 4;
  const bits = (): number => {
    if (next === 4) {
      philox(counter, key, words);
      counter[0] = counter[0]! + 1;
      next = 0;
    }
    next += 1;
    return words[next - 1]!;
  };
  return {
    seek(item) {
      counter[0] = 0;
      counter[1] = item >>> 0;
      counter[2] = Math.floor(item / 0x100000000) >>> 0;
      next = 4;
    },
    bits,
    uniform: () => bits() / 0x100000000,
    bell() {
      const word = bits();
      const sum = (word & 255) + ((word >>> 8) & 255) + ((word >>> 16) & 255) + (word >>> 24);
      // Four uniform bytes: mean 4 * 127.5, variance 4 * (256 * 256 - 1) / 12, whose root is 147.80.
      return (sum - 510) / 147.7994;
    },
  };
}
