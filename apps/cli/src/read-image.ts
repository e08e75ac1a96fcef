import { readFile } from "node:fs/promises";
import { readIdx } from "@hekla/datasets";
import { DataError } from "@hekla/tensor";
import type { GreyImage } from "@hekla/zoo";
import { decode } from "fast-png";

/**
 * Reads a picture: PNG, PGM (P2 or P5), or picture `index` of an idx file, packed by gzip or not.
 * @throws DataError naming the file when it is none of these or broken
 */
export async function readImage(file: string, index: number): Promise<GreyImage> {
  const bytes = await readFile(file);
  if (bytes[0] === 0x89 && bytes.toString("latin1", 1, 4) === "PNG") return readPng(file, bytes);
  if (bytes[0] === 0x50 && (bytes[1] === 0x32 || bytes[1] === 0x35)) return readPgm(file, bytes);
  const idx = bytes[0] === 0 && bytes[1] === 0;
  const gzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (idx || gzip) return readIdxPicture(file, bytes, index);
  throw new DataError(`${file}: unknown kind of picture, expected PNG, PGM or idx`);
}

/** Brightness by Rec. 601; what is transparent is taken as white paper. */
function readPng(file: string, bytes: Uint8Array): GreyImage {
  let png: ReturnType<typeof decode>;
  try {
    png = decode(bytes);
  } catch (error) {
    throw new DataError(`${file}: broken PNG: ${(error as Error).message}`);
  }
  const { width, height, channels, data, palette } = png;
  const full = png.depth === 16 ? 65535 : 2 ** png.depth - 1;
  const grey = Float32Array.from({ length: width * height }, (_, at) => {
    const color = palette
      ? (palette[data[at] as number] ?? []).map((value) => value / 255)
      : Array.from(data.subarray(at * channels, (at + 1) * channels), (value) => value / full);
    const hasAlpha = color.length === 2 || color.length === 4;
    const alpha = hasAlpha ? (color.at(-1) ?? 1) : 1;
    const [red = 0, green = red, blue = red] = color.length >= 3 ? color : color.slice(0, 1);
    return alpha * (0.299 * red + 0.587 * green + 0.114 * blue) + (1 - alpha);
  });
  return { data: grey, width, height };
}

/** Source: netpbm, pgm(5). */
function readPgm(file: string, bytes: Buffer): GreyImage {
  const text = bytes.toString("latin1");
  const token = /\s*(?:#[^\n]*\n\s*)*(\d+)/y;
  token.lastIndex = 2;
  const next = () => Number(token.exec(text)?.[1] ?? Number.NaN);
  const [width, height, full] = [next(), next(), next()];
  const count = width * height;
  if (!(count > 0) || !(full > 0 && full < 65536)) {
    throw new DataError(`${file}: broken PGM head, got ${width}x${height}, largest value ${full}`);
  }
  const wide = full > 255 ? 2 : 1;
  const start = token.lastIndex + 1;
  const binary = bytes[1] === 0x35;
  if (binary && bytes.length < start + count * wide) {
    throw new DataError(
      `${file}: PGM cut short, got ${bytes.length} bytes, expected ${start + count * wide}`,
    );
  }
  const value = (at: number) => (wide === 2 ? bytes.readUInt16BE(start + 2 * at) : (bytes[start + at] ?? 0));
  const data = Float32Array.from({ length: count }, (_, at) => (binary ? value(at) : next()) / full);
  if (data.some(Number.isNaN)) throw new DataError(`${file}: PGM cut short, expected ${count} values`);
  return { data, width, height };
}

async function readIdxPicture(file: string, bytes: Uint8Array, index: number): Promise<GreyImage> {
  const { data, shape } = await readIdx(bytes, { name: file });
  const [count = 0, height = 0, width = 0] = shape;
  if (shape.length !== 3 || !(data instanceof Uint8Array)) {
    throw new DataError(
      `${file}: holds no pictures, got shape [${shape}], expected bytes [n, height, width]`,
    );
  }
  if (index >= count) throw new DataError(`${file}: no picture ${index}, expected 0 to ${count - 1}`);
  const picture = data.subarray(index * width * height, (index + 1) * width * height);
  return { data: Float32Array.from(picture, (value) => value / 255), width, height };
}
