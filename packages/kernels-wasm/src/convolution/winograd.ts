import type { Conv2DRoutine } from "@hekla/tensor";
import type { ModuleBuilder } from "../assembler/index.js";
import {
  i32Locals,
  pushAddress,
  pushMinimum,
  roundUp,
  setThreadScratch,
  unflatten,
} from "../gemm/address.js";
import { setClipped } from "../gemm/block-shape.js";
import { copyRows } from "../gemm/copy-rows.js";
import { tileColumns, tileRows } from "../gemm/micro-kernel.js";
import { packTransposed } from "../gemm/pack.js";
import { type Kernel, kernelFunction, splitRange } from "../kernel.js";
import { type Chunking, type DirectProblem, directProblem } from "./direct-problem.js";
import { stageImage } from "./stage.js";
import { stridedPanelKernel } from "./strided-panel.js";
import { transformKernel } from "./winograd-kernel.js";
import { eachGroup, inputTiles, lanes, outputTiles } from "./winograd-tiles.js";
import { filteringOf, outputs } from "./winograd-transforms.js";

/** Below so many channels on either side the transforms cost more than they save. */
const fewestChannels = 8;
/** A kernel gradient keeps the sums of each pair of channels for each part of the batch; else a chunk reads all pairs. */
const mostPairs = { conv2d: 1 << 16, conv2dInputGradient: 1 << 16, conv2dKernelGradient: 1 << 14 };
/**
 * Tiles that a kernel gradient sums over at least. Plain sums of few products are that much more exact, and of fewer tiles
 * the transform of the sums is a good part of the work.
 */
const fewestTiles = 64;
/** Tiles of a chunk: their products lie in a thread's scratch, which is to stay in its caches. */
const mostTiles = 104;
/** Below this batch, images are cut into bands for the threads. */
const wantedChunks = 16;

/** Tiles of a picture along both axes; the last ones may lie partly outside. */
const tilesOf = ([height, width]: readonly [number, number], fewest: number) =>
  [Math.ceil(height / outputs), Math.max(fewest, Math.ceil(width / outputs))] as const;

/** Whether 3x3 or 5x5 windows that step by 1 come to at most half the products of the definition. */
export function winogradFits({ name, window, filters }: Conv2DRoutine): boolean {
  const { windowSize, strides, dilation, channels, inputSize, outputSize, batch } = window;
  const size = name === "conv2dInputGradient" ? inputSize : outputSize;
  const [tilesY, tilesX] = tilesOf(size, name === "conv2dKernelGradient" ? 1 : lanes);
  const [taps] = windowSize;
  return (
    (taps === 3 || taps === 5) &&
    windowSize[1] === taps &&
    [...strides, ...dilation].every((step) => step === 1) &&
    Math.min(channels, filters) >= fewestChannels &&
    channels * filters <= mostPairs[name] &&
    batch * tilesY * tilesX >= (name === "conv2dKernelGradient" ? fewestTiles : 1) &&
    2 * tilesY * tilesX * (taps + outputs - 1) ** 2 <= size[0] * size[1] * taps ** 2
  );
}

/** Cuts the work by shape alone: a few images, or a band of rows of tiles of one. */
function chunkTiles({ batch, resultSize, taps }: DirectProblem): Chunking & { tilesX: number } {
  const [tilesY, tilesX] = tilesOf(resultSize, lanes);
  const wantedBands = Math.max(Math.ceil(wantedChunks / batch), Math.ceil((tilesY * tilesX) / mostTiles));
  const leastRows = Math.min(tilesY, Math.ceil(tileColumns / tilesX));
  const bands = Math.ceil(tilesY / Math.max(leastRows, Math.ceil(tilesY / wantedBands)));
  const bandRows = Math.ceil(tilesY / bands);
  const tiles = tilesY * tilesX;
  const two = bands === 1 && tiles % tileColumns !== 0 && 2 * tiles <= mostTiles && batch > wantedChunks;
  const images = two ? 2 : 1;
  const rows = bandRows * outputs;
  return {
    images,
    rows,
    bands,
    chunks: Math.ceil(batch / images) * bands,
    staged: [rows + taps[0] - 1, tilesX * outputs + taps[1] - 1],
    tilesX,
  };
}

