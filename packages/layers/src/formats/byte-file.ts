import { DataError } from "@hekla/tensor";

export interface ReadOptions {
  /** Name of the file, for errors. */
  readonly source: string;
  /**
   * How many bytes the content may take in memory, which is checked before any are taken. Default 512 MiB.
   */
  readonly maxBytes?: number;
}

/** The most that a file's content may take in memory if nothing else is said. */
export const defaultMaxBytes = 512 * 1024 * 1024;

/** Throws the DataError of the file that is read. */
export type Fail = (problem: string, got: string | number, expected: string | number) => never;

/**
 * A file's bytes and its name for errors. Whoever reads goes through a cursor, so that nothing outside is
 * touched.
 */
export class ByteFile {
  constructor(
    readonly bytes: Uint8Array,
    readonly source: string,
  ) {}

  readonly fail: Fail = (problem, got, expected) => {
    throw new DataError(`load: ${this.source}: ${problem}, got ${got}, expected ${expected}`);
  };

  /** A cursor over `size` bytes from `offset` on; throws DataError where they are not in the file. */
  cursor(offset: number, size: number, what: string): ByteCursor {
    const { length } = this.bytes;
    if (!(offset >= 0 && size >= 0 && offset + size <= length)) {
      this.fail(`${what} is outside of the file`, `bytes ${offset} to ${offset + size}`, `at most ${length}`);
    }
    return new ByteCursor(this, offset, offset + size, what);
  }
}

/** Reads little-endian values one after the other, and never past its end. */
export class ByteCursor {
  readonly #view: DataView;

  constructor(
    readonly file: ByteFile,
    public at: number,
    readonly end: number,
    readonly what: string,
  ) {
    const { buffer, byteOffset, byteLength } = file.bytes;
    this.#view = new DataView(buffer, byteOffset, byteLength);
  }

  get left(): number {
    return this.end - this.at;
  }

  #step(size: number): number {
    if (size > this.left) {
      this.file.fail(`${this.what} is cut short at byte ${this.end}`, `${this.left} bytes`, size);
    }
    this.at += size;
    return this.at - size;
  }

  u8(): number {
    return this.#view.getUint8(this.#step(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#step(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#step(4), true);
  }

  /** An offset or a length of 8 bytes; throws DataError above 2^53. */
  u64(): number {
    const value = this.#view.getBigUint64(this.#step(8), true);
    if (value > Number.MAX_SAFE_INTEGER)
      this.file.fail(`${this.what} is broken`, `size ${value}`, "below 2^53");
    return Number(value);
  }

  /** An unsigned integer of 1, 2, 4 or 8 bytes. */
  unsigned(size: number): number {
    return size === 1 ? this.u8() : size === 2 ? this.u16() : size === 4 ? this.u32() : this.u64();
  }

  /** As `u64`; undefined where all bits are set, which HDF5 writes for "nowhere". */
  address(): number | undefined {
    const at = this.#step(8);
    if (this.#view.getBigUint64(at, true) === 0xffff_ffff_ffff_ffffn) return undefined;
    this.at = at;
    return this.u64();
  }

  /** The next `size` bytes, not copied. */
  take(size: number): Uint8Array {
    const at = this.#step(size);
    return this.file.bytes.subarray(at, at + size);
  }

  /** The next `size` bytes as a cursor of their own. */
  part(size: number, what = this.what): ByteCursor {
    const at = this.#step(size);
    return new ByteCursor(this.file, at, at + size, what);
  }

  skip(size: number): void {
    this.#step(size);
  }

  /** Moves on to a multiple of 8 bytes from `start`, or to the end where that is nearer. */
  align8(start: number): void {
    this.at = Math.min(start + Math.ceil((this.at - start) / 8) * 8, this.end);
  }

  /** Throws DataError where the next bytes are not these ASCII letters. */
  signature(letters: string): void {
    const found = String.fromCharCode(...this.take(letters.length));
    if (found !== letters) {
      this.file.fail(`${this.what} is broken`, `signature ${JSON.stringify(found)}`, JSON.stringify(letters));
    }
  }

  /** The next `size` bytes as UTF-8. */
  text(size: number): string {
    return utf8(this.take(size), this.file.fail, this.what);
  }
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Text of UTF-8 bytes; throws DataError where they are none. */
export function utf8(bytes: Uint8Array, fail: Fail, what: string): string {
  try {
    return decoder.decode(bytes);
  } catch {
    return fail(`${what} is no text`, "bytes that are no UTF-8", "UTF-8");
  }
}
