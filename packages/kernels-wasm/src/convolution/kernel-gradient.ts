import type { Conv2DRoutine } from "@hekla/tensor";
import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { i32Locals, pushAddress, roundUp, setThreadScratch, unflatten } from "../gemm/address.js";
import { setClipped } from "../gemm/block-shape.js";
import { tileColumns, tileRows } from "../gemm/micro-kernel.js";
import { type OperandPacker, operandPacker } from "../gemm/operand-packer.js";
import { type Kernel, kernelFunction, splitRange } from "../kernel.js";
import { imageStrides } from "./plain-convolution.js";
import { channelsLastStager } from "./stage-channels-last.js";
import { stridedPanelKernel } from "./strided-panel.js";

/** The batch is summed in at most so many parts, each by one thread, and in no more than fit this many bytes. */
const mostParts = 16;
const mostPartBytes = 1 << 24;
/** Where there are few parts, each is shared out by columns, to make this many pieces. */
const wantedPieces = 8;
/** Output pixels of a band of rows: the staged band stays in the L2 cache. */
const wantedPixels = 512;

/** Geometry that depends on the shapes alone. */
function cut({ window, filters }: Conv2DRoutine) {
  const { batch, channels, outputSize, windowSize, strides, dilation } = window;
  // Taps of a row of the window are neighbours in a channels-last image: one run, unless dilation tears it apart.
  const joined = dilation[1] === 1;
  const runs = windowSize[0] * (joined ? 1 : windowSize[1]);
  const runPanels = Math.ceil(((joined ? windowSize[1] : 1) * channels) / tileColumns);
  const panels = runs * runPanels;
  const rowCount = Math.ceil(filters / tileRows) * tileRows;
  const partBytes = roundUp(rowCount * panels * tileColumns * 4, 64);
  const images = Math.ceil(
    batch / Math.max(1, Math.min(batch, mostParts, Math.floor(mostPartBytes / partBytes))),
  );
  const parts = Math.ceil(batch / images);
  const groupPanels = Math.ceil(panels / Math.min(panels, Math.ceil(wantedPieces / parts)));
  const bandRows = Math.ceil(
    outputSize[0] / Math.ceil(outputSize[0] / Math.ceil(wantedPixels / outputSize[1])),
  );
  const staged = [
    (bandRows - 1) * strides[0] + (windowSize[0] - 1) * dilation[0] + 1,
    (outputSize[1] - 1) * strides[1] + (windowSize[1] - 1) * dilation[1] + 1,
  ] as const;
  return {
    joined,
    runPanels,
    panels,
    rowCount,
    partBytes,
    images,
    parts,
    groupPanels,
    bandRows,
    staged,
    groups: Math.ceil(panels / groupPanels),
  };
}
type Cut = ReturnType<typeof cut>;

/**
 * The kernel gradient as `output gradient [filters, pixels] x im2col [pixels, taps]`. The im2col matrix is read straight
 * from a padded channels-last image, where the taps of one window row are neighbours. The sum over the batch is cut
 * into parts by shape alone; a second phase adds the parts in order.
 */
