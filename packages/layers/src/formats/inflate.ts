import type { Fail } from "./byte-file.js";
import { adler32 } from "./checksums.js";

/**
 * A Huffman code: symbols of short codes by the next 9 bits (as symbol * 16 + length), all by canonical
 * order.
 */
interface Code {
  readonly short: Uint16Array;
  readonly counts: Uint16Array;
  readonly symbols: Uint16Array;
}

const shortBits = 9;

function codeOf(lengths: Uint8Array, fail: Fail): Code {
  const counts = new Uint16Array(16);
  for (const length of lengths) counts[length]!++;
  const used = lengths.length - counts[0]!;
  counts[0] = 0;
  const starts = new Uint16Array(16);
  const next = new Uint16Array(16);
  let free = 1;
  for (let length = 1; length < 16; length++) {
    free = 2 * free - counts[length]!;
    if (free < 0) fail("the compressed data is broken", "a code with too many words", "a Huffman code");
    starts[length] = starts[length - 1]! + counts[length - 1]!;
    next[length] = 2 * (next[length - 1]! + counts[length - 1]!);
  }
  // A code of one distance is allowed to leave the other bit unused.
  if (free > 0 && used > 1) fail("the compressed data is broken", "a code with gaps", "a Huffman code");
  const symbols = new Uint16Array(used);
  const short = new Uint16Array(1 << shortBits);
  lengths.forEach((length, symbol) => {
    if (length === 0) return;
    symbols[starts[length]!++] = symbol;
    const word = next[length]!++;
    if (length > shortBits) return;
    let reversed = 0;
    for (let bit = 0; bit < length; bit++) reversed |= ((word >> bit) & 1) << (length - 1 - bit);
    for (let at = reversed; at < short.length; at += 1 << length) short[at] = symbol * 16 + length;
  });
  return { short, counts, symbols };
}

const fixedLengths = new Uint8Array(288).fill(8).fill(9, 144, 256).fill(7, 256, 280);
/** Where the lengths of the code of code lengths stand. */
const lengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Deflate makes at most 258 bytes of 2 bits. */
const largestRatio = 1032;

/**
 * Unpacks deflated data that is known to hold exactly `size` bytes, which are allocated only if so little
 * input can hold that much.
 * @returns the bytes, and how many of the input they took
 * @throws DataError by `fail` where the data is broken, cut short, or of another size
 * Source: RFC 1951.
 */
