import {
  abs,
  add,
  type DataFormat,
  divide,
  greater,
  greaterEqual,
  matmul,
  maximum,
  multiply,
  range,
  reshape,
  sin,
  subtract,
  sum,
  type Tensor,
  where,
} from "@hekla/tensor";

/** The weight of a pixel at a distance from where an output pixel looks; 0 from some distance on. */
type Weight = (distance: Tensor) => Tensor;

/** `a + x (b + x (c + x d))` and so on. */
const polynomial = (x: Tensor, coefficients: readonly number[]): Tensor =>
  coefficients
    .slice(0, -1)
    .reduceRight((value: Tensor | number, c) => add(multiply(value, x), c), coefficients.at(-1)!) as Tensor;

const bilinear: Weight = (x) => maximum(subtract(1, x), 0);

/** Keys' cubic with a = -1/2. Source: R. G. Keys 1981, "Cubic convolution interpolation", equation 15. */
const bicubic: Weight = (x) => {
  const far = where(greaterEqual(x, 2), 0, polynomial(x, [2, -4, 2.5, -0.5]));
  return where(greaterEqual(x, 1), far, polynomial(x, [1, 0, -2.5, 1.5]));
};

/** A sinc cut by a wider sinc: `radius sin(pi x) sin(pi x / radius) / (pi x)^2`. */
const lanczos =
  (radius: number): Weight =>
  (x) => {
    const angle = multiply(x, Math.PI);
    const waves = multiply(multiply(sin(angle), sin(divide(angle, radius))), radius);
    // Near 0 the quotient is 1; there another divisor keeps it finite.
    const near = greaterEqual(1e-3, x);
    const inside = where(near, 1, divide(waves, where(near, 1, multiply(angle, angle))));
    return where(greater(x, radius), 0, inside);
  };

const weights = { bilinear, bicubic, lanczos3: lanczos(3), lanczos5: lanczos(5) } as const;

export type Interpolation = "nearest" | keyof typeof weights;
export const interpolations: readonly string[] = ["nearest", ...Object.keys(weights)];

/**
 * Weights `[size * factor, size]` of the pixels along an axis in those of one `factor` times as long. Pixels are areas:
 * output pixel o looks at `(o + 1/2) / factor - 1/2`; weights at the ends are scaled up to the sum 1.
 * Source: `jax.image.scale_and_translate`.
 */
function resizeMatrix(size: number, factor: number, weight: Weight): Tensor {
  // Whole pixels and parts apart, so that the distance is exact however many pixels there are.
  const parts = add(multiply(range(0, factor), 1 / factor), 0.5 / factor - 0.5);
  const whole = subtract(reshape(range(0, size), [size, 1, 1]), range(0, size));
  const raw = weight(abs(add(whole, reshape(parts, [factor, 1]))));
  return reshape(divide(raw, sum(raw, { axes: 2, keepDims: true })), [size * factor, size]);
}

/** Images `factors` times as high and wide, `[batch, height, width, channels]` or channels first. */
export function interpolate(
  images: Tensor,
  factors: readonly [number, number],
  method: Exclude<Interpolation, "nearest">,
  dataFormat: DataFormat,
): Tensor {
  const last = dataFormat === "channelsLast";
  const [height, width] = (last ? images.shape.slice(1, 3) : images.shape.slice(2)) as [number, number];
  const [rows, columns] = [height * factors[0], width * factors[1]];
  const across = resizeMatrix(width, factors[1], weights[method]);
  const down = resizeMatrix(height, factors[0], weights[method]);
  // Images in rows, then columns: matrices on the side of the axis that they act on.
  if (last) {
    const [batch, , , channels] = images.shape as [number, number, number, number];
    const higher = matmul(down, reshape(images, [batch, height, width * channels]));
    const wider = matmul(across, reshape(higher, [batch * rows, width, channels]));
    return reshape(wider, [batch, rows, columns, channels]);
  }
  const [batch, channels] = images.shape as [number, number];
  const count = batch * channels;
  const wider = matmul(reshape(images, [count * height, width]), across, { transposeB: true });
  const higher = matmul(down, reshape(wider, [count, height, columns]));
  return reshape(higher, [batch, channels, rows, columns]);
}
