import type { ByteCursor } from "./byte-file.js";
import type { Claims } from "./hdf5-claims.js";

const none = new Uint8Array(0);

/**
 * The texts of variable length of a file, which stand in collections. Source: HDF5 file format specification
 * 3.0, III.E.
 */
export class GlobalHeap {
  readonly #collections = new Map<number, ReadonlyMap<number, Uint8Array>>();

  /** @param claims those of the whole file: a collection is read once */
  constructor(private readonly claims: Claims) {}

  #collection(address: number): ReadonlyMap<number, Uint8Array> {
    const known = this.#collections.get(address);
    if (known) return known;
    const what = "a heap of texts";
    const head = this.claims.file.cursor(address, 16, what);
    head.signature("GCOL");
    head.skip(4);
    const block = this.claims.take(address, head.u64(), what);
    block.skip(16);
    const objects = new Map<number, Uint8Array>();
    while (block.left >= 16) {
      const index = block.u16();
      block.skip(6);
      const size = block.u64();
      if (index === 0) break;
      const start = block.at;
      objects.set(index, block.take(size));
      block.align8(start);
    }
    this.#collections.set(address, objects);
    return objects;
  }

  /** The bytes that an element of 16 bytes stands for: a length, and an object of a collection. */
  read(element: ByteCursor, claims: Claims): Uint8Array {
    const [length, address, index] = [element.u32(), element.u64(), element.u32()];
    if (length === 0 || address === 0) return none;
    const object = this.#collection(address).get(index);
    if (object === undefined || object.length < length) {
      const found = object ? `${object.length} bytes` : "none";
      return claims.file.fail(`${element.what}: a text is missing`, found, `${length} bytes`);
    }
    // Texts are not shared, so they have no more bytes than the file.
    claims.charge(length, element.what);
    return object.subarray(0, length);
  }
}
