import {
  abs,
  add,
  cast,
  ceil,
  clip,
  coordinate,
  cos,
  type DataFormat,
  floor,
  gather,
  greaterEqual,
  less,
  lessEqual,
  logicalAnd,
  minimum,
  mod,
  multiply,
  named,
  reshape,
  ShapeError,
  sin,
  subtract,
  type Tensor,
  type TensorLike,
  where,
} from "@hekla/tensor";

/**
 * What lies around an image of `a b c d`: "reflect" `d c b a | a b c d | d c b a`, "mirror" `d c b | a b c d
 * | c b a`, "wrap" `a b c d | a b c d | a b c d`, "nearest" `a a a a | a b c d | d d d d`, "constant" one
 * value.
 */
export type FillMode = "constant" | "nearest" | "wrap" | "mirror" | "reflect";

/** How values between places are found. */
export type AffineInterpolation = "nearest" | "bilinear";

/** Options of `affineTransform`. */
export interface AffineTransformOptions {
  /** Default "bilinear". */
  readonly interpolation?: AffineInterpolation;
  /** Default "constant". */
  readonly fillMode?: FillMode;
  /** Of fillMode "constant". Default 0. */
  readonly fillValue?: number;
  /** Default "channelsLast". */
  readonly dataFormat?: DataFormat;
}

/** `[a0, a1, a2, b0, b1, b2]`: numbers for all images, or `[batch, 1, 1]`. */
export type AffineMatrix = readonly [
  a0: TensorLike,
  a1: TensorLike,
  a2: TensorLike,
  b0: TensorLike,
  b1: TensorLike,
  b2: TensorLike,
];

/** Moves images to the right and down, in places. */
export const affineTranslation = (right: TensorLike, down: TensorLike): AffineMatrix => [
  1,
  0,
  multiply(right, -1),
  0,
  1,
  multiply(down, -1),
];

/** Turns images about their middle, counterclockwise, in radians. */
export function affineRotation(angle: TensorLike, height: number, width: number): AffineMatrix {
  const [x, y] = [(width - 1) / 2, (height - 1) / 2];
  const [c, s] = [cos(angle), sin(angle)];
  const a2 = add(subtract(x, multiply(x, c)), multiply(y, s));
  const b2 = subtract(subtract(y, multiply(x, s)), multiply(y, c));
  return [c, multiply(s, -1), a2, s, c, b2];
}

/**
 * Stretches images about their middle: a step to the right becomes one of `across` in the image, down of
 * `down`.
 */
export function affineZoom(
  across: TensorLike,
  down: TensorLike,
  height: number,
  width: number,
): AffineMatrix {
  const a2 = multiply(subtract(1, across), (width - 1) / 2);
  const b2 = multiply(subtract(1, down), (height - 1) / 2);
  return [across, 0, a2, 0, down, b2];
}

/** Places along an axis that a value is found from: index, weight, and whether it lies in the image. */
interface Tap {
  readonly index: Tensor;
  readonly weight: Tensor | undefined;
  readonly inside: Tensor;
}

function taps(at: Tensor, interpolation: AffineInterpolation): Omit<Tap, "inside">[] {
  if (interpolation === "nearest") {
    // Halves away from 0.
    const rounded = where(less(at, 0), ceil(subtract(at, 0.5)), floor(add(at, 0.5)));
    return [{ index: cast(rounded, "int32"), weight: undefined }];
  }
  const lower = floor(at);
  const index = cast(lower, "int32");
  const upper = subtract(at, lower);
  return [
    { index, weight: subtract(1, upper) },
    { index: add(index, 1), weight: upper },
  ];
}

/** An index brought into the image. */
function fold(index: Tensor, size: number, mode: FillMode): Tensor {
  if (mode === "wrap") return mod(index, size);
  if (mode === "mirror" && size > 1) {
    return abs(subtract(mod(add(index, size - 1), 2 * size - 2), size - 1));
  }
  if (mode === "reflect") {
    const along = mod(index, 2 * size);
    return minimum(along, subtract(2 * size - 1, along));
  }
  return clip(index, 0, size - 1);
}

/**
 * Images whose value at (x, y) is that of the given ones at `(a0 x + a1 y + a2, b0 x + b1 y + b2)`, x to the
 * right and y down. Same shape `[batch, height, width, channels]` (or channels first).
 * @throws ShapeError unless there are four axes
 * Source: Keras 3 `ops.image.affine_transform` (on jax).
 */
export const affineTransform = (
  images: Tensor,
  matrix: AffineMatrix,
  options: AffineTransformOptions = {},
): Tensor => named("affineTransform", () => transform(images, matrix, options));

function transform(images: Tensor, matrix: AffineMatrix, options: AffineTransformOptions): Tensor {
  const { interpolation = "bilinear", fillMode = "constant", fillValue = 0 } = options;
  if (images.rank !== 4) {
    throw new ShapeError(`affineTransform: got images of shape [${images.shape}], expected 4 axes`);
  }
  const first = options.dataFormat === "channelsFirst";
  const [batch, height, width, channels] = (first ? [0, 2, 3, 1] : [0, 1, 2, 3]).map(
    (axis) => images.shape[axis]!,
  ) as [number, number, number, number];
  const shape = [batch, height, width];
  const [x, y] = [2, 1].map((axis) => cast(coordinate(shape, axis), "float32")) as [Tensor, Tensor];
  const [a0, a1, a2, b0, b1, b2] = matrix;
  const tapsAlong = (at: Tensor, size: number): Tap[] =>
    taps(at, interpolation).map(({ index, weight }) => ({
      index: fold(index, size, fillMode),
      weight,
      inside: logicalAnd(greaterEqual(index, 0), lessEqual(index, size - 1)),
    }));
  const across = tapsAlong(add(add(multiply(x, a0), multiply(y, a1)), a2), width);
  const down = tapsAlong(add(add(multiply(x, b0), multiply(y, b1)), b2), height);
  // Where the channels are: beside each place, or whole images of one channel.
  const lift = (places: Tensor): Tensor =>
    reshape(places, first ? [batch, 1, height, width] : [batch, height, width, 1]);
  const source = reshape(images, first ? [images.size] : [batch * height * width, channels]);
  const image = multiply(coordinate(shape, 0), height * width * (first ? channels : 1));
  const read = (row: Tap, column: Tap): Tensor => {
    const place = add(add(image, multiply(row.index, width)), column.index);
    if (!first) return gather(source, place);
    const channel = multiply(coordinate(images.shape, 1), height * width);
    return gather(source, add(channel, lift(place)));
  };
  const parts = down.flatMap((row) =>
    across.map((column) => {
      const value = read(row, column);
      const inside = lift(logicalAnd(row.inside, column.inside));
      const filled = fillMode === "constant" ? where(inside, value, fillValue) : value;
      if (!row.weight || !column.weight) return filled;
      return multiply(filled, lift(multiply(row.weight, column.weight)));
    }),
  );
  return parts.reduce((sum, part) => add(sum, part));
}
