import type { Conv2DRoutine } from "@hekla/tensor";
import type { Features } from "../assembler/index.js";
import { roundUp } from "../gemm/address.js";
import { tileColumns, tileRows } from "../gemm/micro-kernel.js";
import { bandsOf, enoughChannels, mostTaps, wantedBytes } from "./few-channels.js";
import { imageStrides } from "./plain-convolution.js";
import { cyclesOf } from "./row-tile.js";

type Pair = readonly [number, number];

/** The pictures are summed in at most so many parts, each by one thread, and in no more than fit this many bytes. */
const mostParts = 16;
const mostPartBytes = 1 << 24;
/** Sums of a tile: as many as V8 keeps in registers where both factors are vectors, with relaxed SIMD and without. */
const tileSums = { relaxed: 8, plain: 6 };
/** Speed of a full tile here, measured, as a part of that of the blocked core. */
const rate = 0.85;

/** One factor: its channels, its size, its operand and places in memory. */
export interface Side {
  readonly operand: 0 | 1;
  readonly channels: number;
  readonly size: Pair;
  readonly strides: ReturnType<typeof imageStrides>;
}

/** Neighbouring taps of a window row that share a register tile with `units` channels, or vectors of channels. */
export interface TapGroup {
  readonly firstTap: number;
  readonly taps: number;
  readonly units: number;
  readonly tiles: number;
  /** Bytes before its sums: `[tiles][window rows][units][taps]` vectors. */
  readonly start: number;
}

/** The cheapest groups that a window row of `width` taps falls into; none where there are fewer channels than lanes. */
function tapGroups(width: number, channels: number, lanes: number, mostSums: number) {
  type Groups = { cycles: number; groups: readonly Pick<TapGroup, "taps" | "units" | "tiles">[] };
  const best: Groups[] = [{ cycles: 0, groups: [] }];
  for (let left = 1; left <= width; left++) {
    best[left] = { cycles: Number.POSITIVE_INFINITY, groups: [] };
    for (let taps = 1; taps <= Math.min(left, mostSums); taps++)
      for (let units = 1; units * taps <= mostSums && units * lanes <= channels; units++) {
        const tiles = Math.ceil(channels / (units * lanes));
        const before = best[left - taps]!;
        const cycles = before.cycles + tiles * cyclesOf(units, taps);
        if (cycles < best[left]!.cycles)
          best[left] = { cycles, groups: [...before.groups, { taps, units, tiles }] };
      }
  }
  return best[width]!;
}

/**
 * The side with fewer channels is staged into a padded image and read under each tap, the other one is read in place: the
 * input and the gradient of the output change their roles if the taps are turned around.
 */
export function planOf({ window, filters }: Conv2DRoutine, features: Features) {
  const { batch, channels, inputSize, outputSize, windowSize, strides, dilation, padding, dataFormat } =
    window;
  const sideOf = (operand: 0 | 1, count: number, size: Pair): Side => ({
    operand,
    channels: count,
    size,
    strides: imageStrides(dataFormat, count, size),
  });
  const input = sideOf(0, channels, inputSize);
  const gradient = sideOf(1, filters, outputSize);
  const turned = filters < channels;
  const [few, many] = turned ? [gradient, input] : [input, gradient];
  const [height, width] = many.size;
  const originOf = (axis: 0 | 1) => (turned ? windowSize[axis] - 1 - padding[axis][0] : padding[axis][0]);
  const origin = [originOf(0), originOf(1)] as const;
  /** Vectors are four columns, or four channels where those are neighbours. */
  const along = dataFormat === "channelsFirst" || many.channels === 1 ? "columns" : "channels";
  const lanes = along === "columns" ? 1 : 4;
  const windowRows = windowSize[0] * few.channels;
  const groups: TapGroup[] = [];
  let partBytes = 0;
  let firstTap = 0;
  const chosen = tapGroups(
    windowSize[1],
    many.channels,
    lanes,
    tileSums[features.relaxedSimd ? "relaxed" : "plain"],
  );
  for (const { taps, units, tiles } of chosen.groups) {
    groups.push({ firstTap, taps, units, tiles, start: partBytes });
    partBytes += tiles * windowRows * units * taps * 16;
    firstTap += taps;
  }
  const rowBytes = few.channels * (width + windowSize[1] - 1) * 4;
  // How much of the registers and lanes is put to use, here and by the panels of 8 taps and tiles of 4 filters elsewhere.
  const part = (count: number, grain: number) => count / roundUp(count, grain);
  const fill =
    ((windowSize[1] * many.channels) / lanes / chosen.cycles) * (along === "columns" ? part(width, 4) : 1);
  const blockedFill = part(windowSize[1] * channels, tileColumns) * part(filters, tileRows);
  const fits =
    fill * rate >= blockedFill &&
    groups.length > 0 &&
    few.channels < enoughChannels &&
    [...strides, ...dilation].every((step) => step === 1) &&
    origin.every((place) => place >= 0) &&
    (along === "channels" || width >= 4) &&
    windowSize[1] <= mostTaps &&
    partBytes <= mostPartBytes;
  if (!fits) return undefined;
  const wanted = Math.max(
    Math.ceil(mostParts / batch),
    Math.ceil(height / Math.max(1, Math.floor(wantedBytes / rowBytes) - windowSize[0] + 1)),
  );
  const [bands, bandRows] = bandsOf(height, wanted, 1);
  const pieces = batch * bands;
  const partPieces = Math.ceil(pieces / Math.min(pieces, mostParts, Math.floor(mostPartBytes / partBytes)));
  return {
    few,
    many,
    turned,
    origin,
    along,
    lanes,
    windowRows,
    taps: windowSize,
    groups,
    partBytes,
    bands,
    bandRows,
    pieces,
    partPieces,
    parts: Math.ceil(pieces / partPieces),
    staged: [bandRows + windowSize[0] - 1, width + windowSize[1] - 1],
    channelsLast: dataFormat === "channelsLast",
  } as const;
}
export type GradientPlan = NonNullable<ReturnType<typeof planOf>>;

/** Whether either side has few channels, and windows step by 1. */
export const fewChannelsGradientFits = (routine: Conv2DRoutine, features: Features): boolean =>
  planOf(routine, features) !== undefined;
