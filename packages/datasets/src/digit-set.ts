import type { HostArray } from "@hekla/tensor";
import { IMAGE_SIZE } from "./digit-image.js";

/** Pictures and their labels, row i of one belonging to row i of the other. */
export interface DigitSplit {
  /** Pixels `[n, 1, 28, 28]`: float32 in 0..1, or uint8 in 0..255 on request. */
  readonly x: HostArray;
  /** Labels: one-hot float32 `[n, 10]`, or int32 `[n]` on request. */
  readonly y: HostArray;
}

/** Digits to learn from and digits to be judged by, and where they came from. */
export interface DigitSet {
  readonly train: DigitSplit;
  readonly test: DigitSplit;
  readonly source: string;
}

/** In what form pictures and labels are wanted. */
export interface DigitFormat {
  /** `"float32"`: 0..1 (default); `"uint8"`: 0..255 as stored. */
  readonly pixels?: "float32" | "uint8";
  /** `"oneHot"`: float32 `[n, 10]` (default); `"int32"`: the digits themselves, `[n]`. */
  readonly labels?: "oneHot" | "int32";
}

const CLASSES = 10;

/** Brings raw pixels `[n, 28, 28]` and labels `[n]` into the wanted form. */
export function digitSplit(pixels: Uint8Array, labels: Uint8Array, format: DigitFormat): DigitSplit {
  const shape = [labels.length, 1, IMAGE_SIZE, IMAGE_SIZE];
  return {
    x: { data: format.pixels === "uint8" ? pixels : unitPixels(pixels), shape },
    y:
      format.labels === "int32"
        ? { data: Int32Array.from(labels), shape: [labels.length] }
        : { data: oneHot(labels), shape: [labels.length, CLASSES] },
  };
}

function unitPixels(pixels: Uint8Array): Float32Array {
  const level = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);
  const values = new Float32Array(pixels.length);
  for (let i = 0; i < pixels.length; i += 1) values[i] = level[pixels[i]!]!;
  return values;
}

function oneHot(labels: Uint8Array): Float32Array {
  const values = new Float32Array(labels.length * CLASSES);
  for (let i = 0; i < labels.length; i += 1) values[i * CLASSES + labels[i]!] = 1;
  return values;
}
