const littleEndianHost = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * Turns elements of `itemSize` bytes from big- or little-endian into the machine's order, or back, in
 * place.
 */
export function swapBytes(bytes: Uint8Array, itemSize: number, bigEndian: boolean): void {
  if (bigEndian !== littleEndianHost || itemSize === 1) return;
  for (let at = 0; at < bytes.length; at += itemSize) bytes.subarray(at, at + itemSize).reverse();
}
