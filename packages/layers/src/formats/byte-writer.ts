/** Bytes that grow as values are written to them, little-endian. */
export class ByteWriter {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  #grow(size: number): number {
    const at = this.#length;
    this.#length += size;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }

  u8(...values: readonly number[]): this {
    return this.put(values);
  }

  u16(...values: readonly number[]): this {
    for (const value of values) {
      const at = this.#grow(2);
      this.#view.setUint16(at, value, true);
    }
    return this;
  }

  u32(...values: readonly number[]): this {
    for (const value of values) {
      const at = this.#grow(4);
      this.#view.setUint32(at, value, true);
    }
    return this;
  }

  u64(...values: readonly number[]): this {
    for (const value of values) {
      const at = this.#grow(8);
      this.#view.setBigUint64(at, BigInt(value), true);
    }
    return this;
  }

  put(bytes: ArrayLike<number>): this {
    const at = this.#grow(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  ascii(text: string): this {
    return this.put([...text].map((letter) => letter.charCodeAt(0)));
  }

  zeros(count: number): this {
    this.#grow(count);
    return this;
  }

  /** Zeros up to a multiple of 8 bytes. */
  align8(): this {
    return this.zeros(-this.#length & 7);
  }

  /** Writes 8 bytes over earlier ones. */
  patch64(at: number, value: number): void {
    this.#view.setBigUint64(at, BigInt(value), true);
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}
