/** The checksum of a polynomial that is written with its lowest power first. */
function reflectedCrc(polynomial: number): (bytes: Uint8Array) => number {
  const table = Int32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? polynomial : 0);
    return value;
  });
  return (bytes) => {
    let value = -1;
    for (let k = 0; k < bytes.length; k++) value = table[(value ^ bytes[k]!) & 255]! ^ (value >>> 8);
    return ~value >>> 0;
  };
}

/** CRC-32 of zip files and pictures. Source: ISO 3309, as in PKWARE's APPNOTE 4.4.7. */
export const crc32 = /* @__PURE__ */ reflectedCrc(0xedb88320);

/** CRC-32C of event files. Source: RFC 3720, appendix B.4. */
export const crc32c = /* @__PURE__ */ reflectedCrc(0x82f63b78);

/** Checksum of zlib streams. Source: RFC 1950. */
export function adler32(bytes: Uint8Array): number {
  let low = 1;
  let high = 0;
  for (let k = 0; k < bytes.length; ) {
    // 3 800 sums of bytes stay below 2^31.
    for (const end = Math.min(k + 3800, bytes.length); k < end; k++) high += low += bytes[k]!;
    low %= 65521;
    high %= 65521;
  }
  return high * 65536 + low;
}

/**
 * Checksum of HDF5's filter 3: two sums of big-endian words of 16 bits. Source: HDF5's library, H5checksum.c.
 */
export function fletcher32(bytes: Uint8Array): number {
  // Modulo 65535, where a sum that is not 0 at first stays 65535.
  const fold = (sum: number): number => (sum > 65535 ? sum - 65535 : sum);
  let low = 0;
  let high = 0;
  for (let k = 0; k < bytes.length; k += 2) {
    low = fold(low + bytes[k]! * 256 + (bytes[k + 1] ?? 0));
    high = fold(high + low);
  }
  return high * 65536 + low;
}

const rotate = (value: number, count: number): number => (value << count) | (value >>> (32 - count));

/** Checksum of HDF5's newer metadata blocks. Source: Bob Jenkins, lookup3.c, hashlittle with seed 0. */
export function lookup3(bytes: Uint8Array): number {
  let a = (0xdeadbeef + bytes.length) | 0;
  let b = a;
  let c = a;
  const word = (k: number): number =>
    (bytes[k] ?? 0) | ((bytes[k + 1] ?? 0) << 8) | ((bytes[k + 2] ?? 0) << 16) | ((bytes[k + 3] ?? 0) << 24);
  for (let k = 0; k < bytes.length; k += 12) {
    a = (a + word(k)) | 0;
    b = (b + word(k + 4)) | 0;
    c = (c + word(k + 8)) | 0;
    if (k + 12 >= bytes.length) break;
    a = (a - c) ^ rotate(c, 4);
    c = (c + b) | 0;
    b = (b - a) ^ rotate(a, 6);
    a = (a + c) | 0;
    c = (c - b) ^ rotate(b, 8);
    b = (b + a) | 0;
    a = (a - c) ^ rotate(c, 16);
    c = (c + b) | 0;
    b = (b - a) ^ rotate(a, 19);
    a = (a + c) | 0;
    c = (c - b) ^ rotate(b, 4);
    b = (b + a) | 0;
  }
  if (bytes.length === 0) return c >>> 0;
  c = (c ^ b) - rotate(b, 14);
  a = (a ^ c) - rotate(c, 11);
  b = (b ^ a) - rotate(a, 25);
  c = (c ^ b) - rotate(b, 16);
  a = (a ^ c) - rotate(c, 4);
  b = (b ^ a) - rotate(a, 14);
  c = (c ^ b) - rotate(b, 24);
  return c >>> 0;
}
