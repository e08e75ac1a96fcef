import type { Conv2DRoutine } from "@hekla/tensor";
import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { i32Locals, pushAddress, roundUp, setThreadScratch } from "../gemm/address.js";
import { setClipped } from "../gemm/block-shape.js";
import { tileColumns, tileRows } from "../gemm/micro-kernel.js";
import { type Kernel, type KernelParams, kernelFunction, splitRange } from "../kernel.js";
import { imageStrides } from "./plain-convolution.js";
import { channelsLastStager } from "./stage-channels-last.js";
import { stridedPanelKernel } from "./strided-panel.js";
import {
  type Filtering,
  filteringOf,
  type LineMap,
  outputs as tile,
  transformInput,
  transformOutput,
  transformSquare,
  transformTaps,
} from "./winograd-transforms.js";

/** The batch is summed in at most so many parts, each by one thread, and in no more than fit this many bytes. */
const mostParts = 16;
const mostPartBytes = 1 << 24;
/** Tiles that are transformed before they are multiplied: sums are loaded and stored once for so many. */
const wantedTiles = 48;

/** One factor: its tiles lie as `[products][tiles][stride]`. */
interface Side {
  readonly channels: number;
  readonly stride: number;
  readonly start: number;
  /** Bytes of the tap in the result that a channel stands for. */
  readonly resultBytes: number;
}

/**
 * The kernel gradient by Winograd's minimal filtering: the taps are the outputs of a filtering by tiles of 4x4 output
 * gradients. Sums over tiles stay in the products' space.
 */
