import type { Conv2DRoutine } from "@hekla/tensor";
import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { i32Locals, pushAddress, roundUp, setThreadScratch, unflatten } from "../gemm/address.js";
import { longestBlock, setClipped } from "../gemm/block-shape.js";
import { copyRows } from "../gemm/copy-rows.js";
import { panelKernel, tileColumns, tileRows } from "../gemm/micro-kernel.js";
import { packTransposed } from "../gemm/pack.js";
import { type Kernel, kernelFunction, splitRange } from "../kernel.js";
import { type Chunking, chunkProblem, type DirectProblem, directProblem } from "./direct-problem.js";
import { packColumns } from "./pack-columns.js";
import { packKernel } from "./pack-kernel.js";
import { stageImage } from "./stage.js";

/**
 * Convolution and input gradient as `kernel [channels out, taps] x pixels [taps, pixels]`: the kernel is packed once, each
 * chunk of pixels is staged into a padded image, from which panels of 8 columns are packed right before their use.
 */
export function emitDirectConvolution(
  module: ModuleBuilder,
  routine: Conv2DRoutine,
  offsets: readonly number[],
): Kernel {
  const problem = directProblem(routine);
  const chunking = chunkProblem(problem);
  const { batch, sourceChannels, resultChannels, resultSize, taps, strides } = problem;
  const { images, rows, bands, chunks, staged } = chunking;
  const tapCount = taps[0] * taps[1];
  const channelBlocks = Math.ceil(sourceChannels / Math.max(1, Math.floor(longestBlock / tapCount)));
  const blockChannels = Math.ceil(sourceChannels / channelBlocks);
  const tiles = Math.ceil(resultChannels / tileRows);
  const columns = roundUp(images * rows * resultSize[1], tileColumns);
  const stagedBytes = sourceChannels * staged[0] * staged[1] * 4;

  const tableStart = roundUp(images * stagedBytes, 64);
  const panelStart = tableStart + roundUp(columns * 4, 64);
  const blockStart = panelStart + roundUp(blockChannels * tapCount * tileColumns * 4, 64);
  const bytesPerThread = blockStart + roundUp(tiles * tileRows * columns * 4, 64);
  const kernelBytes = roundUp(tiles * tileRows * sourceChannels * tapCount * 4, 64);

  const panel = panelKernel(module);
  const pack = packColumns(module, problem, chunking);
  const write = resultWriter(module, problem, chunking, columns * 4);
  const packing = kernelFunction(module, `${routine.name} kernel`, 2, 1, (f, params) =>
    packKernel(f, params, problem, params.operands[1]!, offsets[1]!, blockChannels),
  );
  const main = kernelFunction(module, routine.name, 2, 1, (f, params) => {
    const [own, chunk, end, group, band, image, count, row, rowCount] = i32Locals(f, 9);
    const [at, pixels, channel, channels, table, to, from, firstRow, block] = i32Locals(f, 9);
    setThreadScratch(f, params, kernelBytes, bytesPerThread, own);
    pushAddress(f, own, [1, tableStart]).set(table);
    pushAddress(f, own, [1, blockStart]).set(block);
    fillTable(f, problem, chunking, table, columns);
    splitRange(f, params, chunks, 1, chunk, end);
    f.forRange(chunk, chunk, end, 1, () => {
      unflatten(f, chunk, [chunks / bands, bands], [group, band]);
      f.get(group).i32(images).emit("i32.mul").set(group);
      setClipped(f, group, images, batch, count);
      f.get(band).i32(rows).emit("i32.mul").set(row);
      setClipped(f, row, rows, resultSize[0], rowCount);
      f.get(row).i32(strides[0]).emit("i32.mul").set(firstRow);
      f.get(own)
        .i32(0)
        .i32(images * stagedBytes)
        .fillMemory();
      f.forRange(image, 0, count, 1, () => {
        pushAddress(f, own, [image, stagedBytes]).set(to);
        pushAddress(
          f,
          params.operands[0]!,
          [1, offsets[0]! * 4],
          [group, problem.source.batch],
          [image, problem.source.batch],
        );
        f.set(from);
        stageImage(f, problem, chunking, to, from, firstRow);
      });
      f.get(count, rowCount).emit("i32.mul").i32(resultSize[1]).emit("i32.mul").set(pixels);
      f.forRange(channel, 0, sourceChannels, blockChannels, () => {
        setClipped(f, channel, blockChannels, sourceChannels, channels);
        f.forRange(at, 0, pixels, tileColumns, () => {
          pushAddress(f, own, [1, panelStart]);
          pushAddress(f, table, [at, 4]);
          pushAddress(f, own, [channel, staged[0] * staged[1] * 4])
            .get(channels)
            .call(pack);
          pushAddress(f, params.scratch, [channel, tiles * tileRows * tapCount * 4]);
          pushAddress(f, own, [1, panelStart]);
          pushAddress(f, block, [at, 4]);
          f.get(channels)
            .i32(tapCount)
            .emit("i32.mul")
            .i32(columns * 4)
            .i32(tiles)
            .i32(0)
            .get(channel)
            .i32(0)
            .emit("i32.ne", "i32.sub")
            .call(panel);
        });
      });
      write(f, params.outputs[0]!, block, group, count, row, rowCount);
    });
  });
  return { phases: [packing, main], scratchBytes: kernelBytes, scratchBytesPerThread: bytesPerThread };
}

