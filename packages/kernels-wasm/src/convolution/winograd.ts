import type { Conv2DRoutine } from "@hekla/tensor";
import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { i32Locals, pushAddress, roundUp, setThreadScratch } from "../gemm/address.js";
import { setClipped } from "../gemm/block-shape.js";
import { copyRows } from "../gemm/copy-rows.js";
import { tileColumns, tileRows } from "../gemm/micro-kernel.js";
import { type Kernel, kernelFunction, splitRange } from "../kernel.js";
import { directProblem } from "./direct-problem.js";
import { stageImage } from "./stage.js";
import { stridedPanelKernel } from "./strided-panel.js";
import { transformKernel } from "./winograd-kernel.js";
import { taps, tileSize, transformInput, transformOutput, transformSquare } from "./winograd-transforms.js";

const products = tileSize * tileSize;
/** Outputs of a tile along an axis. */
const outputs = tileSize - taps + 1;
/** Below so many channels on either side the transforms cost more than they save. */
const fewestChannels = 8;
/** The sums of a kernel gradient (36 for each pair of channels) are kept for each part of the batch. */
const mostPairs = 1 << 14;
/** The 36 products of a whole image lie in a thread's scratch: larger images would leave the caches. */
const longestSide = 32;
/** Four tiles of a row are transformed at a time. */
const lanes = 4;

/** Whether 5x5 windows that step by 1 over channels-first images are worth 36 products in place of 100. */
export function winogradFits({ window, filters }: Conv2DRoutine): boolean {
  const { windowSize, strides, dilation, channels, inputSize, outputSize, dataFormat, batch } = window;
  const sizes = [...inputSize, ...outputSize];
  return (
    windowSize.every((size) => size === taps) &&
    [...strides, ...dilation].every((step) => step === 1) &&
    Math.min(channels, filters) >= fewestChannels &&
    channels * filters <= mostPairs &&
    dataFormat === "channelsFirst" &&
    batch > 0 &&
    sizes.every((size) => size >= lanes * outputs && size <= longestSide)
  );
}

