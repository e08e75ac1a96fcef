import type { Pool2DRoutine } from "@hekla/tensor";
import type { FunctionBuilder, ModuleBuilder } from "../assembler/index.js";
import { i32Locals, pushAddress, pushMinimum, setThreadScratch, unflatten } from "../gemm/address.js";
import { type Kernel, type KernelParams, kernelFunction, splitRange } from "../kernel.js";
import { emitHalving, halves } from "./halving.js";
import { emitWindows, lanes, rolesOf } from "./windows.js";

/** Below this many elements the work is not worth sharing. */
const serialSize = 4096;
/** Units of work wanted: where the batch is smaller, an image's channels are dealt out. */
const wantedUnits = 16;
const laneBytes = lanes * 4;

/** Pooling and its gradients, four channels at a time; a channel of an image is one thread's, so that none shares a place. */
export function emitPool(module: ModuleBuilder, routine: Pool2DRoutine, offsets: readonly number[]): Kernel {
  const { name, window } = routine;
  const { batch, channels, dataFormat, inputSize } = window;
  const serial = batch * channels * inputSize[0] * inputSize[1] < serialSize;
  if (batch * channels === 0) return { phases: [], scratchBytes: 0, serial };
  const halving = module.features.tuned && halves(routine);
  const neighbours = dataFormat === "channelsLast" && channels >= lanes;
  const staged = halving || neighbours ? 0 : stagedPixels(routine);
  const phase = kernelFunction(module, name, imagesOf(routine).length - 1, 1, (f, params) => {
    if (halving) {
      const [plane, end] = i32Locals(f, 2);
      splitRange(f, params, batch * channels, 1, plane, end);
      emitHalving(f, params, routine, offsets, plane, end);
    } else (neighbours ? poolInPlace : poolStaged)(f, params, routine, offsets);
  });
  return { phases: [phase], scratchBytes: 0, scratchBytesPerThread: staged * laneBytes, serial };
}

/** The images that a routine reads and writes: those of the input's size, then the one of the output's; -1: the result. */
function imagesOf(routine: Pool2DRoutine) {
  const { inputSize, outputSize } = routine.window;
  const { large, small } = rolesOf(routine);
  return [...large, small].map((role, at) => {
    const [height, width] = at < large.length ? inputSize : outputSize;
    return { role, pixels: height * width };
  });
}

const stagedPixels = (routine: Pool2DRoutine): number =>
  imagesOf(routine).reduce((sum, { pixels }) => sum + pixels, 0);

type Emitter = (
  f: FunctionBuilder,
  params: KernelParams,
  routine: Pool2DRoutine,
  offsets: readonly number[],
) => void;

const pointerOf = ({ operands, outputs }: KernelParams, offsets: readonly number[], role: number) =>
  role < 0 ? ([outputs[0]!, 0] as const) : ([operands[role]!, offsets[role]! * 4] as const);

/** Images whose channels are neighbours. */
const poolInPlace: Emitter = (f, params, routine, offsets) => {
  const { batch, channels } = routine.window;
  const groups = Math.ceil(channels / lanes);
  // Where the last group overlaps the one before, gradients of both are one thread's.
  const deal = channels % lanes === 0 || routine.name === "maxPool2d" || routine.name === "averagePool2d";
  const unitGroups = deal ? Math.ceil(groups / Math.ceil(wantedUnits / batch)) : groups;
  const units = Math.ceil(groups / unitGroups);
  const [unit, end, image, first, last] = i32Locals(f, 5);
  const places = imagesOf(routine).map((each) => ({ ...each, at: f.local("i32") }));
  splitRange(f, params, batch * units, 1, unit, end);
  f.forRange(unit, unit, end, 1, () => {
    unflatten(f, unit, [batch, units], [image, first]);
    f.get(first).i32(unitGroups).emit("i32.mul").set(first);
    pushMinimum(f, () => f.get(first).i32(unitGroups).emit("i32.add"), groups).set(last);
    for (const { role, pixels, at } of places) {
      const [pointer, offset] = pointerOf(params, offsets, role);
      pushAddress(f, pointer, [1, offset], [image, pixels * channels * 4]).set(at);
    }
    emitWindows(f, routine, { images: places.map(({ at }) => at), channels, first, last });
  });
};

/** All others: four planes at a time become a picture whose pixels are four neighbours, and the result planes again. */
const poolStaged: Emitter = (f, params, routine, offsets) => {
  const { batch, channels, dataFormat } = routine.window;
  const first = dataFormat === "channelsFirst";
  const planes = first ? batch * channels : channels;
  const count = Math.min(lanes, planes);
  const [own, unit, end, from, to, pixel, zero, one] = i32Locals(f, 8);
  const value = f.local("v128");
  const places = imagesOf(routine).map((each) => ({ ...each, at: f.local("i32") }));
  setThreadScratch(f, params, 0, stagedPixels(routine) * laneBytes, own);
  let start = 0;
  for (const { at, pixels } of places) {
    pushAddress(f, own, [1, start * laneBytes]).set(at);
    start += pixels;
  }
  f.i32(1).set(one);
  /** Walks the pixels of a picture, at `to`, and of its planes, at `from`. */
  const walk = ({ role, pixels, at }: (typeof places)[number], copy: (planeBytes: number) => void) => {
    const [pointer, offset] = pointerOf(params, offsets, role);
    const plane = () => pushMinimum(f, () => f.get(unit).i32(lanes).emit("i32.mul"), planes - count);
    if (first) pushAddress(f, pointer, [1, offset], [plane, pixels * 4]).set(from);
    else pushAddress(f, pointer, [1, offset], [unit, pixels * channels * 4]).set(from);
    f.get(at).set(to);
    f.forRange(pixel, 0, pixels, 1, () => {
      copy(first ? pixels * 4 : 4);
      f.increment(from, first ? 4 : channels * 4).increment(to, laneBytes);
    });
  };
  const others = Array.from({ length: count - 1 }, (_, at) => at + 1);
  splitRange(f, params, first ? Math.ceil(planes / lanes) : batch, 1, unit, end);
  f.forRange(unit, unit, end, 1, () => {
    for (const place of places.filter(({ role }) => role >= 0)) {
      walk(place, (planeBytes) => {
        f.get(to, ...others.map(() => from), from).load("v128.load32_zero");
        for (const lane of others) f.memoryLane("v128.load32_lane", lane, lane * planeBytes);
        f.store("v128.store");
      });
    }
    emitWindows(f, routine, { images: places.map(({ at }) => at), channels: lanes, first: zero, last: one });
    walk(places.find(({ role }) => role < 0)!, (planeBytes) => {
      f.get(to).load("v128.load").set(value);
      for (const lane of [0, ...others])
        f.get(from, value).memoryLane("v128.store32_lane", lane, lane * planeBytes);
    });
  });
};
