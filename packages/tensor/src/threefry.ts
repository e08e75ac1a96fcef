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
  // In plain variables: drawing the first weights of a model is a good part of its start.
  let k0 = key[0] | 0;
  let k1 = key[1] | 0;
  let k2 = k0 ^ k1 ^ parity;
  let x0 = (counter[0] + k0) | 0;
  let x1 = (counter[1] + k1) | 0;
  for (let injection = 1; injection <= rounds / 4; injection++) {
    const by = rotations[(injection + 1) & 1]!;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << by[0]) | (x1 >>> (32 - by[0]))) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << by[1]) | (x1 >>> (32 - by[1]))) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << by[2]) | (x1 >>> (32 - by[2]))) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << by[3]) | (x1 >>> (32 - by[3]))) ^ x0;
    const first = k0;
    k0 = k1;
    k1 = k2;
    k2 = first;
    x0 = (x0 + k0) | 0;
    x1 = (x1 + k1 + injection) | 0;
  }
  return [x0, x1];
}

/** The key of a named stream: the name's bytes are mixed into the seed, so that streams of one seed are unrelated. */
export function streamKey(seed: number, name: string, index = 0): [number, number] {
  let key: [number, number] = [seed | 0, Math.floor(seed / 4294967296) | 0];
  for (let i = 0; i < name.length; i++) key = threefry(key, [name.charCodeAt(i), i]);
  return threefry(key, [index | 0, -1]);
}