export function emitWinogradKernelGradient(
  module: ModuleBuilder,
  routine: Conv2DRoutine,
  offsets: readonly number[],
): Kernel {
  const { window, filters } = routine;
  const { batch, channels, outputSize, inputSize, dataFormat } = window;
  const filtering = filteringOf(module, window.windowSize[0]);
  const { taps } = filtering;
  const products = filtering.size ** 2;
  const [tilesY, tilesX] = [Math.ceil(outputSize[0] / tile), Math.ceil(outputSize[1] / tile)];
  const imageTiles = tilesY * tilesX;
  const inputSides = [tilesY * tile + taps - 1, tilesX * tile + taps - 1] as const;
  const gradientSides = [tilesY * tile, tilesX * tile] as const;
  const pairBytes = products * roundUp(channels, tileColumns) * roundUp(filters, tileColumns) * 4;
  const wantedParts = Math.min(batch, mostParts, Math.max(1, Math.floor(mostPartBytes / pairBytes)));
  const partImages = Math.ceil(batch / wantedParts);
  const parts = Math.ceil(batch / partImages);
  const images = Math.min(partImages, Math.max(1, Math.floor(wantedTiles / imageTiles)));

  const inputBytes = roundUp(inputSides[0] * inputSides[1] * channels * 4, 64);
  const gradientStart = inputBytes;
  const stagedBytes = gradientStart + roundUp(gradientSides[0] * gradientSides[1] * filters * 4, 64);
  const side = (count: number, start: number, resultBytes: number): Side => ({
    channels: count,
    stride: roundUp(count, tileColumns),
    start,
    resultBytes,
  });
  const input = side(channels, stagedBytes, taps * taps * 4);
  const tilesBytes = ({ stride }: Side) => images * imageTiles * stride * 4;
  const gradient = side(filters, stagedBytes + products * tilesBytes(input), channels * taps * taps * 4);
  const bytesPerThread = roundUp(gradient.start + products * tilesBytes(gradient), 64);
  // Rows come in tiles of 4, columns in panels of 8: the sides take the roles that waste less.
  const waste = (rows: number, columns: number) =>
    Math.ceil(rows / tileRows) * Math.ceil(columns / tileColumns);
  const [rows, columns] =
    waste(filters, channels) < waste(channels, filters) ? [gradient, input] : [input, gradient];
  const rowTiles = Math.ceil(rows.channels / tileRows);
  const sumBytes = rowTiles * tileRows * columns.stride * 4;
  const partBytes = products * sumBytes;

  const panel = stridedPanelKernel(module, {
    columns: imageTiles,
    columnBytes: columns.stride * 4,
    rowBytes: imageTiles * columns.stride * 4,
    aBytes: rows.stride * 4,
  });
  const stageInput = channelsLastStager(module, window, inputSides);
  const gradientWindow = {
    ...window,
    channels: filters,
    inputSize: outputSize,
    padding: [
      [0, 0],
      [0, 0],
    ] as const,
  };
  const stageGradient = channelsLastStager(module, gradientWindow, gradientSides);

  const sums = kernelFunction(module, `${routine.name} winograd`, 2, 1, (f, params) => {
    const [own, part, end, partFirst, partCount, first, count, image, zero] = i32Locals(f, 9);
    const [from, to, product, at, gradientImage, accumulate] = i32Locals(f, 6);
    setThreadScratch(f, params, parts * partBytes, bytesPerThread, own);
    f.get(own).i32(0).i32(bytesPerThread).fillMemory();
    pushAddress(f, own, [1, gradientStart]).set(gradientImage);
    splitRange(f, params, parts, 1, part, end);
    f.forRange(part, part, end, 1, () => {
      f.get(part).i32(partImages).emit("i32.mul").set(partFirst);
      setClipped(f, partFirst, partImages, batch, partCount);
      f.forRange(first, 0, partCount, images, () => {
        f.i32(images).set(count);
        f.get(partCount, first).emit("i32.sub").get(count);
        f.get(partCount, first).emit("i32.sub").get(count).emit("i32.lt_s", "select").set(count);
        f.forRange(image, 0, count, 1, () => {
          const source = (operand: 0 | 1, bytes: number) => {
            pushAddress(
              f,
              params.operands[operand]!,
              [1, offsets[operand]! * 4],
              [partFirst, bytes],
              [first, bytes],
              [image, bytes],
            );
            f.set(from);
          };
          source(0, imageStrides(dataFormat, channels, inputSize).batch);
          stageInput(f, own, from, zero);
          source(1, imageStrides(dataFormat, filters, outputSize).batch);
          stageGradient(f, gradientImage, from, zero);
          pushAddress(f, own, [1, input.start], [image, imageTiles * input.stride * 4]).set(to);
          transformTiles(
            f,
            own,
            to,
            input,
            [tilesY, tilesX, inputSides[1]],
            filtering.size,
            filtering.size,
            transformInput(filtering),
            tilesBytes(input),
          );
          pushAddress(f, own, [1, gradient.start], [image, imageTiles * gradient.stride * 4]).set(to);
          transformTiles(
            f,
            gradientImage,
            to,
            gradient,
            [tilesY, tilesX, gradientSides[1]],
            tile,
            filtering.size,
            transformTaps(filtering),
            tilesBytes(gradient),
          );
        });
        f.get(first).set(accumulate);
        f.forRange(product, 0, products, 1, () =>
          f.forRange(at, 0, columns.channels, tileColumns, () => {
            pushAddress(f, own, [1, rows.start], [product, tilesBytes(rows)]);
            pushAddress(f, own, [1, columns.start], [product, tilesBytes(columns)], [at, 4]);
            pushAddress(f, params.scratch, [part, partBytes], [product, sumBytes], [at, 4]);
            f.get(count)
              .i32(columns.stride * 4)
              .i32(rowTiles)
              .get(accumulate)
              .call(panel);
          }),
        );
      });
    });
  });
  const total = kernelFunction(module, `${routine.name} winograd total`, 2, 1, (f, params) =>
    addParts(f, params, parts, partBytes),
  );
  const taken = kernelFunction(module, `${routine.name} winograd taps`, 2, 1, (f, params) =>
    transformSums(f, params, filtering, rows, columns, sumBytes),
  );
  const phases = parts > 1 ? [sums, total, taken] : [sums, taken];
  return { phases, scratchBytes: parts * partBytes, scratchBytesPerThread: bytesPerThread };
}