/** Byte offsets of the chunk's pixels in its staged images; columns that fill up the last panel repeat the last. */
function fillTable(
  f: FunctionBuilder,
  problem: DirectProblem,
  chunking: Chunking,
  table: Local,
  columns: number,
): void {
  const { sourceChannels, resultSize, strides } = problem;
  const { images, rows, staged } = chunking;
  const pixels = images * rows * resultSize[1];
  const [column, image, y, x, pixel] = i32Locals(f, 5);
  f.forRange(column, 0, columns, 1, () => {
    f.get(column)
      .i32(pixels - 1)
      .get(column)
      .i32(pixels - 1)
      .emit("i32.lt_s", "select")
      .set(pixel);
    unflatten(f, pixel, [images, rows, resultSize[1]], [image, y, x]);
    pushAddress(f, table, [column, 4]);
    pushAddress(
      f,
      0,
      [image, sourceChannels * staged[0] * staged[1] * 4],
      [y, strides[0] * staged[1] * 4],
      [x, strides[1] * 4],
    );
    f.store("i32.store");
  });
}

/** Emits the copy of a chunk's block `[channels][columns]` to the result in its memory order. */
function resultWriter(module: ModuleBuilder, problem: DirectProblem, { rows }: Chunking, rowBytes: number) {
  const {
    resultChannels,
    resultSize: [height, width],
    channelsLast,
  } = problem;
  const pixels = height * width;
  const copy = copyRows(module);
  const transpose = packTransposed(module, resultChannels);
  return (
    f: FunctionBuilder,
    output: Local,
    block: Local,
    group: Local,
    count: Local,
    row: Local,
    rowCount: Local,
  ): void => {
    const [image, channel] = i32Locals(f, 2);
    const whole = rows === height;
    if (!channelsLast) {
      f.forRange(image, 0, count, 1, () => {
        pushAddress(
          f,
          output,
          [group, resultChannels * pixels * 4],
          [image, resultChannels * pixels * 4],
          [row, width * 4],
        );
        pushAddress(f, block, [image, pixels * 4]);
        f.i32(pixels * 4)
          .i32(rowBytes)
          .i32(resultChannels);
        f.get(rowCount).i32(width).emit("i32.mul").call(copy);
      });
      return;
    }
    const columnCount = () => {
      f.get(rowCount).i32(width).emit("i32.mul");
      return whole ? f.get(count).emit("i32.mul") : f;
    };
    const place = () =>
      pushAddress(f, output, [group, resultChannels * pixels * 4], [row, width * resultChannels * 4]);
    if (resultChannels >= 4) {
      // The last four channels may overlap those before: the same values are written again.
      f.forRange(channel, 0, roundUp(resultChannels, 4), 4, () => {
        const last = resultChannels - 4;
        f.scratch("i32", (from) => {
          f.get(channel).i32(last).get(channel).i32(last).emit("i32.lt_s", "select").set(from);
          pushAddress(f, place, [from, 4]);
          pushAddress(f, block, [from, rowBytes]).i32(rowBytes);
          columnCount().i32(3).call(transpose);
        });
      });
      return;
    }
    f.scratch("i32", (at) =>
      f.forRange(channel, 0, resultChannels, 1, () =>
        f.forRange(at, 0, columnCount, 1, () => {
          pushAddress(f, place, [at, resultChannels * 4], [channel, 4]);
          pushAddress(f, block, [channel, rowBytes], [at, 4]).load("f32.load").store("f32.store");
        }),
      ),
    );
  };
}
