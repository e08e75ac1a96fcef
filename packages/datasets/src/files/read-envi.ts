import { DataError } from "@hekla/tensor/errors";
import { swapBytes } from "./byte-order.js";
import { enviFields } from "./envi-header.js";
import type { NpyData } from "./npy.js";

export interface ReadEnviOptions {
  /** What to call the picture in errors. Default `"file"`. */
  readonly name?: string;
}

/** A picture of many bands. */
export interface EnviImage {
  /** Rows one after the other, of each pixel all its bands; 64-bit integers as BigInt. */
  readonly data: NpyData;
  /** `[lines, samples, bands]` */
  readonly shape: readonly [lines: number, samples: number, bands: number];
  /** The middle of each band, where the header has it, in `wavelengthUnits`. */
  readonly wavelengths?: Float64Array;
  /** As in the header: `"Nanometers"`, `"Micrometers"` ... */
  readonly wavelengthUnits?: string;
  readonly bandNames?: readonly string[];
  /** All entries of the header as they stand there, without braces; keys in lower case. */
  readonly fields: ReadonlyMap<string, string>;
}

const arrayTypes = new Map<
  number,
  { new (buffer: ArrayBuffer): NpyData; readonly BYTES_PER_ELEMENT: number }
>([
  [1, Uint8Array],
  [2, Int16Array],
  [3, Int32Array],
  [4, Float32Array],
  [5, Float64Array],
  [12, Uint16Array],
  [13, Uint32Array],
  [14, BigInt64Array],
  [15, BigUint64Array],
]);

/**
 * Reads a picture in ENVI's format: a header of text and a file of numbers, in one of the three orders
 * (`bsq`, `bil`, `bip`), either byte order and any of the real data types 1 to 5 and 12 to 15.
 *
 * `header offset` is skipped, scale factors and ignored values are left to the caller (`fields` has them).
 *
 * @param header the `.hdr` file, as bytes or text.
 * @param bytes the file beside it.
 * @throws DataError that names the header's entry (and line, where it cannot be read) or says how many
 * bytes are wanted
 *
 * Source: NV5 Geospatial, "ENVI Header Files".
 */
export function readEnvi(
  header: string | Uint8Array,
  bytes: Uint8Array,
  options: ReadEnviOptions = {},
): EnviImage {
  const { name = "file" } = options;
  const text = typeof header === "string" ? header : new TextDecoder().decode(header.slice());
  const fields = enviFields(text, name);
  const whole = (key: string, least: number, otherwise?: number): number => {
    const field = fields.get(key);
    const value = field === undefined ? otherwise : /^\d+$/.test(field) ? Number(field) : Number.NaN;
    if (value !== undefined && Number.isSafeInteger(value) && value >= least) return value;
    throw refuse(name, `has a bad "${key}"`, field ?? "none", `a whole number from ${least}`);
  };
  const [lines, samples, bands] = [whole("lines", 1), whole("samples", 1), whole("bands", 1)];
  const dataType = whole("data type", 1);
  const type = arrayTypes.get(dataType);
  if (!type) {
    const expected = `one of ${[...arrayTypes.keys()].join(", ")} (real numbers)`;
    throw refuse(name, 'has a "data type" that is not read', `${dataType}`, expected);
  }
  const size = type.BYTES_PER_ELEMENT;
  const byteOrder = whole("byte order", 0, size === 1 ? 0 : undefined);
  if (byteOrder > 1) {
    throw refuse(name, 'has a bad "byte order"', `${byteOrder}`, "0 (little-endian) or 1 (big-endian)");
  }
  if (whole("file compression", 0, 0) !== 0) {
    throw refuse(name, "is compressed", "file compression = 1", "a file that is not (gunzip it)");
  }
  const offset = whole("header offset", 0, 0);
  const count = lines * samples * bands;
  const end = offset + count * size;
  if (bytes.length !== end) {
    const what = bytes.length < end ? "is truncated" : "has bytes left over";
    const expected = `${end} for [${lines}, ${samples}, ${bands}] of data type ${dataType}`;
    throw refuse(name, what, `${bytes.length} bytes`, expected);
  }
  const interleave = (fields.get("interleave") ?? "none").toLowerCase();
  const strides = {
    bsq: [samples, 1, lines * samples],
    bil: [bands * samples, 1, samples],
    bip: [samples * bands, bands, 1],
  }[interleave];
  if (!strides) throw refuse(name, 'has a bad "interleave"', interleave, "bsq, bil or bip");
  const content = bytes.slice(offset, end);
  swapBytes(content, size, byteOrder === 1);
  const data = pixelByPixel(new type(content.buffer), [lines, samples, bands], strides);

  const list = fields.get("wavelength")?.split(",");
  const wavelengths = list && Float64Array.from(list, (value) => (value.trim() ? Number(value) : Number.NaN));
  const bandNames = fields
    .get("band names")
    ?.split(",")
    .map((one) => one.trim());
  for (const [key, values] of Object.entries({ wavelength: wavelengths, "band names": bandNames })) {
    if (!values || values.length === bands) continue;
    throw refuse(name, `has a bad "${key}"`, `${values.length} values`, `${bands}, one a band`);
  }
  const bad = wavelengths ? wavelengths.findIndex((value) => !Number.isFinite(value)) : -1;
  if (bad >= 0) throw refuse(name, 'has a bad "wavelength"', `"${list![bad]!.trim()}"`, "numbers");
  const wavelengthUnits = fields.get("wavelength units");
  return {
    data,
    shape: [lines, samples, bands],
    ...(wavelengths && { wavelengths }),
    ...(wavelengthUnits !== undefined && { wavelengthUnits }),
    ...(bandNames && { bandNames }),
    fields,
  };
}

function refuse(name: string, problem: string, got: string, expected: string): DataError {
  return new DataError(`readEnvi: ${name} ${problem}, got ${got}, expected ${expected}`);
}

function pixelByPixel<T extends NpyData>(data: T, shape: readonly number[], strides: readonly number[]): T {
  if (strides[2] === 1) return data;
  const [lines = 0, samples = 0, bands = 0] = shape;
  const [byLine = 0, bySample = 0, byBand = 0] = strides;
  const ordered = data.slice() as T;
  let to = 0;
  for (let line = 0; line < lines; line += 1) {
    for (let sample = 0; sample < samples; sample += 1) {
      const from = line * byLine + sample * bySample;
      for (let band = 0; band < bands; band += 1, to += 1) ordered[to] = data[from + band * byBand]!;
    }
  }
  return ordered;
}