export function emitKernelGradient(
  module: ModuleBuilder,
  routine: Conv2DRoutine,
  offsets: readonly number[],
): Kernel {
  const { window, filters } = routine;
  const { channels, outputSize, strides, dilation, dataFormat, batch } = window;
  const plan = cut(routine);
  const {
    staged,
    bandRows,
    panels,
    partBytes,
    parts,
    groups,
    groupPanels,
    images,
    rowCount,
    runPanels,
    joined,
  } = plan;
  const pixelBytes = channels * 4;
  const imageBytes = staged[0] * staged[1] * pixelBytes;
  const tilesStart = roundUp(imageBytes + tileColumns * 4, 64);
  const bytesPerThread = tilesStart + roundUp(rowCount * bandRows * outputSize[1] * 4, 64);
  const panel = stridedPanelKernel(module, {
    columns: outputSize[1],
    columnBytes: strides[1] * pixelBytes,
    rowBytes: strides[0] * staged[1] * pixelBytes,
  });
  const stage = channelsLastStager(module, window, staged);
  const gradientStrides = imageStrides(dataFormat, filters, outputSize);
  const packGradient: OperandPacker = operandPacker(module, {
    size: filters,
    k: outputSize[0] * outputSize[1],
    innermost: dataFormat === "channelsLast",
    width: tileRows,
  });

  const sums = kernelFunction(module, routine.name, 2, 1, (f, params) => {
    const [own, piece, end, part, group, image, lastImage, firstImage] = i32Locals(f, 8);
    const [row, rows, firstRow, to, from, count, steps, at, lastPanel, run, tap, accumulate, block] =
      i32Locals(f, 13);
    setThreadScratch(f, params, parts * partBytes, bytesPerThread, own);
    f.get(own).i32(0).i32(tilesStart).fillMemory();
    splitRange(f, params, parts * groups, 1, piece, end);
    f.forRange(piece, piece, end, 1, () => {
      unflatten(f, piece, [parts, groups], [part, group]);
      pushAddress(f, params.scratch, [part, partBytes]).set(block);
      f.get(part).i32(images).emit("i32.mul").tee(firstImage).set(image);
      setClipped(f, firstImage, images, batch, lastImage);
      f.increment(lastImage, image);
      f.get(group).i32(groupPanels).emit("i32.mul").set(group);
      f.forRange(image, image, lastImage, 1, () =>
        f.forRange(row, 0, outputSize[0], bandRows, () => {
          setClipped(f, row, bandRows, outputSize[0], rows);
          f.get(row).i32(strides[0]).emit("i32.mul").set(firstRow);
          if (bandRows < outputSize[0]) f.get(own).i32(0).i32(imageBytes).fillMemory();
          pushAddress(
            f,
            params.operands[0]!,
            [1, offsets[0]! * 4],
            [image, imageStrides(dataFormat, channels, window.inputSize).batch],
          ).set(from);
          stage(f, own, from, firstRow);
          pushAddress(
            f,
            params.operands[1]!,
            [1, offsets[1]! * 4],
            [image, gradientStrides.batch],
            [row, gradientStrides.row],
          ).set(from);
          pushAddress(f, own, [1, tilesStart]).set(to);
          f.i32(filters).set(count).get(rows).i32(outputSize[1]).emit("i32.mul").set(steps);
          packGradient(f, to, from, count, steps);
          f.get(image, firstImage).emit("i32.ne").get(row).emit("i32.or").set(accumulate);
          setClipped(f, group, groupPanels, panels, lastPanel);
          f.increment(lastPanel, group);
          f.forRange(at, group, lastPanel, 1, () => {
            f.get(at).i32(runPanels).emit("i32.div_u").set(run);
            f.i32(0).set(tap);
            if (!joined) {
              f.get(run).i32(window.windowSize[1]).emit("i32.rem_u").set(tap);
              f.get(run).i32(window.windowSize[1]).emit("i32.div_u").set(run);
            }
            pushAddress(f, own, [1, tilesStart]);
            pushAddress(
              f,
              own,
              [run, dilation[0] * staged[1] * pixelBytes],
              [tap, dilation[1] * pixelBytes],
              [() => f.get(at).i32(runPanels).emit("i32.rem_u"), tileColumns * 4],
            );
            pushAddress(f, block, [at, tileColumns * 4]);
            f.get(rows)
              .i32(panels * tileColumns * 4)
              .i32(rowCount / tileRows)
              .get(accumulate)
              .call(panel);
          });
        }),
      );
    });
  });
  const total = kernelFunction(module, `${routine.name} total`, 2, 1, (f, params) =>
    addParts(f, params.scratch, params.outputs[0]!, routine, plan, (start, end) =>
      splitRange(f, params, filters, 1, start, end),
    ),
  );
  return { phases: [sums, total], scratchBytes: parts * partBytes, scratchBytesPerThread: bytesPerThread };
}

/** Adds the parts in order, from their tap-major columns to the kernel's `[filters, channels, height, width]`. */
function addParts(
  f: FunctionBuilder,
  scratch: Local,
  output: Local,
  { window }: Conv2DRoutine,
  { joined, runPanels, panels, partBytes, parts }: Cut,
  split: (start: Local, end: Local) => void,
): void {
  const {
    channels,
    windowSize: [height, width],
  } = window;
  const [filter, end, channel, y, x, from, to] = i32Locals(f, 7);
  const runBytes = runPanels * tileColumns * 4;
  split(filter, end);
  f.forRange(filter, filter, end, 1, () => {
    pushAddress(f, output, [filter, channels * height * width * 4]).set(to);
    f.forRange(channel, 0, channels, 1, () =>
      f.forRange(y, 0, height, 1, () =>
        f.forRange(x, 0, width, 1, () => {
          pushAddress(
            f,
            scratch,
            [filter, panels * tileColumns * 4],
            [channel, 4],
            [y, joined ? runBytes : width * runBytes],
            [x, joined ? channels * 4 : runBytes],
          ).set(from);
          f.get(to, from).load("f32.load");
          for (let part = 1; part < parts; part++)
            f.get(from)
              .load("f32.load", part * partBytes)
              .emit("f32.add");
          f.store("f32.store").increment(to, 4);
        }),
      ),
    );
  });
}
