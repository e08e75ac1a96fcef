/**
 * A field of a protocol buffers message: its number, and a whole number, text, raw bytes or messages
 * inside.
 */
export type Field = readonly [field: number, value: number | string | Uint8Array];

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}

const VARINT = 0;
const LENGTH_DELIMITED = 2;

/** The bytes of a message, which are also the value of a field that holds it. */
export function message(fields: readonly Field[]): Uint8Array<ArrayBuffer> {
  const parts = fields.flatMap(([field, value]): Uint8Array[] => {
    if (typeof value === "number")
      return [Uint8Array.from([...varint(field * 8 + VARINT), ...varint(value)])];
    const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
    return [Uint8Array.from([...varint(field * 8 + LENGTH_DELIMITED), ...varint(bytes.length)]), bytes];
  });
  const result = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    result.set(part, offset);
    offset += part.length;
  }
  return result;
}
