import type { Index, KernelWriter, Value } from "../text/kernel-writer.js";
import { imageElements, imageIndex, imagePlace, imageStrides } from "./image.js";
import { PassList } from "./pass-list.js";
import type { Pass, PlainRoutine, RoutineOf } from "./plain-routine.js";
import { addLongSums, sum, sumOver, sumRange } from "./sums.js";
import { eachTurn, outputsOf, outputsThrough, tapsOf, type Walk, windowAxes } from "./window-axis.js";

type Convolution = RoutineOf<"conv2d">;

/** Whether there is nothing to add up. */
const isEmpty = ({ window, filters }: Convolution): boolean =>
  [
    window.batch,
    window.channels,
    filters,
    ...window.inputSize,
    ...window.outputSize,
    ...window.windowSize,
  ].some((size) => size <= 0);

/**
 * What the forward convolution and the gradient of its input have in common: for each element of the
 * result, a sum over the channels of the image that is read, and over the taps through which it is read.
 */
function correlation(routine: Convolution, forward: boolean): readonly Pass[] {
  const { window, filters, dtype } = routine;
  const { dataFormat, batch, channels, inputSize, outputSize, windowSize } = window;
  const [depth, readSize] = forward ? [channels, inputSize] : [filters, outputSize];
  const [width, resultSize] = forward ? [filters, outputSize] : [channels, inputSize];
  const read = imageStrides(dataFormat, depth, readSize);
  const area = windowSize[0] * windowSize[1];
  const [ofDepth, ofWidth] = forward ? [area, channels * area] : [channels * area, area];
  const [rowAxis, columnAxis] = windowAxes(window);
  const walk = forward ? tapsOf : outputsOf;

  const write = (kernel: KernelWriter, index: Index): Value => {
    if (isEmpty(routine)) return kernel.zero(dtype);
    const at = imageIndex(kernel, index, dataFormat, batch, width, resultSize);
    const walks: [Walk, Walk] = [walk(kernel, rowAxis, at.row), walk(kernel, columnAxis, at.column)];
    const image = kernel.hold(kernel.times(at.batch, read.batch));
    const filter = kernel.hold(kernel.times(at.channel, ofWidth));
    const product = (image: Index, filter: Index): Value =>
      kernel.multiply(kernel.load(0, image), kernel.load(1, filter));
    /** The places of an element of the image and of its weight, behind those of a channel. */
    const placesOf =
      (from: Index, weights: Index, visit: (image: Index, filter: Index) => void) =>
      (row: Index, rowTap: Index) => {
        const inRow = kernel.hold(kernel.plus(from, kernel.times(row, read.row)));
        const weightsOfRow = kernel.hold(kernel.plus(weights, kernel.times(rowTap, windowSize[1])));
        return (column: Index, columnTap: Index): void =>
          visit(kernel.plus(inRow, kernel.times(column, read.column)), kernel.plus(weightsOfRow, columnTap));
      };
    // The innermost loop goes along what lies together in the image. The sums of the inner loops are added
    // up by themselves.
    if (dataFormat === "channelsLast") {
      return sum(kernel, dtype, (add) => {
        const addChannels = (place: Index, weight: Index): void => {
          const [from, weights] = [kernel.hold(place), kernel.hold(weight)];
          const channelsOf = (c: Index): Value =>
            product(kernel.plus(from, c), kernel.plus(weights, kernel.times(c, ofDepth)));
          add(sumOver(kernel, dtype, depth, channelsOf));
        };
        eachTurn(kernel, walks, placesOf(image, filter, addChannels));
      });
    }
    return sumOver(kernel, dtype, depth, (c) => {
      const from = kernel.hold(kernel.plus(image, kernel.times(c, read.channel)));
      const weights = kernel.hold(kernel.plus(filter, kernel.times(c, ofDepth)));
      return sum(kernel, dtype, (add) =>
        eachTurn(
          kernel,
          walks,
          placesOf(from, weights, (place, weight) => add(product(place, weight))),
        ),
      );
    });
  };
  return [{ size: imageElements(batch, width, resultSize), dtype, write }];
}

/** A sum over the taps inside the image and the channels, for each element of the output. */
export const conv2d: PlainRoutine<"conv2d"> = (routine) => correlation(routine, true);

/** A sum over the outputs that read an element of the input, and the filters. */
export const conv2dInputGradient: PlainRoutine<"conv2dInputGradient"> = (routine) =>
  correlation(routine, false);

/**
 * A sum over the rows of all outputs for each weight, cut into parts: weights are few, and their sums long.
 */
export const conv2dKernelGradient: PlainRoutine<"conv2dKernelGradient"> = (routine) => {
  const { window, filters, dtype } = routine;
  const { dataFormat, batch, channels, inputSize, outputSize, windowSize } = window;
  const input = imageStrides(dataFormat, channels, inputSize);
  const output = imageStrides(dataFormat, filters, outputSize);
  const [rowAxis, columnAxis] = windowAxes(window);
  const passes = new PassList(2);
  addLongSums(passes, {
    size: filters * channels * windowSize[0] * windowSize[1],
    dtype,
    terms: isEmpty(routine) ? 0 : batch * outputSize[0],
    products: outputSize[1],
    write(kernel, index, range, atMost) {
      const [f, c, rowTap, columnTap] = kernel.unravel(index, [filters, channels, ...windowSize]);
      const start = rowAxis.dilation;
      const firstRow = kernel.minus(kernel.times(rowTap!, start), kernel.whole(rowAxis.padding));
      const offset = kernel.hold(firstRow);
      const columns = outputsThrough(kernel, columnAxis, columnTap!);
      const [ofInput, ofOutput] = [
        kernel.hold(kernel.times(c!, input.channel)),
        kernel.hold(kernel.times(f!, output.channel)),
      ];
      return sumRange(kernel, dtype, range, atMost, (line, add) => {
        const [image, y] = kernel.unravel(line, [batch, outputSize[0]]) as [Index, Index];
        const row = kernel.hold(kernel.plus(offset, kernel.times(y, rowAxis.stride)));
        kernel.when(kernel.inside(row, inputSize[0]), () => {
          const x = kernel.plus(ofInput, imagePlace(kernel, input, { batch: image, row }));
          const dy = kernel.plus(ofOutput, imagePlace(kernel, output, { batch: image, row: y }));
          const [xRow, dyRow] = [kernel.hold(x), kernel.hold(dy)];
          add(
            sum(kernel, dtype, (addProduct) =>
              kernel.repeat(columns.from, columns.to, (turn) =>
                addProduct(
                  kernel.multiply(
                    kernel.load(0, kernel.plus(xRow, kernel.times(columns.place(turn), input.column))),
                    kernel.load(1, kernel.plus(dyRow, kernel.times(turn, output.column))),
                  ),
                ),
              ),
            ),
          );
        });
      });
    },
  });
  return passes.passes;
};
