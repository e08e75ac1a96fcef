import type { Pool2DRoutine } from "@hekla/tensor";
import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { imageStrides } from "../convolution/plain-convolution.js";
import { pushAddress } from "../gemm/address.js";
import { type Kernel, type KernelParams, kernelFunction, splitRange } from "../kernel.js";
import { emitHalving, halves } from "./halving.js";

/** Below this many elements the work is not worth sharing. */
const serialSize = 4096;

/** Pooling and its gradients; one image channel is a unit of work, so that threads never write to the same place. */
export function emitPool(module: ModuleBuilder, routine: Pool2DRoutine, offsets: readonly number[]): Kernel {
  const { name, window } = routine;
  const planes = window.batch * window.channels;
  const size = planes * window.inputSize[0] * window.inputSize[1];
  const shared = { scratchBytes: 0, serial: size < serialSize };
  const operandCount = name === "maxPool2dGradient" || name === "maxPool2dGather" ? 2 : 1;
  const halving = module.features.tuned && halves(routine);
  const phase = kernelFunction(module, name, operandCount, 1, (f, params) => {
    const [plane, end] = [f.local("i32"), f.local("i32")];
    splitRange(f, params, planes, 1, plane, end);
    if (halving) emitHalving(f, params, routine, offsets, plane, end);
    else new PlanePrinter(f, params, routine, offsets).print(plane, end);
  });
  return { phases: planes > 0 ? [phase] : [], ...shared };
}

/** Prints the loops over the windows of one channel of one image, for any geometry and memory order. */
class PlanePrinter {
  readonly #input;
  readonly #output;
  readonly #inputBase: Local;
  readonly #outputBase: Local;

  constructor(
    readonly f: FunctionBuilder,
    readonly params: KernelParams,
    readonly routine: Pool2DRoutine,
    readonly offsets: readonly number[],
  ) {
    const { dataFormat, channels, inputSize, outputSize } = routine.window;
    this.#input = imageStrides(dataFormat, channels, inputSize);
    this.#output = imageStrides(dataFormat, channels, outputSize);
    this.#inputBase = f.local("i32");
    this.#outputBase = f.local("i32");
  }

