import { DataError } from "@hekla/tensor/errors";

/** Element types of NPY files, by NumPy's names. */
export type NpyDtype =
  | "bool"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64"
  | "float16"
  | "float32"
  | "float64";

/** What an NPY file says about its elements, and where they begin. */
export interface NpyHeader {
  readonly dtype: NpyDtype;
  readonly bigEndian: boolean;
  /** Whether the first axis is the fastest. */
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Bytes before the first element. */
  readonly offset: number;
}

/** NumPy's kind and size of each type, as in `<f8`. */
export const npyCodes: Readonly<Record<NpyDtype, string>> = {
  bool: "b1",
  int8: "i1",
  int16: "i2",
  int32: "i4",
  int64: "i8",
  uint8: "u1",
  uint16: "u2",
  uint32: "u4",
  uint64: "u8",
  float16: "f2",
  float32: "f4",
  float64: "f8",
};

const dtypes = new Map(Object.entries(npyCodes).map(([dtype, code]) => [code, dtype as NpyDtype]));

/** `\x93NUMPY` */
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

export function refuseNpy(name: string, problem: string, got: string, expected: string): DataError {
  return new DataError(`readNpy: ${name} ${problem}, got ${got}, expected ${expected}`);
}

/**
 * Reads the header of an NPY file, versions 1.0 to 3.0.
 * @throws DataError if it is none, cut short or of another version, and for dtypes of objects, text, records,
 * dates and complex numbers
 */
export function readNpyHeader(bytes: Uint8Array, name: string): NpyHeader {
  if (MAGIC.some((byte, at) => at < bytes.length && bytes[at] !== byte)) {
    const got = [...bytes.subarray(0, 6)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    throw refuseNpy(name, "has the wrong magic number", `bytes ${got}`, "93 4e 55 4d 50 59 (NUMPY)");
  }
  const [major = 1, minor = 0] = bytes.subarray(6, 8);
  if (major < 1 || major > 3 || minor !== 0) {
    throw refuseNpy(name, "has an unknown version", `${major}.${minor}`, "1.0, 2.0 or 3.0");
  }
  const start = major === 1 ? 10 : 12;
  if (bytes.length < start) throw truncated(name, bytes.length, `a header of ${start} bytes or more`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const offset = start + (major === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (bytes.length < offset) throw truncated(name, bytes.length, `a header of ${offset} bytes`);
  const text = new TextDecoder(major === 3 ? "utf-8" : "latin1").decode(bytes.subarray(start, offset));
  return { ...parseHeader(text, name), offset };
}

export function truncated(name: string, got: number, expected: string): DataError {
  return refuseNpy(name, "is truncated", `${got} bytes`, expected);
}

/** One `'key': value` of the Python dictionary, and what follows it. */
const ENTRY = /\s*(['"])(\w+)\1\s*:\s*('[^']*'|"[^"]*"|True|False|\([\d\sL,]*\)|\[.*\])\s*(,|(?=\}))/sy;

function parseHeader(text: string, name: string): Omit<NpyHeader, "offset"> {
  const damaged = (): DataError => {
    const expected = "{'descr': ..., 'fortran_order': ..., 'shape': ..., }";
    return refuseNpy(name, "has a header that is none", JSON.stringify(text.trim().slice(0, 80)), expected);
  };
  const body = text.trim();
  if (!body.startsWith("{") || !body.endsWith("}")) throw damaged();
  const entries = new Map<string, string>();
  let at = 1;
  while (body.slice(at).trim() !== "}") {
    ENTRY.lastIndex = at;
    const entry = ENTRY.exec(body);
    if (!entry || entries.has(entry[2]!)) throw damaged();
    entries.set(entry[2]!, entry[3]!);
    at = ENTRY.lastIndex;
  }
  const [descr, order, shape] = ["descr", "fortran_order", "shape"].map((key) => entries.get(key));
  if (entries.size !== 3 || !descr || !order || !shape) throw damaged();
  if (
    !/^(True|False)$/.test(order) ||
    !/^\((\s*\d+L?\s*,?|(\s*\d+L?\s*,)+\s*\d+L?\s*,?|\s*)\)$/.test(shape)
  ) {
    throw damaged();
  }
  const sizes = (shape.match(/\d+/g) ?? []).map(Number);
  const count = sizes.reduce((product, size) => product * size, 1);
  if (!sizes.every(Number.isSafeInteger) || !Number.isSafeInteger(count)) {
    throw refuseNpy(name, "has a shape that is too large", `[${sizes}]`, "at most 2^53 elements");
  }
  return { ...parseDescr(descr, name), fortranOrder: order === "True", shape: sizes };
}

function parseDescr(descr: string, name: string): { dtype: NpyDtype; bigEndian: boolean } {
  const match = /^['"]([<>|=]?)(\w+)['"]$/.exec(descr);
  const dtype = match && dtypes.get(match[2]!);
  if (!dtype) {
    const holds = /^['"]\|?O/.test(descr) ? "holds Python objects" : "has a dtype that cannot be read";
    throw refuseNpy(name, holds, descr.slice(0, 80), `one of ${[...dtypes.values()].join(", ")}`);
  }
  return { dtype, bigEndian: match[1] === ">" };
}

/** The bytes before the elements, padded to a multiple of 64 as NumPy does. */
export function npyHeaderBytes(dtype: NpyDtype, shape: readonly number[]): Uint8Array {
  const order = npyCodes[dtype].endsWith("1") ? "|" : "<";
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '${order}${npyCodes[dtype]}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const major = text.length + 1 + 10 + 64 > 0xffff ? 2 : 1;
  const start = major === 1 ? 10 : 12;
  const length = Math.ceil((start + text.length + 1) / 64) * 64;
  const header = new Uint8Array(length).fill(0x20);
  header.set([...MAGIC, major, 0]);
  const view = new DataView(header.buffer);
  if (major === 1) view.setUint16(8, length - start, true);
  else view.setUint32(8, length - start, true);
  header.set(new TextEncoder().encode(text), start);
  header[length - 1] = 0x0a;
  return header;
}
