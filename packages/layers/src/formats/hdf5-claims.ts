import type { ByteCursor, ByteFile } from "./byte-file.js";

/**
 * Bounds the work of reading a file that may lie: no two blocks of an HDF5 file overlap, so all that are read
 * together have at most the file's length. A block that is read twice stands in a circle.
 */
export class Claims {
  readonly #starts = new Set<number>();
  #left: number;

  /** @param most bytes that may be read, which are those of the file by default */
  constructor(
    readonly file: ByteFile,
    most = file.bytes.length,
  ) {
    this.#left = most;
  }

  /** Counts bytes as read. */
  charge(size: number, what: string): void {
    this.#left -= size;
    if (this.#left < 0)
      this.file.fail(`blocks overlap in ${what}`, "more bytes than the file has", "blocks apart");
  }

  /** A cursor over a block that has not been read so far. */
  take(offset: number, size: number, what: string): ByteCursor {
    const cursor = this.file.cursor(offset, size, what);
    if (this.#starts.has(offset))
      this.file.fail(`${what} stands in a circle`, `byte ${offset} again`, "a tree");
    this.#starts.add(offset);
    this.charge(size, what);
    return cursor;
  }
}
