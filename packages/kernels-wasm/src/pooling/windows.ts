import type { Pool2DRoutine } from "@hekla/tensor";
import type { FunctionBuilder, Local } from "../assembler/index.js";
import { i32Locals, pushAddress, pushMinimum, roundUp } from "../gemm/address.js";
import { type EachTap, emitWindow, type WindowFrame } from "./emit-window.js";

/** Channels done together. */
export const lanes = 4;
/** Windows of up to this many taps are written out where they lie inside the image. */
const longestUnrolled = 25;

/** Which operands (-1: the result) are images of the input's size, and which one has the output's size. */
export function rolesOf({ name }: Pool2DRoutine): { large: readonly number[]; small: number } {
  switch (name) {
    case "maxPool2dGradient":
      return { large: [0, -1], small: 1 };
    case "maxPool2dGather":
      return { large: [0, 1], small: -1 };
    case "averagePool2dGradient":
      return { large: [-1], small: 0 };
    default:
      return { large: [0], small: -1 };
  }
}

/** One image whose channels are neighbours: the places of the arrays of `rolesOf`, and the groups of four to do. */
interface Picture {
  readonly images: readonly Local[];
  readonly channels: number;
  readonly first: Local;
  readonly last: Local;
}

/**
 * Emits the loops over the windows of one image, any geometry. The last four channels may overlap those before: the same
 * values are written again.
 */
export function emitWindows(f: FunctionBuilder, routine: Pool2DRoutine, picture: Picture): void {
  const { name, window } = routine;
  const { inputSize, outputSize, windowSize, strides, dilation, padding } = window;
  const { channels } = picture;
  const large = picture.images.slice(0, -1);
  const small = picture.images.at(-1)!;
  const gradient = name === "maxPool2dGradient" || name === "averagePool2dGradient";
  const pixelBytes = channels * 4;
  const rowBytes = inputSize[1] * pixelBytes;
  const taps = windowSize[0] * windowSize[1];
  const [oy, ox, iy, ix, group, channel, start, out, ky, kx, y, x, count] = i32Locals(f, 13);
  const pointers = large.map(() => f.local("i32"));
  // Windows apart from each other give a place one gradient at most.
  const apart = ([0, 1] as const).every((axis) => (windowSize[axis] - 1) * dilation[axis] < strides[axis]);
  const keep = gradient && !apart ? f.local("v128") : undefined;
  const frame: WindowFrame = { f, name, pointers, out, count, keep };

  const eachGroup = (body: () => void) =>
    f.forRange(group, picture.first, picture.last, 1, () => {
      pushMinimum(f, () => f.get(group).i32(lanes).emit("i32.mul"), channels - lanes);
      f.i32(4).emit("i32.mul").set(channel);
      if (keep) {
        // Lanes that the group before has done are not added again.
        const done = roundUp(channels, lanes) - channels;
        f.i32x4(...[0, 1, 2, 3].map((lane) => (lane < done ? 0 : -1)));
        f.i32x4(-1)
          .get(group)
          .i32(Math.ceil(channels / lanes) - 1);
        f.emit("i32.eq", "select").set(keep);
      }
      body();
    });
  const inside: EachTap = (visit) => {
    for (let row = 0; row < windowSize[0]; row++)
      for (let column = 0; column < windowSize[1]; column++)
        visit(row * dilation[0] * rowBytes + column * dilation[1] * pixelBytes);
  };
  const clipped: EachTap = (visit) => {
    const axis = (at: 0 | 1, tap: Local, first: Local, place: Local, body: () => void) =>
      f.forRange(tap, 0, windowSize[at], 1, () => {
        pushAddress(f, first, [tap, dilation[at]]).tee(place).i32(inputSize[at]).emit("i32.lt_u").if(body);
      });
    axis(0, ky, iy, y, () =>
      axis(1, kx, ix, x, () => {
        large.forEach((image, at) => {
          pushAddress(f, image, [y, rowBytes], [x, pixelBytes], [channel, 1]).set(pointers[at]!);
        });
        visit(0);
      }),
    );
  };
  const windowWith = (each: EachTap, whole: boolean) =>
    eachGroup(() => {
      pushAddress(f, small, [oy, outputSize[1] * pixelBytes], [ox, pixelBytes], [channel, 1]).set(out);
      if (whole)
        large.forEach((image, at) => {
          pushAddress(f, image, [start, 1], [channel, 1]).set(pointers[at]!);
        });
      emitWindow(frame, each, whole ? taps : undefined);
    });

  const covers = ([0, 1] as const).every(
    (axis) =>
      strides[axis] === windowSize[axis] &&
      dilation[axis] === 1 &&
      padding[axis][0] === 0 &&
      outputSize[axis] * strides[axis] >= inputSize[axis],
  );
  if (gradient && !covers) {
    const result = large.at(-1)!;
    f.forRange(y, 0, inputSize[0] * inputSize[1], 1, () =>
      eachGroup(() => {
        pushAddress(f, result, [y, pixelBytes], [channel, 1]).f32x4(0).store("v128.store");
      }),
    );
  }
  /** First and last (not included) window along an axis that lies inside the image. */
  const inner = ([0, 1] as const).map((axis) => {
    const room = inputSize[axis] - 1 - (windowSize[axis] - 1) * dilation[axis] + padding[axis][0];
    return [
      Math.ceil(padding[axis][0] / strides[axis]),
      Math.min(outputSize[axis], Math.floor(room / strides[axis]) + 1),
    ] as const;
  });
  const all = inner.every(([first, last], axis) => first === 0 && last === outputSize[axis]);
  const some = taps <= longestUnrolled && inner.every(([first, last]) => first < last);
  f.forRange(oy, 0, outputSize[0], 1, () =>
    f.forRange(ox, 0, outputSize[1], 1, () => {
      pushAddress(f, -padding[0][0], [oy, strides[0]]).set(iy);
      pushAddress(f, -padding[1][0], [ox, strides[1]]).set(ix);
      pushAddress(f, 0, [iy, rowBytes], [ix, pixelBytes]).set(start);
      if (!some) return windowWith(clipped, false);
      if (all) return windowWith(inside, true);
      [oy, ox].forEach((at, axis) => {
        const [first, last] = inner[axis]!;
        f.get(at)
          .i32(first)
          .emit("i32.sub")
          .i32(last - first)
          .emit("i32.lt_u");
      });
      f.emit("i32.and").if(
        () => windowWith(inside, true),
        () => windowWith(clipped, false),
      );
    }),
  );
}
