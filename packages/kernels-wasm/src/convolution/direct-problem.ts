import type { Conv2DRoutine } from "@hekla/tensor";
import { imageStrides } from "./plain-convolution.js";

type Pair = readonly [number, number];

/**
 * A correlation that both the convolution and its input gradient are: the source is placed into a padded image,
 * element `i` of an axis at `origin + i * spread` (what falls outside is dropped, the rest is 0), and output `o` reads
 * padded places `o * stride + tap * dilation`.
 */
export interface DirectProblem {
  readonly batch: number;
  readonly sourceChannels: number;
  readonly resultChannels: number;
  readonly sourceSize: Pair;
  readonly resultSize: Pair;
  readonly taps: Pair;
  readonly origin: Pair;
  readonly spread: Pair;
  readonly strides: Pair;
  readonly dilation: Pair;
  /** Byte strides in memory. */
  readonly source: ReturnType<typeof imageStrides>;
  readonly channelsLast: boolean;
  /** Byte strides of the kernel as this correlation reads it, and the place of its first tap. */
  readonly kernel: {
    readonly first: number;
    readonly result: number;
    readonly source: number;
    readonly row: number;
    readonly column: number;
  };
}

export function directProblem({ name, window, filters }: Conv2DRoutine): DirectProblem {
  const { batch, channels, inputSize, outputSize, windowSize, strides, dilation, padding, dataFormat } =
    window;
  const taps = windowSize[0] * windowSize[1];
  const shared = { batch, taps: windowSize, dilation, channelsLast: dataFormat === "channelsLast" };
  if (name === "conv2d") {
    return {
      ...shared,
      sourceChannels: channels,
      resultChannels: filters,
      sourceSize: inputSize,
      resultSize: outputSize,
      origin: [padding[0][0], padding[1][0]],
      spread: [1, 1],
      strides,
      source: imageStrides(dataFormat, channels, inputSize),
      kernel: { first: 0, result: channels * taps * 4, source: taps * 4, row: windowSize[1] * 4, column: 4 },
    };
  }
  // dx[i] = sum of dy[o] * kernel[tap] where o * stride + tap * dilation - padding = i: dy spread out by the stride,
  // padded by what is left of the window, read with the taps in reverse order.
  const origin = (axis: 0 | 1) => (windowSize[axis] - 1) * dilation[axis] - padding[axis][0];
  return {
    ...shared,
    sourceChannels: filters,
    resultChannels: channels,
    sourceSize: outputSize,
    resultSize: inputSize,
    origin: [origin(0), origin(1)],
    spread: strides,
    strides: [1, 1],
    source: imageStrides(dataFormat, filters, outputSize),
    kernel: {
      first: (taps - 1) * 4,
      result: taps * 4,
      source: channels * taps * 4,
      row: -windowSize[1] * 4,
      column: -4,
    },
  };
}

/** A chunk of work: whole images where they are small, else a band of rows of one image. */
export interface Chunking {
  readonly images: number;
  readonly rows: number;
  readonly bands: number;
  readonly chunks: number;
  /** Size of the padded image a chunk reads. */
  readonly staged: Pair;
}

/** Result pixels of a chunk: its block of results and its staged source stay in the L2 cache. */
const wantedPixels = 512;
/** Small batches are cut into bands for the threads, of so many pixels at least. */
const wantedChunks = 16;
const fewestPixels = 64;

/** Cuts the work by shape alone; small images are taken together where that fills the panels of 8 columns better. */
export function chunkProblem(problem: DirectProblem): Chunking {
  const {
    batch,
    resultSize: [height, width],
    taps,
    strides,
    dilation,
  } = problem;
  const pixels = height * width;
  let images = 1;
  let wantedBands = Math.ceil(wantedChunks / batch);
  if (pixels > 2 * wantedPixels) {
    wantedBands = Math.max(wantedBands, Math.ceil(height / Math.ceil(wantedPixels / width)));
  } else {
    const fill = (count: number) => (count * pixels) / (Math.ceil((count * pixels) / 8) * 8);
    const most = Math.max(1, Math.min(Math.floor(wantedPixels / pixels), Math.floor(batch / 16)));
    for (let count = 2; count <= most; count++) if (fill(count) > fill(images) + 1e-9) images = count;
  }
  const mostBands = Math.max(1, Math.min(height, Math.floor(pixels / fewestPixels)));
  const rows = Math.ceil(height / Math.min(wantedBands, mostBands));
  const bands = Math.ceil(height / rows);
  return {
    images,
    rows,
    bands,
    chunks: Math.ceil(batch / images) * bands,
    staged: [
      (rows - 1) * strides[0] + (taps[0] - 1) * dilation[0] + 1,
      (width - 1) * strides[1] + (taps[1] - 1) * dilation[1] + 1,
    ],
  };
}