/** All tiles of a channels-last image at `from`, four channels at a time, to `[products][tiles][stride]` at `to`. */
function transformTiles(
  f: FunctionBuilder,
  from: Local,
  to: Local,
  { channels, stride }: Side,
  [tilesY, tilesX, width]: readonly [number, number, number],
  side: number,
  size: number,
  map: LineMap,
  productBytes: number,
): void {
  const [y, x, group, source, target] = i32Locals(f, 5);
  f.forRange(y, 0, tilesY, 1, () =>
    f.forRange(x, 0, tilesX, 1, () =>
      f.forRange(group, 0, channels, 4, () =>
        f.scratch("i32", (channel) => {
          // The last four channels may overlap those before: the same values are written again.
          f.get(group)
            .i32(channels - 4)
            .get(group)
            .i32(channels - 4)
            .emit("i32.lt_s", "select")
            .set(channel);
          pushAddress(f, from, [y, tile * width * channels * 4], [x, tile * channels * 4], [channel, 4]).set(
            source,
          );
          pushAddress(f, to, [y, tilesX * stride * 4], [x, stride * 4], [channel, 4]).set(target);
          transformSquare(
            f,
            side,
            side,
            size,
            map,
            (row, line) =>
              line.forEach((value, column) =>
                f
                  .get(source)
                  .load("v128.load", (row * width + column) * channels * 4)
                  .set(value),
              ),
            (row, column, push) => {
              f.get(target);
              push();
              f.store("v128.store", (row * size + column) * productBytes);
            },
          );
        }),
      ),
    ),
  );
}

/** Adds the other parts to the first, in order: line by line, since the places of a sum lie in each other's cache sets. */
function addParts(f: FunctionBuilder, params: KernelParams, parts: number, partBytes: number): void {
  const [at, end, sum] = i32Locals(f, 3);
  splitRange(f, params, partBytes, 64, at, end);
  f.forRange(at, at, end, 16, () => {
    f.get(params.scratch, at).emit("i32.add").tee(sum).get(sum).load("v128.load");
    for (let part = 1; part < parts; part++)
      f.get(sum)
        .load("v128.load", part * partBytes)
        .emit("f32x4.add");
    f.store("v128.store");
  });
}

/** Brings the sums back to the taps, four channels of the column side at a time. */
function transformSums(
  f: FunctionBuilder,
  params: KernelParams,
  filtering: Filtering,
  rows: Side,
  columns: Side,
  sumBytes: number,
): void {
  const { taps, size } = filtering;
  const [row, end, group, from, to] = i32Locals(f, 5);
  const value = f.local("v128");
  splitRange(f, params, rows.channels, 1, row, end);
  f.forRange(row, row, end, 1, () =>
    f.forRange(group, 0, columns.channels, 4, () =>
      f.scratch("i32", (channel) => {
        const last = columns.channels - 4;
        f.get(group).i32(last).get(group).i32(last).emit("i32.lt_s", "select").set(channel);
        pushAddress(f, params.scratch, [row, columns.stride * 4], [channel, 4]).set(from);
        pushAddress(f, params.outputs[0]!, [row, rows.resultBytes], [channel, columns.resultBytes]).set(to);
        transformSquare(
          f,
          size,
          size,
          taps,
          transformOutput(filtering, taps),
          (y, line) =>
            line.forEach((sum, x) =>
              f
                .get(from)
                .load("v128.load", (y * size + x) * sumBytes)
                .set(sum),
            ),
          (y, x, push) => {
            push();
            f.set(value);
            for (let lane = 0; lane < 4; lane++) {
              f.get(to, value).memoryLane(
                "v128.store32_lane",
                lane,
                lane * columns.resultBytes + (y * taps + x) * 4,
              );
            }
          },
        );
      }),
    ),
  );
}
