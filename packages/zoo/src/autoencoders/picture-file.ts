import { DataError } from "@hekla/tensor";
import type { InputFile } from "../model.js";

/** A picture of bytes, pixel after pixel, row after row. */
export interface BytePicture {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** 1 grey, 3 red, green, blue. */
  readonly channels: 1 | 3;
}

/**
 * Reads a picture file: PNG of 8 bits a channel (grey or colour, with or without opacity, which is left out; not
 * interlaced), or binary PGM or PPM (P5, P6).
 * Source: PNG specification, third edition, sections 7 to 10; netpbm, pgm(5) and ppm(5).
 * @throws DataError that names the file if it is none of these, or cut short
 */
export async function readPictureFile({ name, bytes }: InputFile): Promise<BytePicture> {
  if (startsWith(bytes, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return readPng(name, bytes);
  if (startsWith(bytes, [0x50, 0x35])) return readNetpbm(name, bytes, 1);
  if (startsWith(bytes, [0x50, 0x36])) return readNetpbm(name, bytes, 3);
  throw new DataError(`${name}: not a picture that can be read, expected PNG, or PGM or PPM (P5, P6)`);
}

const startsWith = (bytes: Uint8Array, head: readonly number[]): boolean =>
  head.every((value, at) => bytes[at] === value);

function readNetpbm(name: string, bytes: Uint8Array, channels: 1 | 3): BytePicture {
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, 4096));
  const token = /\s*(?:#[^\n]*\n\s*)*(\d+)/y;
  token.lastIndex = 2;
  const next = () => Number(token.exec(text)?.[1] ?? Number.NaN);
  const [width, height, largest] = [next(), next(), next()];
  if (!(width * height > 0) || largest !== 255) {
    throw new DataError(
      `${name}: head does not fit, got ${width} x ${height}, largest value ${largest}, expected 255`,
    );
  }
  const from = token.lastIndex + 1;
  const length = width * height * channels;
  checkLength(name, bytes.length - from, length);
  return { data: Uint8Array.from(bytes.subarray(from, from + length)), width, height, channels };
}

function checkLength(name: string, got: number, expected: number): void {
  if (got < expected) throw new DataError(`${name}: cut short, got ${got} bytes, expected ${expected}`);
}

/** Channels in the file of each PNG color type that can be read. */
const pngChannels: Readonly<Record<number, number>> = { 0: 1, 2: 3, 4: 2, 6: 4 };
/** More than that is no picture for these networks, but a file that wants to fill the memory. */
const mostPixels = 1 << 24;

async function readPng(name: string, bytes: Uint8Array): Promise<BytePicture> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  checkLength(name, bytes.length, 33);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const [depth, type, interlaced] = [bytes[24]!, bytes[25]!, bytes[28]!];
  const inFile = pngChannels[type];
  if (depth !== 8 || inFile === undefined || interlaced !== 0 || !(width * height <= mostPixels)) {
    throw new DataError(
      `${name}: this kind of PNG is not read, got ${width} x ${height}, ${depth} bits, color type ${type}, ` +
        `interlace ${interlaced}, expected 8 bits, type 0, 2, 4 or 6, not interlaced`,
    );
  }
  const packed: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 8; at + 8 <= bytes.length; ) {
    const length = view.getUint32(at);
    checkLength(name, bytes.length - at - 12, length);
    if (startsWith(bytes.subarray(at + 4), [0x49, 0x44, 0x41, 0x54])) {
      packed.push(Uint8Array.from(bytes.subarray(at + 8, at + 8 + length)));
    }
    at += 12 + length;
  }
  const rows = await inflated(name, packed);
  checkLength(name, rows.length, height * (1 + width * inFile));
  unfilter(name, rows, width * inFile, height, inFile);
  const channels = inFile < 3 ? 1 : 3;
  const data = new Uint8Array(width * height * channels);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const row = Math.floor(pixel / width);
    const from = row * (1 + width * inFile) + 1 + (pixel % width) * inFile;
    data.set(rows.subarray(from, from + channels), pixel * channels);
  }
  return { data, width, height, channels };
}

async function inflated(name: string, parts: readonly Uint8Array<ArrayBuffer>[]): Promise<Uint8Array> {
  try {
    const stream = new Blob([...parts]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch (error) {
    throw new DataError(`${name}: broken PNG: ${(error as Error).message}`);
  }
}

/** Each byte was written as its difference from what its neighbours foretell. */
function unfilter(name: string, rows: Uint8Array, length: number, height: number, step: number): void {
  const stride = length + 1;
  for (let row = 0; row < height; row++) {
    const from = row * stride + 1;
    const filter = rows[from - 1]!;
    if (filter > 4) throw new DataError(`${name}: broken PNG: got filter ${filter}, expected 0 to 4`);
    for (let at = 0; at < length; at++) {
      const left = at < step ? 0 : rows[from + at - step]!;
      const above = row === 0 ? 0 : rows[from + at - stride]!;
      const corner = row === 0 || at < step ? 0 : rows[from + at - stride - step]!;
      const foretold = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter]!;
      rows[from + at]! += foretold;
    }
  }
}

function paeth(left: number, above: number, corner: number): number {
  const estimate = left + above - corner;
  const [toLeft, toAbove, toCorner] = [left, above, corner].map((value) => Math.abs(estimate - value)) as [
    number,
    number,
    number,
  ];
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}
