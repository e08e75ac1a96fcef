import type { Conv2DRoutine } from "@hekla/tensor";
import type { Features, FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import {
  i32Locals,
  pushAddress,
  pushMinimum,
  roundUp,
  setThreadScratch,
  unflatten,
} from "../gemm/address.js";
import { setClipped } from "../gemm/block-shape.js";
import { type Kernel, type KernelParams, kernelFunction, splitRange } from "../kernel.js";
import { type DirectProblem, directProblem } from "./direct-problem.js";
import { cyclesOf, multiplySteps, rowTile, sumsOf } from "./row-tile.js";
import { stageRows } from "./stage-rows.js";

/** From so many channels on, on both sides, the panels of the blocked core are full. */
export const enoughChannels = 8;
/** Taps of a window row are written out. */
export const mostTaps = 11;
/** Each thread packs the kernel for itself. */
const mostWeights = 8192;
/** A chunk's padded rows stay in the L2 cache. */
export const wantedBytes = 1 << 18;
/** Small batches are cut into bands for the threads, of so many pixels at least. */
const wantedChunks = 16;
const fewestPixels = 64;

/** Results of a register tile; vectors lie along the columns or, where channels are neighbours, along the channels. */
interface Tile {
  readonly along: "columns" | "channels";
  readonly channels: number;
  readonly rows: number;
  readonly columns: number;
}

interface Plan {
  readonly problem: DirectProblem;
  readonly tile: Tile;
  readonly bands: number;
  readonly bandRows: number;
  /** Size of the padded band: `[rows][source channels][columns]`. */
  readonly staged: readonly [number, number];
}

/** Bands of equal length, of which the last is at least a tile high. */
export function bandsOf(
  height: number,
  wanted: number,
  fewest: number,
): readonly [bands: number, rows: number] {
  for (let bands = Math.min(wanted, Math.floor(height / fewest)); bands > 1; bands--) {
    const rows = Math.ceil(height / bands);
    if (rows * (bands - 1) + fewest <= height) return [bands, rows];
  }
  return [1, height];
}

/** The tile that takes the fewest cycles: two products, or two loads, at a time. */
function chooseTile(
  { resultChannels: channels, resultSize: [height, width], channelsLast }: DirectProblem,
  mostSums: number,
): Tile | undefined {
  const candidates: Tile[] = [];
  if (channelsLast && channels >= 4) {
    for (let vectors = 1; vectors <= mostSums; vectors++)
      for (let columns = 1; columns * vectors <= mostSums; columns++)
        candidates.push({ along: "channels", channels: 4 * vectors, rows: 1, columns });
  } else {
    for (let count = 1; count <= mostSums; count++)
      for (let rows = 1; rows * count <= mostSums; rows++)
        for (let vectors = 1; vectors * rows * count <= mostSums; vectors++)
          candidates.push({ along: "columns", channels: count, rows, columns: 4 * vectors });
  }
  const cost = (tile: Tile) => {
    const tiles =
      Math.ceil(channels / tile.channels) * Math.ceil(height / tile.rows) * Math.ceil(width / tile.columns);
    const [splats, vectors] = factors(tile);
    return tiles * cyclesOf(splats, vectors);
  };
  return candidates
    .filter((tile) => tile.channels <= channels && tile.rows <= height && tile.columns <= width)
    .sort((a, b) => cost(a) - cost(b))[0];
}

/** Floats that are spread, and vectors, of one step. */
const factors = ({ along, channels, rows, columns }: Tile): readonly [number, number] =>
  along === "columns" ? [channels, (rows * columns) / 4] : [columns, channels / 4];

function planOf(routine: Conv2DRoutine, features: Features): Plan | undefined {
  const problem = directProblem(routine);
  const { batch, sourceChannels, resultChannels, resultSize, taps, strides, spread, dilation, origin } =
    problem;
  const [height, width] = resultSize;
  const tile = chooseTile(problem, sumsOf(features));
  const fits =
    tile &&
    Math.min(sourceChannels, resultChannels) < enoughChannels &&
    [...strides, ...spread, ...dilation].every((step) => step === 1) &&
    origin.every((place) => place >= 0) &&
    taps[1] <= mostTaps &&
    sourceChannels * taps[0] * taps[1] * roundUp(resultChannels, tile.channels) <= mostWeights;
  if (!fits) return undefined;
  const rowBytes = sourceChannels * (width + taps[1] - 1) * 4;
  const wanted = Math.max(
    Math.min(Math.ceil(wantedChunks / batch), Math.floor((height * width) / fewestPixels)),
    Math.ceil(height / Math.max(1, Math.floor(wantedBytes / rowBytes) - taps[0] + 1)),
  );
  const [bands, bandRows] = bandsOf(height, wanted, tile.rows);
  const staged = [bandRows + taps[0] - 1, width + taps[1] - 1] as const;
  if (staged[0] * rowBytes > 4 * wantedBytes) return undefined;
  return { problem, tile, bands, bandRows, staged };
}

/** Whether either side has few channels, and windows step by 1. */
export const fewChannelsFit = (routine: Conv2DRoutine, features: Features): boolean =>
  planOf(routine, features) !== undefined;

/**
 * Convolution and input gradient with few channels on either side: no matrix of columns is packed. A tile of results stays
 * in registers while the window goes over a padded image `[rows][channels][columns]`, in which the rows of a window
 * follow each other at equal distances.
 */
export function emitFewChannels(
  module: ModuleBuilder,
  routine: Conv2DRoutine,
  offsets: readonly number[],
): Kernel {
  const plan = planOf(routine, module.features)!; // cast: asked for where it fits
  const { problem, tile, bands, bandRows, staged } = plan;
  const { batch, sourceChannels, resultChannels, resultSize, taps, channelsLast } = problem;
  const [height, width] = resultSize;
  const tiles = Math.ceil(resultChannels / tile.channels);
  const stagedStart = roundUp(tiles * tile.channels * sourceChannels * taps[0] * taps[1] * 4, 64);
  const stagedBytes = staged[0] * staged[1] * sourceChannels * 4;
  const bytesPerThread = roundUp(stagedStart + stagedBytes, 64);
  const multiply = multiplyBand(module, plan);
  const stage = stageRows(module, problem, staged);
  const main = kernelFunction(module, `${routine.name} few channels`, 2, 1, (f, params) => {
    const [own, chunk, end, image, band, padded, row, rows, from] = i32Locals(f, 9);
    setThreadScratch(f, params, 0, bytesPerThread, own);
    packWeights(f, params, plan, own, offsets[1]!);
    pushAddress(f, own, [1, stagedStart]).set(padded);
    const clear = () => f.get(padded).i32(0).i32(stagedBytes).fillMemory();
    clear();
    splitRange(f, params, batch * bands, 1, chunk, end);
    f.forRange(chunk, chunk, end, 1, () => {
      unflatten(f, chunk, [batch, bands], [image, band]);
      f.get(band).i32(bandRows).emit("i32.mul").set(row);
      setClipped(f, row, bandRows, height, rows);
      // The rows around a band are padding in one and image in the next.
      if (bands > 1) clear();
      pushAddress(f, params.operands[0]!, [1, offsets[0]! * 4], [image, problem.source.batch]).set(from);
      stage(f, padded, from, row);
      f.get(own, padded);
      pushAddress(
        f,
        params.outputs[0]!,
        [image, resultChannels * height * width * 4],
        [row, width * (channelsLast ? resultChannels : 1) * 4],
      );
      f.get(rows).call(multiply);
    });
  });
  return { phases: [main], scratchBytes: 0, scratchBytesPerThread: bytesPerThread };
}

/** The kernel as `[tiles][window rows][source channels][window columns][tile's channels]`; the last tile may overlap. */
function packWeights(
  f: FunctionBuilder,
  params: KernelParams,
  { problem, tile }: Plan,
  own: Local,
  offset: number,
): void {
  const { resultChannels, sourceChannels, taps, kernel } = problem;
  const [first, lane, y, channel, x, to] = i32Locals(f, 6);
  f.get(own).set(to);
  f.forRange(first, 0, resultChannels, tile.channels, () =>
    f.forRange(y, 0, taps[0], 1, () =>
      f.forRange(channel, 0, sourceChannels, 1, () =>
        f.forRange(x, 0, taps[1], 1, () =>
          f.forRange(lane, 0, tile.channels, 1, () => {
            f.get(to);
            pushAddress(
              f,
              params.operands[1]!,
              [1, offset * 4 + kernel.first],
              [() => pushMinimum(f, () => f.get(first), resultChannels - tile.channels), kernel.result],
              [lane, kernel.result],
              [channel, kernel.source],
              [y, kernel.row],
              [x, kernel.column],
            );
            f.load("f32.load").store("f32.store").increment(to, 4);
          }),
        ),
      ),
    ),
  );
}

/** `(kernel, padded, to, rows)`: the results of a band of `rows` rows, at least a tile's. */
function multiplyBand(module: ModuleBuilder, { problem, tile, staged }: Plan): number {
  const {
    sourceChannels,
    resultChannels,
    resultSize: [height, width],
    taps,
    channelsLast,
  } = problem;
  const rowBytes = sourceChannels * staged[1] * 4;
  const [channelBytes, columnBytes] = channelsLast ? [4, resultChannels * 4] : [height * width * 4, 4];
  const [splats, vectors] = factors(tile);
  const places = Array.from({ length: tile.rows * tile.columns }, (_, at) => at).map(
    (at) => [Math.floor(at / tile.columns), at % tile.columns] as const,
  );
  const along = tile.along === "columns";
  return module.function("few channels band", ["i32", "i32", "i32", "i32"], [], (f) => {
    const [kernel, padded, to, rows] = f.params as [Local, Local, Local, Local];
    const [y, x, row, column, channel, pixel, target, a, b, c] = i32Locals(f, 10);
    const end = f.local("i32");
    const pixels = {
      at: b,
      load: along ? "v128.load" : "v128.load32_splat",
      offsets: places.filter((_, at) => !along || at % 4 === 0).map(([r, c]) => r * rowBytes + c * 4),
      stepBytes: 4,
    } as const;
    const weights = {
      at: a,
      load: along ? "v128.load32_splat" : "v128.load",
      offsets: Array.from({ length: along ? splats : vectors }, (_, at) => at * (along ? 4 : 16)),
      stepBytes: tile.channels * 4,
    } as const;
    const [held, streamed] =
      pixels.offsets.length <= weights.offsets.length ? [pixels, weights] : [weights, pixels];
    const registers = rowTile(f, held.offsets.length, streamed.offsets.length);
    const sumOf = (pixel: number, weight: number) => {
      const [outer, inner] = held === pixels ? [pixel, weight] : [weight, pixel];
      return registers.sums[outer * streamed.offsets.length + inner]!;
    };
    f.forRange(y, 0, rows, tile.rows, () => {
      f.get(rows)
        .i32(tile.rows)
        .emit("i32.sub")
        .tee(row)
        .get(y)
        .get(row, y)
        .emit("i32.lt_s", "select")
        .set(row);
      f.forRange(x, 0, width, tile.columns, () => {
        pushMinimum(f, () => f.get(x), width - tile.columns).set(column);
        pushAddress(f, padded, [row, rowBytes], [column, 4]).set(pixel);
        pushAddress(f, to, [row, width * columnBytes], [column, columnBytes]).set(target);
        f.get(kernel).tee(a).set(end);
        f.forRange(channel, 0, resultChannels, tile.channels, () => {
          for (const sum of registers.sums) f.f32x4(0).set(sum);
          f.increment(end, sourceChannels * taps[0] * taps[1] * tile.channels * 4);
          f.get(pixel).set(b);
          f.loop((next) => {
            multiplySteps(f, module, registers, held, streamed, taps[1]);
            f.increment(b, staged[1] * 4);
            f.get(a)
              .i32(taps[1] * tile.channels * 4)
              .emit("i32.add")
              .tee(a)
              .get(end)
              .emit("i32.ne")
              .brIf(next);
          });
          pushAddress(f, target, [
            () => pushMinimum(f, () => f.get(channel), resultChannels - tile.channels),
            channelBytes,
          ]).set(c);
          for (let weight = 0; weight < weights.offsets.length; weight++)
            for (let at = 0; at < pixels.offsets.length; at++) {
              const [r, first] = places[along ? at * 4 : at]!;
              const sum = sumOf(at, weight);
              const offset = (r * width + first) * columnBytes;
              if (!along) f.get(c, sum).store("v128.store", offset + weight * 16);
              else if (columnBytes === 4) f.get(c, sum).store("v128.store", offset + weight * channelBytes);
              else
                for (let lane = 0; lane < 4; lane++)
                  f.get(c, sum).memoryLane(
                    "v128.store32_lane",
                    lane,
                    offset + lane * columnBytes + weight * 4,
                  );
            }
        });
      });
    });
  });
}
