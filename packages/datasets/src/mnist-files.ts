import { DataError, type HostArray } from "@hekla/tensor";
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

/** Which of the four files is which. */
export interface MnistFiles<T> {
  readonly trainImages: T;
  readonly trainLabels: T;
  readonly testImages: T;
  readonly testLabels: T;
}

/** The four files as distributed since 1998 (LeCun, Cortes, Burges, "The MNIST database of handwritten digits"). */
export const MNIST_FILES: MnistFiles<MnistFile> = {
  trainImages: {
    name: "train-images-idx3-ubyte",
    packedBytes: 9912422,
    packedSha256: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    sha256: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
  },
  trainLabels: {
    name: "train-labels-idx1-ubyte",
    packedBytes: 28881,
    packedSha256: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    sha256: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
  },
  testImages: {
    name: "t10k-images-idx3-ubyte",
    packedBytes: 1648877,
    packedSha256: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    sha256: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
  },
  testLabels: {
    name: "t10k-labels-idx1-ubyte",
    packedBytes: 4542,
    packedSha256: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    sha256: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
  },
};

/** Bytes of one file, packed or not, and where they came from. */
export interface FoundFile {
  readonly bytes: Uint8Array;
  readonly place: string;
}

/** Reads images and labels of one split, checks that they belong together, and keeps the first `limit`. */
export async function readSplit(
  images: FoundFile,
  labels: FoundFile,
  sums: { readonly images: string; readonly labels: string } | undefined,
  limit: number,
  format: DigitFormat,
): Promise<DigitSplit> {
  const pixels = await readIdx(images.bytes, { name: images.place, ...(sums && { sha256: sums.images }) });
  const digits = await readIdx(labels.bytes, { name: labels.place, ...(sums && { sha256: sums.labels }) });
  checkPixels(pixels, images.place);
  checkDigits(digits, labels.place);
  const [count = 0, size = 0] = pixels.shape;
  if (count !== digits.shape[0]) {
    throw new DataError(
      `mnist: images and labels differ in number, got ${count} images in ${images.place} and ${digits.shape[0]} ` +
        `labels in ${labels.place}, expected one label for each image`,
    );
  }
  const kept = Math.min(count, limit);
  const bytes = (array: HostArray, length: number) => (array.data as Uint8Array).subarray(0, length);
  return digitSplit(bytes(pixels, kept * size * size), bytes(digits, kept), size, format);
}

function checkPixels(array: HostArray, place: string): void {
  const [, height, width] = array.shape;
  if (array.data instanceof Uint8Array && array.shape.length === 3 && height === 28 && width === 28) return;
  throw new DataError(
    `mnist: ${place} holds no MNIST images, got ${describe(array)}, expected uint8 [n,28,28]`,
  );
}

function checkDigits(array: HostArray, place: string): void {
  if (!(array.data instanceof Uint8Array) || array.shape.length !== 1) {
    throw new DataError(`mnist: ${place} holds no MNIST labels, got ${describe(array)}, expected uint8 [n]`);
  }
  const wrong = array.data.findIndex((digit) => digit > 9);
  if (wrong >= 0) {
    throw new DataError(
      `mnist: label ${wrong} in ${place} is no digit, got ${array.data[wrong]}, expected 0 to 9`,
    );
  }
}

function describe(array: HostArray): string {
  return `${array.data.constructor.name} [${array.shape.join(",")}]`;
}
