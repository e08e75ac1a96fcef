import { crc32 } from "../formats/checksums.js";

/** Bytes through the platform's zlib; there in Node and in browsers. */
async function deflate(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes as BlobPart]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  for (let k = 0; k < 4; k++) bytes[4 + k] = type.charCodeAt(k);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

/** PNG's color types by the number of channels: grey, grey with alpha, RGB, RGBA. */
const colorTypes: readonly number[] = [0, 4, 2, 6];

/**
 * A picture of `[height, width, channels]` bytes, 1 to 4 channels, as PNG. Source: W3C, Portable Network Graphics.
 */
export async function encodePng(
  pixels: Uint8Array,
  height: number,
  width: number,
  channels: number,
): Promise<Uint8Array> {
  const stride = width * channels;
  // Before each line stands its filter: none.
  const lines = new Uint8Array(height * (stride + 1));
  for (let y = 0; y < height; y++)
    lines.set(pixels.subarray(y * stride, (y + 1) * stride), y * (stride + 1) + 1);
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header[8] = 8;
  header[9] = colorTypes[channels - 1]!;
  const parts = [
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", header),
    chunk("IDAT", await deflate(lines)),
    chunk("IEND", new Uint8Array(0)),
  ];
  const bytes = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