export function inflate(input: Uint8Array, size: number, fail: Fail): { data: Uint8Array; used: number } {
  if (size > largestRatio * input.length) {
    fail("the compressed data is too short for its size", `${input.length} bytes for ${size}`, "deflate");
  }
  const data = new Uint8Array(size);
  let length = 0;
  let at = 0;
  let hold = 0;
  let held = 0;
  let fixedCodes: [Code, Code] | undefined;

  const refill = (): void => {
    for (; held <= 24 && at < input.length; held += 8) hold |= input[at++]! << held;
  };
  const drop = (count: number): void => {
    if (count > held) fail("the compressed data is cut short", `${input.length} bytes`, "more");
    hold >>>= count;
    held -= count;
  };
  const bits = (count: number): number => {
    refill();
    const value = hold & ((1 << count) - 1);
    drop(count);
    return value;
  };
  const symbol = ({ short, counts, symbols }: Code): number => {
    refill();
    const entry = short[hold & ((1 << shortBits) - 1)]!;
    if (entry !== 0) {
      drop(entry & 15);
      return entry >> 4;
    }
    let word = 0;
    let first = 0;
    let index = 0;
    for (let count = 1; count < 16; count++) {
      word = 2 * word + ((hold >>> (count - 1)) & 1);
      if (word - first < counts[count]!) {
        drop(count);
        return symbols[index + word - first]!;
      }
      index += counts[count]!;
      first = 2 * (first + counts[count]!);
    }
    return fail("the compressed data is broken", "an unknown word", "one of its code");
  };
  const reserve = (count: number): void => {
    if (length + count > size) fail("the data unpacks to more than it declares", `over ${size} bytes`, size);
  };

  const dynamicCodes = (): [Code, Code] => {
    const literals = bits(5) + 257;
    const distances = bits(5) + 1;
    const codeLengths = new Uint8Array(19);
    for (let k = bits(4) + 4, place = 0; place < k; place++) codeLengths[lengthOrder[place]!] = bits(3);
    const code = codeOf(codeLengths, fail);
    const lengths = new Uint8Array(literals + distances);
    for (let k = 0; k < lengths.length; ) {
      const word = symbol(code);
      if (word < 16) {
        lengths[k++] = word;
        continue;
      }
      const repeated = word === 16 ? lengths[k - 1] : 0;
      const count = word === 16 ? 3 + bits(2) : word === 17 ? 3 + bits(3) : 11 + bits(7);
      if (repeated === undefined || k + count > lengths.length) {
        fail("the compressed data is broken", "code lengths that repeat too far", "code lengths");
      }
      lengths.fill(repeated!, k, k + count);
      k += count;
    }
    return [codeOf(lengths.subarray(0, literals), fail), codeOf(lengths.subarray(literals), fail)];
  };

  const copyMatches = (literals: Code, distances: Code): void => {
    for (let word = symbol(literals); word !== 256; word = symbol(literals)) {
      if (word < 256) {
        reserve(1);
        data[length++] = word;
        continue;
      }
      const k = word - 257;
      const extra = k < 8 || k === 28 ? 0 : (k >> 2) - 1;
      const count = k === 28 ? 258 : k < 8 ? 3 + k : 3 + ((4 + (k & 3)) << extra) + bits(extra);
      const d = symbol(distances);
      const distance = d < 4 ? 1 + d : 1 + ((2 + (d & 1)) << ((d >> 1) - 1)) + bits((d >> 1) - 1);
      if (k > 28 || d > 29 || distance > length) {
        fail("the compressed data is broken", `a match ${distance} back at byte ${length}`, "one within");
      }
      reserve(count);
      for (const end = length + count; length < end; length++) data[length] = data[length - distance]!;
    }
  };

  for (let last = 0; last === 0; ) {
    last = bits(1);
    const kind = bits(2);
    if (kind === 0) {
      drop(held & 7);
      const count = bits(16);
      if ((bits(16) ^ count) !== 0xffff) fail("the compressed data is broken", "a block of two sizes", "one");
      at -= held >> 3;
      hold = held = 0;
      if (at + count > input.length) fail("the compressed data is cut short", input.length, "more");
      reserve(count);
      data.set(input.subarray(at, at + count), length);
      at += count;
      length += count;
    } else if (kind === 1) {
      fixedCodes ??= [codeOf(fixedLengths, fail), codeOf(new Uint8Array(32).fill(5), fail)];
      copyMatches(...fixedCodes);
    } else if (kind === 2) {
      copyMatches(...dynamicCodes());
    } else fail("the compressed data is broken", "a block of kind 3", "0, 1 or 2");
  }
  if (length !== size) fail("the data unpacks to less than it declares", `${length} bytes`, size);
  return { data, used: at - (held >> 3) };
}

/** `inflate` for data in a zlib stream, whose checksum is checked. Source: RFC 1950. */
export function inflateZlib(input: Uint8Array, size: number, fail: Fail): Uint8Array {
  const [method = 0, flags = 0] = input;
  if ((method & 15) !== 8 || (method * 256 + flags) % 31 !== 0 || (flags & 32) !== 0) {
    fail("the compressed data is broken", `the header ${method}, ${flags}`, "a zlib stream");
  }
  const { data, used } = inflate(input.subarray(2), size, fail);
  const sum = input.subarray(2 + used, 6 + used).reduce((value, byte) => value * 256 + byte, 0);
  if (sum !== adler32(data)) fail("the compressed data is damaged", `checksum ${sum}`, adler32(data));
  return data;
}
