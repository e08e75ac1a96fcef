import type { Conv2DRoutine, DataFormat, Dtype } from "@hekla/tensor";
import type { FunctionBuilder, Int, Label, Local, ModuleBuilder } from "../assembler/index.js";
import { pushAddress } from "../gemm/address.js";
import { emitPlainSum } from "../gemm/plain-sum.js";
import type { Kernel } from "../kernel.js";

/** Byte strides of `[batch, channels, height, width]` in memory order `format`. */
export function imageStrides(
  format: DataFormat,
  channels: number,
  [height, width]: readonly [number, number],
) {
  return format === "channelsFirst"
    ? { batch: channels * height * width * 4, channel: height * width * 4, row: width * 4, column: 4 }
    : { batch: channels * height * width * 4, channel: 4, row: width * channels * 4, column: channels * 4 };
}

/** A convolution or one of its gradients, straight from the definition. */
export function emitPlainConvolution(
  module: ModuleBuilder,
  { name, window, filters, dtype }: Conv2DRoutine & { readonly dtype: Dtype },
  offsets: readonly number[],
): Kernel {
  const { batch, channels, inputSize, outputSize, windowSize, dataFormat } = window;
  const [height, width] = windowSize;
  const input = imageStrides(dataFormat, channels, inputSize);
  const output = imageStrides(dataFormat, filters, outputSize);
  const first = dataFormat === "channelsFirst";
  const pushImage = (
    f: FunctionBuilder,
    pointer: Local,
    which: 0 | 1,
    strides: typeof input,
    at: readonly [Int, Int, Int, Int],
  ) =>
    pushAddress(
      f,
      pointer,
      [1, offsets[which]! * 4],
      [at[0], strides.batch],
      [at[1], strides.channel],
      [at[2], strides.row],
      [at[3], strides.column],
    );
  const pushKernel = (f: FunctionBuilder, pointer: Local, filter: Int, channel: Int, y: Int, x: Int) =>
    pushAddress(
      f,
      pointer,
      [1, offsets[1]! * 4],
      [filter, channels * height * width * 4],
      [channel, height * width * 4],
      [y, width * 4],
      [x, 4],
    );

  if (name === "conv2dInputGradient") {
    return emitPlainSum(module, {
      name,
      dtype,
      result: first ? [batch, channels, ...inputSize] : [batch, ...inputSize, channels],
      sum: [filters, height, width],
      term: (f, [gradient, kernel], at, [filter, y, x], add) => {
        const [image, channel, row, column] = (first ? at : [at[0], at[3], at[1], at[2]]) as [
          Local,
          Local,
          Local,
          Local,
        ];
        const places = [f.local("i32"), f.local("i32")] as const;
        f.block((outside) => {
          [
            [row, y!],
            [column, x!],
          ].forEach(([position, tap], axis) => {
            // position = place * stride + tap * dilation - padding
            const stride = window.strides[axis]!;
            const place = places[axis]!;
            f.get(position!).i32(window.padding[axis]![0]).emit("i32.add");
            f.get(tap!).i32(window.dilation[axis]!).emit("i32.mul", "i32.sub").set(place);
            f.get(place).i32(0).emit("i32.lt_s").brIf(outside);
            f.get(place).i32(stride).emit("i32.rem_u").brIf(outside);
            f.get(place)
              .i32(stride)
              .emit("i32.div_u")
              .tee(place)
              .i32(outputSize[axis]!)
              .emit("i32.ge_s")
              .brIf(outside);
          });
          add(
            () => pushImage(f, gradient!, 0, output, [image, filter!, ...places]),
            () => pushKernel(f, kernel!, filter!, channel, y!, x!),
          );
        });
      },
    });
  }
  /** Sets the input place under a tap, leaving the term out where it is padding. */
  const locate = (
    f: FunctionBuilder,
    outside: Label,
    out: readonly [Local, Local],
    taps: readonly [Local, Local],
  ) => {
    const places = [f.local("i32"), f.local("i32")] as const;
    places.forEach((place, axis) => {
      f.get(out[axis]!).i32(window.strides[axis]!).emit("i32.mul");
      f.get(taps[axis]!).i32(window.dilation[axis]!).emit("i32.mul", "i32.add");
      f.i32(window.padding[axis]![0])
        .emit("i32.sub")
        .tee(place)
        .i32(inputSize[axis]!)
        .emit("i32.ge_u")
        .brIf(outside);
    });
    return places;
  };
  if (name === "conv2d") {
    return emitPlainSum(module, {
      name,
      dtype,
      result: first ? [batch, filters, ...outputSize] : [batch, ...outputSize, filters],
      sum: [channels, height, width],
      term: (f, [image, kernel], at, [channel, y, x], add) => {
        const [index, filter, row, column] = (first ? at : [at[0], at[3], at[1], at[2]]) as [
          Local,
          Local,
          Local,
          Local,
        ];
        f.block((outside) => {
          const places = locate(f, outside, [row, column], [y!, x!]);
          add(
            () => pushImage(f, image!, 0, input, [index, channel!, ...places]),
            () => pushKernel(f, kernel!, filter, channel!, y!, x!),
          );
        });
      },
    });
  }
  return emitPlainSum(module, {
    name,
    dtype,
    result: [filters, channels, height, width],
    sum: [batch, ...outputSize],
    term: (f, [image, gradient], [filter, channel, y, x], [index, row, column], add) =>
      f.block((outside) => {
        const places = locate(f, outside, [row!, column!], [y!, x!]);
        add(
          () => pushImage(f, image!, 0, input, [index!, channel!, ...places]),
          () => pushImage(f, gradient!, 1, output, [index!, filter!, row!, column!]),
        );
      }),
  });
}