/** Convolution and input gradient by Winograd's minimal filtering: 2.8 times fewer products than the definition. */
export function emitWinograd(
  module: ModuleBuilder,
  routine: Conv2DRoutine,
  offsets: readonly number[],
): Kernel {
  const problem = directProblem(routine);
  const {
    batch,
    sourceChannels,
    resultChannels,
    resultSize: [height, width],
  } = problem;
  const [tilesY, tilesX] = [Math.ceil(height / outputs), Math.ceil(width / outputs)];
  const imageTiles = tilesY * tilesX;
  const images = imageTiles % tileColumns === 0 || imageTiles > 256 ? 1 : Math.min(2, Math.ceil(batch / 8));
  // An odd number of panels keeps the rows of one product out of each other's cache sets.
  const panels = Math.ceil((images * imageTiles) / tileColumns);
  const columns = (panels + (panels % 2 === 0 ? 1 : 0)) * tileColumns;
  const staged = [tilesY * outputs + taps - 1, tilesX * outputs + taps - 1] as const;
  const chunking = { images, rows: height, bands: 1, chunks: Math.ceil(batch / images), staged };
  const rowTiles = Math.ceil(resultChannels / tileRows);
  const whole = tilesY * outputs === height && tilesX * outputs === width;

  const kernelBytes = products * rowTiles * tileRows * sourceChannels * 4;
  const stagedBytes = sourceChannels * staged[0] * staged[1] * 4;
  const inputStart = roundUp(stagedBytes, 64);
  const inputBytes = sourceChannels * columns * 4;
  const sumStart = inputStart + roundUp(products * inputBytes, 64);
  const sumBytes = rowTiles * tileRows * columns * 4;
  const resultStart = sumStart + roundUp(products * sumBytes, 64);
  const blockSize = [tilesY * outputs, tilesX * outputs] as const;
  const blockBytes = whole ? 0 : resultChannels * blockSize[0] * blockSize[1] * 4;
  const bytesPerThread = resultStart + roundUp(blockBytes, 64);

  const panel = stridedPanelKernel(module, {
    columns: sourceChannels,
    columnBytes: columns * 4,
    rowBytes: 0,
  });
  const copy = copyRows(module);
  const kernelPhase = kernelFunction(module, `${routine.name} kernel`, 2, 1, (f, params) =>
    transformKernel(f, params, problem, offsets[1]!),
  );
  const main = kernelFunction(module, `${routine.name} 5x5`, 2, 1, (f, params) => {
    const [own, chunk, end, first, count, image, from, zero] = i32Locals(f, 8);
    const [to, product, at, channel] = i32Locals(f, 4);
    setThreadScratch(f, params, roundUp(kernelBytes, 64), bytesPerThread, own);
    f.get(own).i32(0).i32(resultStart).fillMemory();
    splitRange(f, params, chunking.chunks, 1, chunk, end);
    f.forRange(chunk, chunk, end, 1, () => {
      f.get(chunk).i32(images).emit("i32.mul").set(first);
      setClipped(f, first, images, batch, count);
      f.forRange(image, 0, count, 1, () => {
        pushAddress(
          f,
          params.operands[0]!,
          [1, offsets[0]! * 4],
          [first, problem.source.batch],
          [image, problem.source.batch],
        );
        f.set(from);
        stageImage(f, problem, chunking, own, from, zero);
        f.forRange(channel, 0, sourceChannels, 1, () => {
          pushAddress(f, own, [channel, staged[0] * staged[1] * 4]).set(from);
          pushAddress(f, own, [1, inputStart], [channel, columns * 4], [image, imageTiles * 4]).set(to);
          eachGroup(f, tilesY, tilesX, (y, x) =>
            inputTiles(f, from, to, y, x, staged[1], tilesX, inputBytes),
          );
        });
      });
      f.forRange(product, 0, products, 1, () =>
        f.forRange(
          at,
          0,
          () => f.get(count).i32(imageTiles).emit("i32.mul"),
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
      f.forRange(image, 0, count, 1, () => {
        const result = () =>
          pushAddress(
            f,
            params.outputs[0]!,
            [first, resultChannels * height * width * 4],
            [image, resultChannels * height * width * 4],
          );
        f.forRange(channel, 0, resultChannels, 1, () => {
          pushAddress(f, own, [1, sumStart], [channel, columns * 4], [image, imageTiles * 4]).set(from);
          pushAddress(f, whole ? result : () => pushAddress(f, own, [1, resultStart]), [
            channel,
            blockSize[0] * blockSize[1] * 4,
          ]).set(to);
          eachGroup(f, tilesY, tilesX, (y, x) =>
            outputTiles(f, from, to, y, x, blockSize[1], tilesX, sumBytes),
          );
          if (whole) return;
          pushAddress(f, result, [channel, height * width * 4]).get(to);
          f.i32(width * 4)
            .i32(blockSize[1] * 4)
            .i32(height)
            .i32(width)
            .call(copy);
        });
      });
    });
  });
  return {
    phases: [kernelPhase, main],
    scratchBytes: roundUp(kernelBytes, 64),
    scratchBytesPerThread: bytesPerThread,
  };
}

/** All groups of four tiles; the last of a row may overlap the one before: the same values are written again. */
function eachGroup(
  f: FunctionBuilder,
  tilesY: number,
  tilesX: number,
  body: (y: Local, x: Local) => void,
): void {
  const [y, x, group] = i32Locals(f, 3);
  f.forRange(y, 0, tilesY, 1, () =>
    f.forRange(group, 0, tilesX, lanes, () => {
      f.get(group)
        .i32(tilesX - lanes)
        .get(group)
        .i32(tilesX - lanes)
        .emit("i32.lt_s", "select")
        .set(x);
      body(y, x);
    }),
  );
}

/** Four tiles of one padded image at `from` to 36 rows of tiles, `productBytes` apart, at `to`. */
function inputTiles(
  f: FunctionBuilder,
  from: Local,
  to: Local,
  y: Local,
  x: Local,
  width: number,
  tilesX: number,
  productBytes: number,
): void {
  const [source, target, low, high] = [f.local("i32"), f.local("i32"), f.local("v128"), f.local("v128")];
  pushAddress(f, from, [y, outputs * width * 4], [x, outputs * 4]).set(source);
  pushAddress(f, to, [y, tilesX * 4], [x, 4]).set(target);
  transformSquare(
    f,
    tileSize,
    tileSize,
    tileSize,
    transformInput,
    (row, line) => {
      // Tiles lie 2 apart: values 0 and 1 of four tiles are the even and odd ones of 8 neighbours, and so on.
      for (let column = 0; column < tileSize; column += 2) {
        const offset = (row * width + column) * 4;
        f.get(source)
          .load("v128.load", offset)
          .set(low)
          .get(source)
          .load("v128.load", offset + 16)
          .set(high);
        f.get(low, high).shuffle(0, 2, 4, 6).set(line[column]!);
        f.get(low, high)
          .shuffle(1, 3, 5, 7)
          .set(line[column + 1]!);
      }
    },
    (row, column, push) => {
      f.get(target);
      push();
      f.store("v128.store", (row * tileSize + column) * productBytes);
    },
  );
}

/** Four tiles of sums at `from` to their 2x8 outputs in the picture at `to`. */
function outputTiles(
  f: FunctionBuilder,
  from: Local,
  to: Local,
  y: Local,
  x: Local,
  width: number,
  tilesX: number,
  productBytes: number,
): void {
  const [source, target] = i32Locals(f, 2);
  const results = Array.from({ length: outputs * outputs }, () => f.local("v128"));
  pushAddress(f, from, [y, tilesX * 4], [x, 4]).set(source);
  pushAddress(f, to, [y, outputs * width * 4], [x, outputs * 4]).set(target);
  transformSquare(
    f,
    tileSize,
    tileSize,
    outputs,
    (builder, line, emit) => transformOutput(builder, line, outputs, emit),
    (row, line) =>
      line.forEach((value, column) =>
        f
          .get(source)
          .load("v128.load", (row * tileSize + column) * productBytes)
          .set(value),
      ),
    (row, column, push) => {
      push();
      f.set(results[row * outputs + column]!);
    },
  );
  for (let row = 0; row < outputs; row++) {
    const [even, odd] = [results[row * outputs]!, results[row * outputs + 1]!];
    f.get(target, even, odd)
      .shuffle(0, 4, 1, 5)
      .store("v128.store", row * width * 4);
    f.get(target, even, odd)
      .shuffle(2, 6, 3, 7)
      .store("v128.store", row * width * 4 + 16);
  }
}