/** Convolution and input gradient by Winograd's minimal filtering: 4 to 6.25 times fewer products than the definition. */
export function emitWinograd(
  module: ModuleBuilder,
  routine: Conv2DRoutine,
  offsets: readonly number[],
): Kernel {
  const problem = directProblem(routine);
  const filtering = filteringOf(module, problem.taps[0]);
  const products = filtering.size ** 2;
  const { batch, sourceChannels, resultChannels, resultSize, channelsLast } = problem;
  const [height, width] = resultSize;
  const chunking = chunkTiles(problem);
  const { images, rows, bands, chunks, staged, tilesX } = chunking;
  const [tilesY] = tilesOf(resultSize, lanes);
  const bandRows = rows / outputs;
  const bandTiles = bandRows * tilesX;
  // An odd number of panels keeps the rows of one product out of each other's cache sets.
  const panels = Math.ceil((images * bandTiles) / tileColumns);
  const columns = (panels + (panels % 2 === 0 ? 1 : 0)) * tileColumns;
  const rowTiles = Math.ceil(resultChannels / tileRows);
  const blockWidth = tilesX * outputs;
  const direct = !channelsLast && blockWidth === width && tilesY * outputs === height;

  const kernelBytes = roundUp(products * rowTiles * tileRows * sourceChannels * 4, 64);
  const stagedPlane = staged[0] * staged[1] * 4;
  const inputStart = roundUp(sourceChannels * stagedPlane + 64, 64);
  const inputBytes = sourceChannels * columns * 4;
  const sumStart = inputStart + roundUp(products * inputBytes, 64);
  const sumBytes = rowTiles * tileRows * columns * 4;
  const resultStart = sumStart + roundUp(products * sumBytes, 64);
  const blockPlane = rows * blockWidth * 4;
  const bytesPerThread = resultStart + (direct ? 0 : roundUp(resultChannels * blockPlane, 64));
  const resultBytes = resultChannels * height * width * 4;

  const panel = stridedPanelKernel(module, {
    columns: sourceChannels,
    columnBytes: columns * 4,
    rowBytes: 0,
  });
  const copy = copyRows(module);
  const transposed = packTransposed(module, resultChannels);
  const kernelPhase = kernelFunction(module, `${routine.name} kernel`, 2, 1, (f, params) =>
    transformKernel(f, params, problem, offsets[1]!, filtering),
  );
  const main = kernelFunction(module, `${routine.name} winograd`, 2, 1, (f, params) => {
    const [own, chunk, end, group, first, band, count, image, from, row] = i32Locals(f, 10);
    const [to, product, at, channel, firstRow, tileRow, rowCount, result, block] = i32Locals(f, 9);
    setThreadScratch(f, params, kernelBytes, bytesPerThread, own);
    f.get(own).i32(0).i32(resultStart).fillMemory();
    splitRange(f, params, chunks, 1, chunk, end);
    f.forRange(chunk, chunk, end, 1, () => {
      unflatten(f, chunk, [chunks / bands, bands], [group, band]);
      f.get(group).i32(images).emit("i32.mul").set(first);
      setClipped(f, first, images, batch, count);
      f.get(band).i32(bandRows).emit("i32.mul").set(tileRow);
      setClipped(f, tileRow, bandRows, tilesY, rowCount);
      f.get(tileRow).i32(outputs).emit("i32.mul").set(firstRow);
      // The rows around a band are padding in one and image in the next.
      if (bands > 1) f.get(own).i32(0).i32(inputStart).fillMemory();
      f.forRange(image, 0, count, 1, () => {
        pushAddress(
          f,
          params.operands[0]!,
          [1, offsets[0]! * 4],
          [first, problem.source.batch],
          [image, problem.source.batch],
        ).set(from);
        stageImage(f, problem, chunking, own, from, firstRow);
        f.forRange(channel, 0, sourceChannels, 1, () => {
          pushAddress(f, own, [channel, stagedPlane]).set(from);
          pushAddress(f, own, [1, inputStart], [channel, columns * 4], [image, bandTiles * 4]).set(to);
          eachGroup(f, rowCount, tilesX, (y, x) =>
            inputTiles(f, filtering, from, to, y, x, {
              rowBytes: staged[1] * 4,
              tilesX,
              productBytes: inputBytes,
            }),
          );
        });
      });
      f.forRange(product, 0, products, 1, () =>
        f.forRange(
          at,
          0,
          () => f.get(count, rowCount).emit("i32.mul").i32(tilesX).emit("i32.mul"),
          tileColumns,
          () => {
            pushAddress(f, params.scratch, [product, rowTiles * tileRows * sourceChannels * 4]);
            pushAddress(f, own, [1, inputStart], [product, inputBytes], [at, 4]);
            pushAddress(f, own, [1, sumStart], [product, sumBytes], [at, 4]);
            f.i32(1)
              .i32(columns * 4)
              .i32(rowTiles)
              .i32(0)
              .call(panel);
          },
        ),
      );
      pushAddress(f, own, [1, resultStart]).set(block);
      f.forRange(image, 0, count, 1, () => {
        pushAddress(f, params.outputs[0]!, [first, resultBytes], [image, resultBytes]);
        f.get(firstRow)
          .i32(width * (channelsLast ? resultChannels : 1) * 4)
          .emit("i32.mul", "i32.add")
          .set(result);
        f.forRange(channel, 0, resultChannels, 1, () => {
          pushAddress(f, own, [1, sumStart], [channel, columns * 4], [image, bandTiles * 4]).set(from);
          if (direct) pushAddress(f, result, [channel, height * width * 4]).set(to);
          else pushAddress(f, block, [channel, blockPlane]).set(to);
          eachGroup(f, rowCount, tilesX, (y, x) =>
            outputTiles(f, filtering, from, to, y, x, {
              rowBytes: blockWidth * 4,
              tilesX,
              productBytes: sumBytes,
            }),
          );
        });
        if (direct) return;
        setClipped(f, firstRow, rows, height, row);
        f.get(row).set(to);
        if (!channelsLast) {
          f.forRange(channel, 0, resultChannels, 1, () => {
            pushAddress(f, result, [channel, height * width * 4]);
            pushAddress(f, block, [channel, blockPlane]);
            f.i32(width * 4)
              .i32(blockWidth * 4)
              .get(to)
              .i32(width)
              .call(copy);
          });
          return;
        }
        f.forRange(row, 0, to, 1, () =>
          f.forRange(channel, 0, resultChannels, 4, () => {
            // The last four channels may overlap those before: the same values are written again.
            pushMinimum(f, () => f.get(channel), resultChannels - 4).set(from);
            pushAddress(f, result, [row, width * resultChannels * 4], [from, 4]);
            pushAddress(f, block, [from, blockPlane], [row, blockWidth * 4]);
            f.i32(blockPlane).i32(width).i32(3).call(transposed);
          }),
        );
      });
    });
  });
  return { phases: [kernelPhase, main], scratchBytes: kernelBytes, scratchBytesPerThread: bytesPerThread };
}
