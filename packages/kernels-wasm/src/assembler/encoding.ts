/** Value types of the binary format. */
export const valueTypes = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b } as const;
export type ValueType = keyof typeof valueTypes;

/** Appends an unsigned LEB128 number. */
export function pushUnsigned(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
}

/** Appends a signed LEB128 number of any size. */
export function pushSigned(bytes: number[], value: bigint | number): void {
  if (typeof value === "bigint") {
    pushBigSigned(bytes, value);
    return;
  }
  let rest = value | 0;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)) {
      bytes.push(low);
      return;
    }
    bytes.push(low | 0x80);
  }
}

function pushBigSigned(bytes: number[], value: bigint): void {
  let rest = BigInt.asIntN(64, value);
  for (;;) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    if ((rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0)) {
      bytes.push(low);
      return;
    }
    bytes.push(low | 0x80);
  }
}

/** Appends an opcode: one byte, or a prefix byte and an unsigned number. */
export function pushOpcode(bytes: number[], code: number): void {
  if (code > 0xffff) {
    bytes.push(code >>> 16);
    pushUnsigned(bytes, code & 0xffff);
  } else {
    bytes.push(code);
  }
}

export function pushName(bytes: number[], name: string): void {
  const encoded = new TextEncoder().encode(name);
  pushUnsigned(bytes, encoded.length);
  bytes.push(...encoded);
}

// WebAssembly is little endian; so is every machine whose typed arrays can look into its memory.
const bytesOf = (values: Float32Array | Float64Array | Int32Array): Uint8Array =>
  new Uint8Array(values.buffer);

export const float32Bytes = (value: number): Uint8Array => bytesOf(Float32Array.of(value));

export const float64Bytes = (value: number): Uint8Array => bytesOf(Float64Array.of(value));

export const int32Bytes = (value: number): Uint8Array => bytesOf(Int32Array.of(value));
