import { DataError } from "@hekla/tensor/errors";
import { asBufferSource } from "./sha256.js";

/** Whether `bytes` start like a gzip file. Source: RFC 1952, section 2.3.1. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Unpacks a gzip file; throws DataError, with `name` in it, if it is cut short or damaged. */
export async function gunzip(bytes: Uint8Array, name: string): Promise<Uint8Array> {
  const unpacker = new DecompressionStream("gzip");
  const unpacked = new Response(unpacker.readable).arrayBuffer();
  const writer = unpacker.writable.getWriter();
  // A damaged file is reported by both ends; the reading end below is the one that is awaited.
  writer.write(asBufferSource(bytes)).catch(() => {});
  writer.close().catch(() => {});
  try {
    return new Uint8Array(await unpacked);
  } catch (cause) {
    throw new DataError(
      `readIdx: ${name} cannot be unpacked (${(cause as Error).message}), got ${bytes.length} bytes of damaged or truncated gzip, ` +
        "expected a whole gzip file",
    );
  }
}
