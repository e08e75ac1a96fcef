import { asBufferSource } from "../sha256.js";

/**
 * Unpacks a gzip file or a zlib stream (`"deflate"`), but stops where there would be more than `limit` bytes.
 *
 * @returns undefined if there are more
 * @throws what the platform throws for damaged bytes
 */
export async function unpackAtMost(
  format: "gzip" | "deflate",
  packed: Uint8Array,
  limit: number,
): Promise<Uint8Array | undefined> {
  const unpacker = new DecompressionStream(format);
  const writer = unpacker.writable.getWriter();
  // Damaged bytes are reported by both ends; the reading end below is the one that is awaited.
  writer.write(asBufferSource(packed)).catch(() => {});
  writer.close().catch(() => {});
  const reader = unpacker.readable.getReader();
  const pieces: Uint8Array[] = [];
  let total = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    pieces.push(next.value);
    total += next.value.length;
    if (total > limit) {
      await reader.cancel().catch(() => {});
      return undefined;
    }
  }
  const content = new Uint8Array(total);
  let at = 0;
  for (const piece of pieces) {
    content.set(piece, at);
    at += piece.length;
  }
  return content;
}
