import type { Pool2DRoutine } from "@hekla/tensor";
import type { FunctionBuilder, Local } from "../assembler/index.js";
import { pushAddress } from "../gemm/address.js";
import type { KernelParams } from "../kernel.js";

/** Max pooling of 2x2 windows that halves an even picture, channels first: four windows at a time. */
export function halves({ name, window }: Pool2DRoutine): boolean {
  const { dataFormat, inputSize, outputSize, windowSize, strides, dilation, padding } = window;
  const two = (pair: readonly [number, number]): boolean => pair[0] === 2 && pair[1] === 2;
  return (
    (name === "maxPool2d" || name === "maxPool2dGradient") &&
    dataFormat === "channelsFirst" &&
    two(windowSize) &&
    two(strides) &&
    dilation[0] === 1 &&
    dilation[1] === 1 &&
    padding.flat().every((width) => width === 0) &&
    inputSize.every((size, axis) => size === 2 * outputSize[axis]!) &&
    outputSize[1] >= 4
  );
}

/** Prints the loops over planes and rows. The last four windows of a row may overlap those before: same values again. */
export function emitHalving(
  f: FunctionBuilder,
  { operands, outputs }: KernelParams,
  { name, window }: Pool2DRoutine,
  offsets: readonly number[],
  plane: Local,
  end: Local,
): void {
  const [height, width] = window.outputSize;
  const gradient = name === "maxPool2dGradient";
  const [row, column, from, to, small] = Array.from({ length: 5 }, () => f.local("i32")) as [
    Local,
    Local,
    Local,
    Local,
    Local,
  ];
  const [even0, odd0, even1, odd1, first, second] = Array.from({ length: 6 }, () => f.local("v128")) as [
    Local,
    Local,
    Local,
    Local,
    Local,
    Local,
  ];
  const rowBytes = width * 8;
  const window4 = (): void => {
    // Elements 0, 2, 4, 6 and 1, 3, 5, 7 of both rows: the four places of four windows.
    for (const [even, odd, offset] of [
      [even0, odd0, 0],
      [even1, odd1, rowBytes],
    ] as const) {
      f.get(from)
        .load("v128.load", offset)
        .set(first)
        .get(from)
        .load("v128.load", offset + 16)
        .set(second);
      f.get(first, second).shuffle(0, 2, 4, 6).set(even).get(first, second).shuffle(1, 3, 5, 7).set(odd);
    }
    f.get(even0, odd0).emit("f32x4.max").get(even1, odd1).emit("f32x4.max", "f32x4.max").set(first);
    if (!gradient) {
      f.get(small, first).store("v128.store");
      return;
    }
    // `second` marks the windows whose gradient is given away already; NaN takes it before any number.
    f.get(small).load("v128.load");
    const kept = f.local("v128");
    f.set(kept);
    f.i32x4(0).set(second);
    for (const place of [even0, odd0, even1, odd1]) {
      const mask = f.local("v128");
      f.get(place, first).emit("f32x4.eq").get(place, place).emit("f32x4.ne", "v128.or");
      f.get(second).emit("v128.andnot").tee(mask).get(second).emit("v128.or").set(second);
      f.get(kept, mask).emit("v128.and").set(place);
    }
    for (const [even, odd, offset] of [
      [even0, odd0, 0],
      [even1, odd1, rowBytes],
    ] as const) {
      f.get(to).get(even, odd).shuffle(0, 4, 1, 5).store("v128.store", offset);
      f.get(to)
        .get(even, odd)
        .shuffle(2, 6, 3, 7)
        .store("v128.store", offset + 16);
    }
  };
  f.forRange(plane, plane, end, 1, () =>
    f.forRange(row, 0, height, 1, () =>
      f.forRange(column, 0, width, 4, () =>
        f.scratch("i32", (at) => {
          f.get(column)
            .i32(width - 4)
            .get(column)
            .i32(width - 4)
            .emit("i32.lt_s", "select")
            .set(at);
          const large = [
            [plane, height * 2 * rowBytes],
            [row, 2 * rowBytes],
            [at, 8],
          ] as const;
          const little = [
            [plane, height * width * 4],
            [row, width * 4],
            [at, 4],
          ] as const;
          pushAddress(f, operands[0]!, [1, offsets[0]! * 4], ...large).set(from);
          if (gradient) {
            pushAddress(f, operands[1]!, [1, offsets[1]! * 4], ...little).set(small);
            pushAddress(f, outputs[0]!, ...large).set(to);
          } else pushAddress(f, outputs[0]!, ...little).set(small);
          window4();
        }),
      ),
    ),
  );
}
