import { ShapeError } from "../errors.js";
import { scope } from "../recording.js";
import type { DataFormat } from "../routine.js";
import { formatShape } from "../shape.js";
import type { Tensor, TensorLike } from "../tensor.js";
import { asTensor } from "./creation.js";
import { expandDims, squeeze } from "./views.js";

type OnImages<Options> = (input: TensorLike, kernel: TensorLike, options: Options) => Tensor;

/**
 * A convolution of `[batch, steps, channels]` by one of images of height 1.
 * @param options makes the options for the images from those given and the size of the kernel
 */
export const overSteps =
  <Given extends { readonly dataFormat?: DataFormat }, Options>(
    op: string,
    on: OnImages<Options>,
    options: (given: Given, size: number) => Options,
  ) =>
  (input: TensorLike, kernel: TensorLike, given: Given = {} as Given): Tensor =>
    scope(() => {
      const [x, k] = [asTensor(input), asTensor(kernel)];
      if (x.rank !== 3 || k.rank !== 3) {
        throw new ShapeError(
          `${op}: got input ${formatShape(x.shape)} and kernel ${formatShape(k.shape)}, expected 3 axes each`,
        );
      }
      const height = given.dataFormat === "channelsFirst" ? 2 : 1;
      const result = on(expandDims(x, height), expandDims(k, 2), options(given, k.shape[2]!));
      return squeeze(result, height);
    });

/** What `conv1d` and `depthwiseConv1d` share. */
export interface StepOptions {
  /** Default 1. */
  readonly strides?: number;
  /** "causal": zeros before the start only, so that no output sees later inputs; or `[before, after]`. Default "valid". */
  readonly padding?: "valid" | "same" | "causal" | readonly [number, number];
  /** Default 1. */
  readonly dilation?: number;
  /** Default "channelsLast": `[batch, steps, channels]`. */
  readonly dataFormat?: DataFormat;
}

/** Options for images of height 1. */
export function imageOptions<Given extends StepOptions>(given: Given, size: number) {
  const { strides = 1, dilation = 1, padding = "valid", dataFormat = "channelsLast" } = given;
  const along = padding === "causal" ? ([(size - 1) * dilation, 0] as const) : padding;
  return {
    ...given,
    strides: [1, strides] as const,
    dilation: [1, dilation] as const,
    dataFormat,
    padding: typeof along === "string" ? along : ([[0, 0], along] as const),
  };
}
