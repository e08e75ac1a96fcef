import { packBits, packedLength, unpackBits } from "./packed-bits.js";

/** How observations are kept: as they are, or one bit a value where all are 0 or 1. */
export type ObservationStorage = "float32" | "bits";

/** Observations in numbered slots of one array. */
export class ObservationStore {
  readonly data: Float32Array | Uint8Array;
  /** Elements of `data` a slot. */
  readonly stride: number;

  constructor(
    slots: number,
    readonly size: number,
    storage: ObservationStorage,
  ) {
    this.stride = storage === "bits" ? packedLength(size) : size;
    this.data = new (storage === "bits" ? Uint8Array : Float32Array)(slots * this.stride);
  }

  /** Keeps `size` values of `source` that begin at `from`. */
  write(slot: number, source: Float32Array, from: number): void {
    const { data, size } = this;
    const at = slot * this.stride;
    if (data instanceof Uint8Array) packBits(source, from, size, data, at);
    else for (let k = 0; k < size; k++) data[at + k] = source[from + k]!;
  }

  /** Writes `size` values into `target` from `at` on. */
  read(slot: number, target: Float32Array, at: number): void {
    const { data, size } = this;
    const from = slot * this.stride;
    if (data instanceof Uint8Array) unpackBits(data, from, size, target, at);
    else for (let k = 0; k < size; k++) target[at + k] = data[from + k]!;
  }

  /** Takes over a slot of another store of the same kind. */
  copy(slot: number, other: ObservationStore, otherSlot: number): void {
    const { data, stride } = this;
    for (let k = 0; k < stride; k++) data[slot * stride + k] = other.data[otherSlot * stride + k]!;
  }
}
