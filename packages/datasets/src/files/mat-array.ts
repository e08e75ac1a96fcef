import {
  type MatElement,
  MatElements,
  refuseMat,
  type StoredNumbers,
  storedNumbers,
  UTF8,
  UTF16,
  UTF32,
} from "./mat-element.js";
import type { NpyData } from "./npy.js";
import { rowMajor } from "./row-major.js";

/** Numeric classes of MATLAB; int64 and uint64 as BigInt, logical as bytes of 0 and 1. */
export type MatClass = keyof typeof arrayTypes | "logical";

/** A numeric array of a MAT-file, row-major. */
export interface MatArray {
  readonly class: MatClass;
  readonly data: NpyData;
  /** At least two sizes: a number is `[1, 1]`. */
  readonly shape: readonly number[];
}

/** A char array of a MAT-file. */
export interface MatText {
  readonly class: "char";
  /** One text a row, padded with blanks as MATLAB does; more than two axes are gone through row-major. */
  readonly text: readonly string[];
  /** Rows and characters: a text of five characters is `[1, 5]`. */
  readonly shape: readonly number[];
}

/** What a variable of a MAT-file holds. */
export type MatValue = MatArray | MatText;

const arrayTypes = {
  double: Float64Array,
  single: Float32Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
};

/** Classes by number. Source: MAT-File Format, table 1-3; 16 to 18 by what MATLAB writes. */
const classNames = [
  "",
  "cell",
  "struct",
  "object",
  "char",
  "sparse",
  ...["double", "single", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"],
  "function handle",
  "opaque object",
  "object",
];

const LOGICAL = 0x02;
const COMPLEX = 0x08;

/** A variable whose numbers are not read yet. */
export interface MatVariable {
  readonly name: string;
  /** Its value; throws DataError if it is damaged or of a class that is not read. */
  read(): MatValue;
}

/** The variable in a matrix element. */
export function matVariable(content: Uint8Array, bigEndian: boolean, file: string): MatVariable {
  const elements = new MatElements(content, bigEndian, file);
  const flags = elements.numbers("array flags");
  const word = Number(flags[0]);
  if (!(flags instanceof Uint32Array) || flags.length !== 2) {
    throw refuseMat(file, "has damaged array flags", `${flags.length} values`, "2 of 32 bits");
  }
  const className = classNames[word & 0xff];
  if (!className) throw refuseMat(file, "has an array of unknown class", `${word & 0xff}`, "1 to 18");
  // An opaque object has no sizes; its name comes first.
  const sizes = className === "opaque object" ? Int32Array.of(0, 0) : elements.numbers("sizes");
  const name = String.fromCharCode(...Array.from(elements.numbers("name").subarray(0, 100), Number));
  const where = `${file}: ${name}`;
  const read = (): MatValue => {
    if ((className !== "char" && !(className in arrayTypes)) || (word >>> 8) & COMPLEX) {
      const got = className in arrayTypes ? `complex ${className}` : className;
      const expected = "real numbers, logical or char (`variables` names those to read)";
      throw refuseMat(where, "is of a class that is not read", got, expected);
    }
    if (!(sizes instanceof Int32Array) || sizes.length < 2 || sizes.some((size) => size < 0)) {
      throw refuseMat(where, "has damaged sizes", `[${sizes}]`, "two sizes or more, none below 0");
    }
    const shape = [...sizes];
    const element = elements.next();
    if (className === "char") return textOf(element, shape, bigEndian, where);
    const stored = storedNumbers(element, bigEndian, where);
    const count = shape.reduce((product, size) => product * size, 1);
    if (stored?.length !== count) throw wrongCount(where, element, stored?.length, shape);
    const numeric = className as keyof typeof arrayTypes;
    const data = rowMajor(asClass(stored, numeric, where), shape);
    if (!((word >>> 8) & LOGICAL)) return { class: numeric, data, shape };
    return { class: "logical", data: Uint8Array.from(data as Uint8Array, (one) => (one ? 1 : 0)), shape };
  };
  return { name, read };
}

function wrongCount(where: string, element: MatElement, length: number | undefined, shape: number[]) {
  const got = length === undefined ? `an element of type ${element.type}` : `${length} values`;
  return refuseMat(where, "holds other than its shape says", got, `values of shape [${shape}]`);
}

/** Numbers of a class, which MATLAB stores in a smaller type where they all fit. */
function asClass(stored: StoredNumbers, className: keyof typeof arrayTypes, where: string): NpyData {
  const type = arrayTypes[className];
  if (stored.constructor === type) return stored;
  const data = new type(stored.length);
  const wide = data instanceof BigInt64Array || data instanceof BigUint64Array;
  for (const [index, value] of stored.entries()) {
    const whole = typeof value === "bigint" || Number.isInteger(value);
    if (wide && whole) data[index] = BigInt(value);
    else if (!wide) data[index] = Number(value);
    const fits =
      className === "double" || className === "single" || (whole && BigInt(data[index]!) === BigInt(value));
    if (!fits) throw refuseMat(where, "holds a value that its class cannot", `${value}`, className);
  }
  return data;
}

function textOf(element: MatElement, shape: number[], bigEndian: boolean, where: string): MatText {
  const count = shape.reduce((product, size) => product * size, 1);
  const letters = lettersOf(element, count, bigEndian, where);
  if (letters?.length !== count) throw wrongCount(where, element, letters?.length, shape);
  const order = rowMajor(
    Int32Array.from(letters, (_, index) => index),
    shape,
  );
  const width = shape.at(-1)!;
  const rows = Array.from({ length: width ? count / width : 0 }, (_, row) => {
    return Array.from(order.subarray(row * width, (row + 1) * width), (at) => letters[at]).join("");
  });
  return { class: "char", text: rows, shape };
}

/** Characters of a char array: UTF-16 code units, or whole characters where the shape counts those. */
function lettersOf(element: MatElement, count: number, bigEndian: boolean, where: string) {
  const { type, content } = element;
  if (type === UTF8) {
    let text: string;
    try {
      text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content.slice());
    } catch {
      throw refuseMat(where, "has a damaged text", "bytes that are not UTF-8", "UTF-8");
    }
    return text.length === count ? text.split("") : [...text];
  }
  const stand = { [UTF16]: 4, [UTF32]: 6 }[type] ?? type;
  const codes = Array.from(storedNumbers({ type: stand, content }, bigEndian, where) ?? [], Number);
  const bad = codes.find((code) => code < 0 || code > 0x10ffff);
  if (bad !== undefined)
    throw refuseMat(where, "has a damaged text", `character ${bad}`, "characters of Unicode");
  return codes.map((code) => (type === UTF32 ? String.fromCodePoint(code) : String.fromCharCode(code)));
}
