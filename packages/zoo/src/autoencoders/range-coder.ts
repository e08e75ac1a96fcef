import { DataError } from "@hekla/tensor";

/** How often each symbol comes, all above zero: the coder gives a symbol of share p about -log2(p) bits. */
export type Frequencies = ArrayLike<number>;

/** The interval is a whole number of 32 bits; sums of frequencies must stay below a quarter of it. */
const whole = 2 ** 32;
const half = whole / 2;
const quarter = whole / 4;
/** Sums of frequencies that keep all products exact in a double. */
export const largestTotal = 2 ** 16;

const totalOf = (frequencies: Frequencies): number => {
  let total = 0;
  for (let at = 0; at < frequencies.length; at++) total += frequencies[at]!;
  return total;
};

/**
 * Arithmetic coder: symbols become bytes whose number is that of their information, a byte or so more.
 * Source: Witten, Neal and Cleary, "Arithmetic coding for data compression", 1987.
 */
export class RangeEncoder {
  readonly #bits: number[] = [];
  #low = 0;
  #high = whole - 1;
  #pending = 0;

  encode(symbol: number, frequencies: Frequencies): void {
    const total = totalOf(frequencies);
    let below = 0;
    for (let at = 0; at < symbol; at++) below += frequencies[at]!;
    const range = this.#high - this.#low + 1;
    this.#high = this.#low + Math.floor((range * (below + frequencies[symbol]!)) / total) - 1;
    this.#low += Math.floor((range * below) / total);
    for (;;) {
      if (this.#high < half) this.#put(0);
      else if (this.#low >= half) {
        this.#put(1);
        this.#shift(half);
      } else if (this.#low >= quarter && this.#high < 3 * quarter) {
        this.#pending++;
        this.#shift(quarter);
      } else return;
      this.#low *= 2;
      this.#high = this.#high * 2 + 1;
    }
  }

  /** All bytes; nothing can be encoded after that. */
  finish(): Uint8Array {
    this.#pending++;
    this.#put(this.#low < quarter ? 0 : 1);
    const bytes = new Uint8Array(Math.ceil(this.#bits.length / 8));
    this.#bits.forEach((bit, at) => {
      bytes[at >> 3]! |= bit << (7 - (at & 7));
    });
    return bytes;
  }

  #shift(by: number): void {
    this.#low -= by;
    this.#high -= by;
  }

  #put(bit: 0 | 1): void {
    this.#bits.push(bit);
    for (; this.#pending > 0; this.#pending--) this.#bits.push(1 - bit);
  }
}

/** Gives the symbols of a `RangeEncoder` back, asked with the same frequencies in the same order. */
export class RangeDecoder {
  #low = 0;
  #high = whole - 1;
  #value = 0;
  #at = 0;

  constructor(readonly bytes: Uint8Array) {
    for (let bit = 0; bit < 32; bit++) this.#value = this.#value * 2 + this.#next();
  }

  /** @throws DataError if more is asked for than was encoded */
  decode(frequencies: Frequencies): number {
    const total = totalOf(frequencies);
    const range = this.#high - this.#low + 1;
    const place = Math.floor(((this.#value - this.#low + 1) * total - 1) / range);
    let symbol = 0;
    let below = 0;
    while (below + frequencies[symbol]! <= place) below += frequencies[symbol++]!;
    this.#high = this.#low + Math.floor((range * (below + frequencies[symbol]!)) / total) - 1;
    this.#low += Math.floor((range * below) / total);
    for (;;) {
      if (this.#high < half) {
        // The upper half is out.
      } else if (this.#low >= half) this.#shift(half);
      else if (this.#low >= quarter && this.#high < 3 * quarter) this.#shift(quarter);
      else return symbol;
      this.#low *= 2;
      this.#high = this.#high * 2 + 1;
      this.#value = this.#value * 2 + this.#next();
    }
  }

  #shift(by: number): void {
    this.#low -= by;
    this.#high -= by;
    this.#value -= by;
  }

  /** Behind the end there are zeros; the last symbol may look at 32 of them. */
  #next(): number {
    const at = this.#at++;
    if (at >= this.bytes.length * 8 + 32) {
      throw new DataError(`coded picture: cut short, got ${this.bytes.length} bytes, expected more`);
    }
    return ((this.bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1;
  }
}
