/**
 * Threefry2x32 with 20 rounds: a counter-based generator, so that any draw can be made on its own, anywhere.
 * Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011; constants of Random123 1.14.
 */
export const rotations = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const;

/** Parity constant of the key schedule. */
export const parity = 0x1bd11bda;

export const rounds = 20;

/** Two random 32-bit words (signed) of a key and a counter of two words each. */
export function threefry(
  key: readonly [number, number],
  counter: readonly [number, number],
): [number, number] {
  const keys = [key[0] | 0, key[1] | 0, key[0] ^ key[1] ^ parity];
  let x0 = (counter[0] + keys[0]!) | 0;
  let x1 = (counter[1] + keys[1]!) | 0;
  for (let round = 0; round < rounds; round++) {
    const rotation = rotations[(round >> 2) & 1]![round & 3]!;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << rotation) | (x1 >>> (32 - rotation))) ^ x0;
    if (round % 4 === 3) {
      const injection = (round + 1) / 4;
      x0 = (x0 + keys[injection % 3]!) | 0;
      x1 = (x1 + keys[(injection + 1) % 3]! + injection) | 0;
    }
  }
  return [x0, x1];
}

/** The key of a named stream: the name's bytes are mixed into the seed, so that streams of one seed are unrelated. */
export function streamKey(seed: number, name: string, index = 0): [number, number] {
  let key: [number, number] = [seed | 0, Math.floor(seed / 4294967296) | 0];
  for (let i = 0; i < name.length; i++) key = threefry(key, [name.charCodeAt(i), i]);
  return threefry(key, [index | 0, -1]);
}
