import type { Window2D } from "@hekla/tensor";
import type { Index, KernelWriter } from "../text/kernel-writer.js";

type Format = Window2D["dataFormat"];
type Pair = readonly [number, number];

/** Elements between neighbours along each axis of an image batch. */
export interface ImageStrides {
  readonly batch: number;
  readonly channel: number;
  readonly row: number;
  readonly column: number;
}

/** An element of an image batch. */
export interface ImageIndex {
  readonly batch: Index;
  readonly channel: Index;
  readonly row: Index;
  readonly column: Index;
}

export function imageStrides(format: Format, channels: number, [height, width]: Pair): ImageStrides {
  const batch = channels * height * width;
  return format === "channelsFirst"
    ? { batch, channel: height * width, row: width, column: 1 }
    : { batch, channel: 1, row: width * channels, column: channels };
}

export const imageElements = (batch: number, channels: number, [height, width]: Pair): number =>
  batch * channels * height * width;

/** Which element comes `index`-th in memory. */
export function imageIndex(
  kernel: KernelWriter,
  index: Index,
  format: Format,
  batch: number,
  channels: number,
  [height, width]: Pair,
): ImageIndex {
  if (format === "channelsFirst") {
    const [b, c, y, x] = kernel.unravel(index, [batch, channels, height, width]);
    return { batch: b!, channel: c!, row: y!, column: x! };
  }
  const [b, y, x, c] = kernel.unravel(index, [batch, height, width, channels]);
  return { batch: b!, channel: c!, row: y!, column: x! };
}

/** Where an element lies; indices that are left out are 0. */
export const imagePlace = (kernel: KernelWriter, strides: ImageStrides, at: Partial<ImageIndex>): Index =>
  kernel.affine(
    0,
    (["batch", "channel", "row", "column"] as const).flatMap((axis) =>
      at[axis] === undefined ? [] : [[at[axis], strides[axis]] as const],
    ),
  );
