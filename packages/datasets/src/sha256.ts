import { DataError } from "@hekla/tensor/errors";

/** SHA-256 of `bytes` as 64 hexadecimal digits, by the platform's own implementation. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const subtle = globalThis.crypto?.subtle;
  if (!subtle) {
    throw new DataError(
      "sha256: cannot check the data, got no crypto.subtle, expected Node 20 or a page served over https or from localhost",
    );
  }
  const digest = new Uint8Array(await subtle.digest("SHA-256", asBufferSource(bytes)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Platform calls take views of plain memory only; a view of shared memory is copied. */
export function asBufferSource(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
}
