const mask = 0xffffffffffffffffn;
const k0 = 0xc3a5c85c97cb3127n;
const k1 = 0xb492b66fbe98f273n;
const k2 = 0x9ae16a3b2f90404fn;

const wrap = (x: bigint): bigint => x & mask;
const rotate = (x: bigint, by: bigint): bigint => wrap((x >> by) | (x << (64n - by)));
const shiftMix = (x: bigint): bigint => x ^ (x >> 47n);

function hash16(u: bigint, v: bigint, factor: bigint): bigint {
  const a = shiftMix(wrap((u ^ v) * factor));
  return wrap(shiftMix(wrap((v ^ a) * factor)) * factor);
}

/** Two words of 32 bytes from `at` on, stirred into a and b. */
function weakHash32(at: number, a: bigint, b: bigint, word: (at: number) => bigint): [bigint, bigint] {
  const first = wrap(a + word(at));
  const turned = rotate(wrap(b + first + word(at + 24)), 21n);
  const sum = wrap(first + word(at + 8) + word(at + 16));
  return [wrap(sum + word(at + 24)), wrap(turned + rotate(sum, 44n) + first)];
}

/**
 * The 64-bit fingerprint of bytes that TensorFlow's `to_hash_bucket_fast` divides into buckets.
 * Source: FarmHash 1.1, `Fingerprint64`.
 */
export function farmHash64(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = (at: number): bigint => view.getBigUint64(at, true);
  const half = (at: number): bigint => BigInt(view.getUint32(at, true));
  const size = bytes.length;
  const length = BigInt(size);
  const factor = wrap(k2 + length * 2n);
  if (size === 0) return k2;
  if (size < 4) {
    const y = BigInt(bytes[0]! + (bytes[size >> 1]! << 8));
    const z = BigInt(size + (bytes[size - 1]! << 2));
    return wrap(shiftMix(wrap(y * k2) ^ wrap(z * k0)) * k2);
  }
  if (size < 8) return hash16(wrap(length + (half(0) << 3n)), half(size - 4), factor);
  if (size <= 16) {
    const a = wrap(word(0) + k2);
    const b = word(size - 8);
    const c = wrap(rotate(b, 37n) * factor + a);
    return hash16(c, wrap((rotate(a, 25n) + b) * factor), factor);
  }
  if (size > 64) return longHash(size, word);
  const a = wrap(word(0) * (size <= 32 ? k1 : k2));
  const b = word(8);
  const c = wrap(word(size - 8) * factor);
  const d = wrap(word(size - 16) * k2);
  const y = wrap(rotate(wrap(a + b), 43n) + rotate(c, 30n) + d);
  const z = hash16(y, wrap(a + rotate(wrap(b + k2), 18n) + c), factor);
  if (size <= 32) return z;
  const e = wrap(word(16) * factor);
  const f = word(24);
  const g = wrap((y + word(size - 32)) * factor);
  const h = wrap((z + word(size - 24)) * factor);
  const left = wrap(rotate(wrap(e + f), 43n) + rotate(g, 30n) + h);
  return hash16(left, wrap(e + rotate(wrap(f + a), 18n) + g), factor);
}

/** More than 64 bytes: 64 after the other, then the last 64, which may overlap those before. */
function longHash(size: number, word: (at: number) => bigint): bigint {
  let x = wrap(81n * k2 + word(0));
  let y = wrap(81n * k1 + 113n);
  let z = wrap(shiftMix(wrap(y * k2 + 113n)) * k2);
  let v: [bigint, bigint] = [0n, 0n];
  let w: [bigint, bigint] = [0n, 0n];
  const stir = (at: number, factor: bigint, weight: bigint): void => {
    x = wrap(rotate(wrap(x + y + v[0] + word(at + 8)), 37n) * factor);
    y = wrap(rotate(wrap(y + v[1] + word(at + 48)), 42n) * factor);
    x ^= wrap(w[1] * weight);
    y = wrap(y + v[0] * weight + word(at + 40));
    z = wrap(rotate(wrap(z + w[0]), 33n) * factor);
    v = weakHash32(at, wrap(v[1] * factor), wrap(x + w[0]), word);
    w = weakHash32(at + 32, wrap(z + w[1]), wrap(y + word(at + 16)), word);
    [x, z] = [z, x];
  };
  for (let at = 0; at < size - 64; at += 64) stir(at, k1, 1n);
  const factor = wrap(k1 + ((z & 0xffn) << 1n));
  w = [wrap(w[0] + BigInt((size - 1) & 63)), w[1]];
  v = [wrap(v[0] + w[0]), v[1]];
  w = [wrap(w[0] + v[0]), w[1]];
  stir(size - 64, factor, 9n);
  const left = wrap(hash16(v[0], w[0], factor) + shiftMix(y) * k0 + z);
  return hash16(left, wrap(hash16(v[1], w[1], factor) + x), factor);
}
