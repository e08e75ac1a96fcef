import { ByteWriter } from "../formats/byte-writer.js";

/** Writes messages of Protocol Buffers, field by field. Source: protobuf's encoding guide, wire types 0, 1, 2 and 5. */
export class ProtobufWriter {
  readonly #bytes = new ByteWriter();

  #varint(value: number): void {
    // By division: numbers may have more than the 32 bits of shifts.
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.#bytes.u8((rest % 128) | 128);
    this.#bytes.u8(rest);
  }

  /** A whole number of at least 0. */
  integer(field: number, value: number): this {
    this.#varint(field * 8);
    this.#varint(value);
    return this;
  }

  double(field: number, value: number): this {
    this.#varint(field * 8 + 1);
    this.#bytes.put(new Uint8Array(Float64Array.of(value).buffer));
    return this;
  }

  float(field: number, value: number): this {
    this.#varint(field * 8 + 5);
    this.#bytes.put(new Uint8Array(Float32Array.of(value).buffer));
    return this;
  }

  /** Many doubles in one field. */
  doubles(field: number, values: readonly number[]): this {
    return this.bytes(field, new Uint8Array(Float64Array.from(values).buffer));
  }

  bytes(field: number, value: Uint8Array): this {
    this.#varint(field * 8 + 2);
    this.#varint(value.length);
    this.#bytes.put(value);
    return this;
  }

  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  message(field: number, value: ProtobufWriter): this {
    return this.bytes(field, value.finish());
  }

  finish(): Uint8Array {
    return this.#bytes.finish();
  }
}
