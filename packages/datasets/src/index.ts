export { DataNotFoundError } from "./data-not-found-error.js";
export { Dataset, type MapOptions, type ShuffleOptions, type WindowOptions } from "./dataset.js";
export type { DigitFormat, DigitSet, DigitSplit } from "./digit-set.js";
export type { DownloadProgress } from "./download.js";
export { environmentDataDir } from "./file-place.js";
export { type ReadIdxOptions, readIdx } from "./idx.js";
export { MNIST_MIRRORS, type MnistOptions, mnist } from "./mnist.js";
export type { Batch } from "./sample-tree.js";
export {
  type SyntheticDigitsOptions,
  type SyntheticMnistOptions,
  syntheticDigits,
  syntheticMnist,
} from "./synthetic-digits.js";
