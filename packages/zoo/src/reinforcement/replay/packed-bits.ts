import { DataError } from "@hekla/tensor";

/** Bytes that so many bits take. */
export const packedLength = (bits: number): number => Math.ceil(bits / 8);

/**
 * Writes values of 0 and 1 as bits, the first in the highest bit of the first byte.
 * @throws DataError if there is another value
 */
export function packBits(
  values: Float32Array,
  from: number,
  length: number,
  out: Uint8Array,
  at: number,
): void {
  for (let start = 0; start < length; start += 8) {
    const end = Math.min(start + 8, length);
    let byte = 0;
    for (let k = start; k < end; k++) {
      const value = values[from + k]!;
      if (value === 1) byte |= 128 >> (k - start);
      else if (value !== 0) {
        throw new DataError(`packBits: a value is no bit, got ${value} at ${k}, expected 0 or 1`);
      }
    }
    out[at + start / 8] = byte;
  }
}

/** Reads bits back as values of 0 and 1. */
export function unpackBits(
  bytes: Uint8Array,
  from: number,
  length: number,
  out: Float32Array,
  at: number,
): void {
  for (let start = 0; start < length; start += 8) {
    const byte = bytes[from + (start >> 3)]!;
    const end = Math.min(8, length - start);
    for (let bit = 0; bit < end; bit++) out[at + start + bit] = (byte >> (7 - bit)) & 1;
  }
}
