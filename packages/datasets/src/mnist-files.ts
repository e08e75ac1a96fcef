import type { HostArray } from "@hekla/tensor";
import { DataError } from "@hekla/tensor/errors";
import { IMAGE_SIZE } from "./digit-image.js";
import { type DigitFormat, type DigitSplit, digitSplit } from "./digit-set.js";
import { readIdx } from "./idx.js";

/** One of the four files of MNIST. */
export interface MnistFile {
  /** Name without `.gz`. */
  readonly name: string;
  /** Size and SHA-256 of the packed file of the original distribution. */
  readonly packedBytes: number;
  readonly packedSha256: string;
  /** SHA-256 of the unpacked file. */
  readonly sha256: string;
}

/** The four files as distributed since 1998: images and labels to learn from, then to be judged by. */
export const MNIST_FILES: readonly MnistFile[] = [
  {
    name: "train-images-idx3-ubyte",
    packedBytes: 9912422,
    packedSha256: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    sha256: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
  },
  {
    name: "train-labels-idx1-ubyte",
    packedBytes: 28881,
    packedSha256: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    sha256: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
  },
  {
    name: "t10k-images-idx3-ubyte",
    packedBytes: 1648877,
    packedSha256: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    sha256: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
  },
  {
    name: "t10k-labels-idx1-ubyte",
    packedBytes: 4542,
    packedSha256: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    sha256: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
  },
];

/** Bytes of one file, packed or not. */
export interface FoundFile {
  readonly bytes: Uint8Array;
  /** Path or address, for errors. */
  readonly place: string;
  /** The folder or the mirror it came from. */
  readonly origin: string;
  /** SHA-256 of the unpacked file, if that is still to be checked. */
  readonly sha256?: string;
}

/** Reads images and labels of one split, checks that they belong together, and keeps the first `limit`. */
export async function readSplit(
  images: FoundFile,
  labels: FoundFile,
  limit: number,
  format: DigitFormat,
): Promise<DigitSplit> {
  const pixels = await readIdx(images.bytes, { name: images.place, sha256: images.sha256 });
  const digits = await readIdx(labels.bytes, { name: labels.place, sha256: labels.sha256 });
  checkPixels(pixels, images.place);
  checkDigits(digits, labels.place);
  const [count = 0] = pixels.shape;
  if (count !== digits.shape[0]) {
    throw new DataError(
      `mnist: images and labels differ in number, got ${count} images in ${images.place} and ${digits.shape[0]} ` +
        `labels in ${labels.place}, expected one label for each image`,
    );
  }
  const kept = Math.min(count, limit);
  const bytes = (array: HostArray, length: number) => (array.data as Uint8Array).subarray(0, length);
  return digitSplit(bytes(pixels, kept * IMAGE_SIZE * IMAGE_SIZE), bytes(digits, kept), format);
}

function checkPixels(array: HostArray, place: string): void {
  if (array.data instanceof Uint8Array && /^\d+,28,28$/.test(String(array.shape))) return;
  throw new DataError(`mnist: ${place} holds no digits, got ${describe(array)}, expected uint8 [n,28,28]`);
}

function checkDigits(array: HostArray, place: string): void {
  if (!(array.data instanceof Uint8Array) || array.shape.length !== 1) {
    throw new DataError(`mnist: ${place} holds no labels, got ${describe(array)}, expected uint8 [n]`);
  }
  const wrong = array.data.findIndex((digit) => digit > 9);
  if (wrong >= 0) {
    throw new DataError(`mnist: label ${wrong} in ${place}: got ${array.data[wrong]}, expected 0 to 9`);
  }
}

function describe(array: HostArray): string {
  return `${array.data.constructor.name} [${array.shape.join(",")}]`;
}
