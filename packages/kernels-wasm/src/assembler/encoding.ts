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

const scratch = new DataView(new ArrayBuffer(8));

/** The bits of a float32 as an integer. */
export function float32Bits(value: number): number {
  scratch.setFloat32(0, value);
  return scratch.getInt32(0);
}

/** Appends the four bytes of an integer, the lowest first. */
export function pushInt32(bytes: number[], value: number): void {
  bytes.push(value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, value >>> 24);
}

/** Appends the eight bytes of a float64, the lowest first. */
export function pushFloat64(bytes: number[], value: number): void {
  scratch.setFloat64(0, value);
  pushInt32(bytes, scratch.getInt32(4));
  pushInt32(bytes, scratch.getInt32(0));
}
