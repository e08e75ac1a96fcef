import { DataError } from "@hekla/tensor/errors";
import { swapBytes } from "./byte-order.js";

/** How the numbers of an element are stored, by its type's number. Source: MAT-File Format, table 1-1. */
export const storedTypes = {
  1: Int8Array,
  2: Uint8Array,
  3: Int16Array,
  4: Uint16Array,
  5: Int32Array,
  6: Uint32Array,
  7: Float32Array,
  9: Float64Array,
  12: BigInt64Array,
  13: BigUint64Array,
} as const;

/** Numbers as they are stored. */
export type StoredNumbers = InstanceType<(typeof storedTypes)[keyof typeof storedTypes]>;

export const MATRIX = 14;
export const COMPRESSED = 15;
export const UTF8 = 16;
export const UTF16 = 17;
export const UTF32 = 18;

/** One element: what type it is of, and its content without tag and padding. */
export interface MatElement {
  readonly type: number;
  readonly content: Uint8Array;
}

export function refuseMat(name: string, problem: string, got: string, expected: string): DataError {
  return new DataError(`readMat: ${name} ${problem}, got ${got}, expected ${expected}`);
}

/** Goes through the elements that stand one behind the other in `bytes`. */
export class MatElements {
  readonly #view: DataView;
  #at: number;

  constructor(
    readonly bytes: Uint8Array,
    readonly bigEndian: boolean,
    readonly name: string,
    start = 0,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = start;
  }

  get done(): boolean {
    return this.#at >= this.bytes.length;
  }

  /** The next element, in the long form or the small one, whose tag and content share eight bytes. */
  next(): MatElement {
    const start = this.#at;
    this.#inside(start, 8, `the tag at byte ${start}`);
    const word = this.#view.getUint32(start, !this.bigEndian);
    const small = word >>> 16;
    const type = small ? word & 0xffff : word;
    const size = small || this.#view.getUint32(start + 4, !this.bigEndian);
    if (small > 4) {
      const got = `${small} bytes at byte ${start}`;
      throw refuseMat(this.name, "has a damaged element", got, "at most 4 in a small element");
    }
    const from = start + (small ? 4 : 8);
    this.#inside(from, size, `the element at byte ${start}`);
    // All elements but the compressed ones are padded to eight bytes; at the end that may be missing.
    const end = from + size;
    this.#at = small ? start + 8 : type === COMPRESSED ? end : end + ((8 - (size % 8)) % 8);
    return { type, content: this.bytes.subarray(from, end) };
  }

  /** The numbers of the next element; `what` is for messages. */
  numbers(what: string): StoredNumbers {
    const element = this.next();
    const numbers = storedNumbers(element, this.bigEndian, this.name);
    if (numbers) return numbers;
    throw refuseMat(this.name, `has no ${what}`, `an element of type ${element.type}`, "numbers");
  }

  #inside(at: number, size: number, what: string): void {
    if (at + size <= this.bytes.length) return;
    throw refuseMat(
      this.name,
      `is truncated before the end of ${what}`,
      `${this.bytes.length} bytes`,
      `${at + size}`,
    );
  }
}

/** The numbers of an element, in memory of their own; undefined if it is of a type that holds none. */
export function storedNumbers(
  element: MatElement,
  bigEndian: boolean,
  name: string,
): StoredNumbers | undefined {
  if (!(element.type in storedTypes)) return undefined;
  const type = storedTypes[element.type as keyof typeof storedTypes];
  const size = type.BYTES_PER_ELEMENT;
  if (element.content.length % size) {
    const got = `${element.content.length} bytes`;
    throw refuseMat(name, "has a damaged element", got, `a multiple of ${size} for type ${element.type}`);
  }
  const content = element.content.slice();
  swapBytes(content, size, bigEndian);
  return new type(content.buffer, 0, content.length / size);
}