  print(plane: Local, end: Local): void {
    const { f, routine } = this;
    const { window, name } = routine;
    const [image, channel, oy, ox] = [f.local("i32"), f.local("i32"), f.local("i32"), f.local("i32")];
    f.forRange(plane, plane, end, 1, () => {
      f.get(plane).i32(window.channels).emit("i32.div_u").set(image);
      f.get(plane).i32(window.channels).emit("i32.rem_u").set(channel);
      // Places in the planes as byte distances from the start of a buffer, which serve every buffer of that size.
      pushAddress(f, 0, [image, this.#input.batch], [channel, this.#input.channel]).set(this.#inputBase);
      pushAddress(f, 0, [image, this.#output.batch], [channel, this.#output.channel]).set(this.#outputBase);
      if (name === "maxPool2dGradient" || name === "averagePool2dGradient") this.#clear();
      f.forRange(oy, 0, window.outputSize[0], 1, () =>
        f.forRange(ox, 0, window.outputSize[1], 1, () => {
          if (name === "averagePool2d" || name === "averagePool2dGradient") this.#average(oy, ox);
          else this.#max(oy, ox);
        }),
      );
    });
  }

  /** Address of a byte distance in operand `which`, or in the output. */
  #operand(which: number, at: Local): FunctionBuilder {
    return pushAddress(this.f, this.params.operands[which]!, [1, this.offsets[which]! * 4], [at, 1]);
  }

  #result(at: Local): FunctionBuilder {
    return pushAddress(this.f, this.params.outputs[0]!, [at, 1]);
  }

  #outputPlace(oy: Local, ox: Local, place: Local): void {
    pushAddress(this.f, this.#outputBase, [oy, this.#output.row], [ox, this.#output.column]).set(place);
  }

  #clear(): void {
    const { f } = this;
    const [height, width] = this.routine.window.inputSize;
    f.scratch("i32", (y) =>
      f.scratch("i32", (x) =>
        f.scratch("i32", (place) => {
          f.forRange(y, 0, height, 1, () =>
            f.forRange(x, 0, width, 1, () => {
              pushAddress(f, this.#inputBase, [y, this.#input.row], [x, this.#input.column]).set(place);
              this.#result(place).f32(0).store("f32.store");
            }),
          );
        }),
      ),
    );
  }

  /** Calls `visit` with the byte distance of each element of the window that lies inside the input. */
  #eachTap(oy: Local, ox: Local, visit: (place: Local) => void): void {
    const { f } = this;
    const { inputSize, windowSize, strides, dilation, padding } = this.routine.window;
    f.scratch("i32", (ky) =>
      f.scratch("i32", (kx) =>
        f.scratch("i32", (iy) =>
          f.scratch("i32", (ix) =>
            f.scratch("i32", (place) => {
              const position = (out: Local, tap: Local, axis: 0 | 1): FunctionBuilder =>
                pushAddress(f, -padding[axis][0], [out, strides[axis]], [tap, dilation[axis]]);
              f.forRange(ky, 0, windowSize[0], 1, () => {
                position(oy, ky, 0)
                  .tee(iy)
                  .i32(inputSize[0])
                  .emit("i32.lt_u")
                  .if(() => {
                    f.forRange(kx, 0, windowSize[1], 1, () => {
                      position(ox, kx, 1)
                        .tee(ix)
                        .i32(inputSize[1])
                        .emit("i32.lt_u")
                        .if(() => {
                          pushAddress(
                            f,
                            this.#inputBase,
                            [iy, this.#input.row],
                            [ix, this.#input.column],
                          ).set(place);
                          visit(place);
                        });
                    });
                  });
              });
            }),
          ),
        ),
      ),
    );
  }

  #max(oy: Local, ox: Local): void {
    const { f } = this;
    const { name } = this.routine;
    f.scratch("f32", (best) =>
      f.scratch("f32", (value) =>
        f.scratch("i32", (bestPlace) =>
          f.scratch("i32", (out) => {
            f.i32(-1).set(bestPlace);
            f.f32(Number.NEGATIVE_INFINITY).set(best);
            this.#eachTap(oy, ox, (place) => {
              this.#operand(0, place).load("f32.load").set(value);
              // Larger, or the first one, or a NaN after numbers.
              f.get(value, best).emit("f32.gt").get(bestPlace).i32(0).emit("i32.lt_s", "i32.or");
              f.get(value, value)
                .emit("f32.ne")
                .get(best, best)
                .emit("f32.eq", "i32.and", "i32.or")
                .if(() => {
                  f.get(value).set(best).get(place).set(bestPlace);
                });
            });
            this.#outputPlace(oy, ox, out);
            f.get(bestPlace)
              .i32(0)
              .emit("i32.lt_s")
              .if(
                () => {
                  // A window that lies in the padding alone.
                  if (name !== "maxPool2dGradient") this.#result(out).f32(0).store("f32.store");
                },
                () => {
                  if (name === "maxPool2d") this.#result(out).get(best).store("f32.store");
                  else if (name === "maxPool2dGather") {
                    this.#result(out);
                    this.#operand(1, bestPlace).load("f32.load").store("f32.store");
                  } else {
                    this.#result(bestPlace);
                    this.#result(bestPlace).load("f32.load");
                    this.#operand(1, out).load("f32.load").emit("f32.add").store("f32.store");
                  }
                },
              );
          }),
        ),
      ),
    );
  }

  #average(oy: Local, ox: Local): void {
    const { f } = this;
    f.scratch("f32", (total) =>
      f.scratch("i32", (count) =>
        f.scratch("i32", (out) => {
          this.#outputPlace(oy, ox, out);
          f.f32(0).set(total).i32(0).set(count);
          if (this.routine.name === "averagePool2d") {
            this.#eachTap(oy, ox, (place) => {
              f.get(total);
              this.#operand(0, place).load("f32.load").emit("f32.add").set(total);
              f.increment(count, 1);
            });
            this.#result(out).get(total, count).emit("f32.convert_i32_s", "f32.div").store("f32.store");
            return;
          }
          this.#eachTap(oy, ox, () => f.increment(count, 1));
          this.#operand(0, out).load("f32.load").get(count).emit("f32.convert_i32_s", "f32.div").set(total);
          this.#eachTap(oy, ox, (place) => {
            this.#result(place);
            this.#result(place).load("f32.load").get(total).emit("f32.add").store("f32.store");
          });
        }),
      ),
    );
  }
}
