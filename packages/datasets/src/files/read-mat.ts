import { type MatValue, matVariable } from "./mat-array.js";
import { COMPRESSED, MATRIX, type MatElement, MatElements, refuseMat } from "./mat-element.js";
import { unpackAtMost } from "./unpack-at-most.js";

export interface ReadMatOptions {
  /** What to call the file in errors. Default `"file"`. */
  readonly name?: string;
  /** Names of the variables to read. Default: all; then one of a class that is not read is an error. */
  readonly variables?: readonly string[];
  /** The most that all compressed elements together may take when unpacked. Default 2 GiB. */
  readonly maxBytes?: number;
}

const HEADER = 128;
const HDF5 = [0x89, 0x48, 0x44, 0x46];

/**
 * Reads a MAT-file of level 5, which MATLAB's `save` writes as `-v6` and `-v7` and SciPy's `savemat` by
 * default: numeric arrays of every class, logical and char arrays, compressed or not, in either byte order.
 *
 * MATLAB keeps the first axis together; arrays are turned into row-major order, so that element `(i, j)` of
 * a `[rows, columns]` array is `data[i * columns + j]`.
 *
 * @returns the variables by name, in the file's order
 * @throws DataError if the file is of version 4 or 7.3, cut short or damaged, lacks one of `variables`,
 * holds a name twice, unpacks to more than `maxBytes`, or a variable to read is a cell array, a struct, an
 * object, sparse or complex
 *
 * Source: MathWorks, "MAT-File Format", R2019b, chapter 1.
 */
export async function readMat(
  bytes: Uint8Array,
  options: ReadMatOptions = {},
): Promise<Map<string, MatValue>> {
  const { name = "file", variables, maxBytes = 2 ** 31 } = options;
  const bigEndian = checkHeader(bytes, name);
  const elements = new MatElements(bytes, bigEndian, name, HEADER);
  const values = new Map<string, MatValue>();
  let left = maxBytes;
  while (!elements.done) {
    const outer = elements.next();
    let element = outer;
    if (outer.type === COMPRESSED) {
      const unpacked = await inflate(outer.content, left, name);
      left -= unpacked.length;
      element = new MatElements(unpacked, bigEndian, name).next();
    }
    addVariable(values, element, bigEndian, name, variables);
  }
  const missing = variables?.find((variable) => !values.has(variable));
  if (missing !== undefined) {
    throw refuseMat(
      name,
      `has no variable ${missing}`,
      `${[...values.keys()].join(", ") || "none"}`,
      missing,
    );
  }
  return values;
}

function addVariable(
  values: Map<string, MatValue>,
  { type, content }: MatElement,
  bigEndian: boolean,
  file: string,
  wanted: readonly string[] | undefined,
): void {
  if (type !== MATRIX) {
    throw refuseMat(file, "has an element that is no variable", `type ${type}`, `${MATRIX} or ${COMPRESSED}`);
  }
  const variable = matVariable(content, bigEndian, file);
  // What has no name is MATLAB's own (the workspace of functions and objects).
  if (variable.name === "" || (wanted && !wanted.includes(variable.name))) return;
  if (values.has(variable.name))
    throw refuseMat(file, "holds a name twice", variable.name, "different names");
  values.set(variable.name, variable.read());
}

/** Whether the file is big-endian; throws where it is none of level 5. */
function checkHeader(bytes: Uint8Array, name: string): boolean {
  const again = 'MAT-file level 5 (in MATLAB: save(file, "-v7"); in SciPy: savemat)';
  const starts = (at: number): boolean => HDF5.every((byte, index) => bytes[at + index] === byte);
  const text = String.fromCharCode(...bytes.subarray(0, 19));
  if (starts(0) || starts(512) || text.startsWith("MATLAB 7.3 MAT-file")) {
    throw refuseMat(name, "cannot be read", "MAT-file version 7.3 (an HDF5 file)", again);
  }
  // Level 4 starts with a number below 5000, level 5 with a text.
  if (bytes.length >= 20 && bytes.subarray(0, 4).includes(0) && startsWithMatrix4(bytes)) {
    throw refuseMat(name, "cannot be read", "MAT-file version 4", again);
  }
  if (bytes.length < HEADER) {
    throw refuseMat(name, "is truncated", `${bytes.length} bytes`, `a header of ${HEADER} bytes or more`);
  }
  const mark = String.fromCharCode(...bytes.subarray(126, 128));
  const bigEndian = mark === "MI";
  if (!bigEndian && mark !== "IM") {
    throw refuseMat(name, "is no MAT-file", `byte order ${JSON.stringify(mark)}`, again);
  }
  const version = new DataView(bytes.buffer, bytes.byteOffset).getUint16(124, !bigEndian);
  if (version === 0x0200) throw refuseMat(name, "cannot be read", "MAT-file version 7.3", again);
  if (version !== 0x0100) {
    throw refuseMat(name, "has an unknown version", `0x${version.toString(16)}`, `0x100 of a ${again}`);
  }
  return bigEndian;
}

/**
 * Whether the bytes begin with the header of a version 4 matrix: type MOPT, sizes and the length of the
 * name.
 */
function startsWithMatrix4(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return [true, false].some((little) => {
    const [mopt = 0, , , imaginary = 0, letters = 0] = [0, 4, 8, 12, 16].map((at) =>
      view.getUint32(at, little),
    );
    return mopt < 5000 && imaginary < 2 && letters > 0 && letters <= bytes.length;
  });
}

async function inflate(packed: Uint8Array, limit: number, name: string): Promise<Uint8Array> {
  let content: Uint8Array | undefined;
  try {
    content = await unpackAtMost("deflate", packed, limit);
  } catch (cause) {
    const got = `damaged bytes (${(cause as Error).message})`;
    throw refuseMat(name, "has an element that cannot be unpacked", got, "a zlib stream");
  }
  if (content) return content;
  throw refuseMat(
    name,
    "unpacks to too much",
    `more than ${limit} bytes`,
    "maxBytes or fewer in all elements",
  );
}
