import { divide, HeklaError, type Tensor, type Variable } from "@hekla/tensor";

/** Default: no clipping. At most one of the three may be set, as in Keras. */
export interface ClippingOptions {
  /** Each gradient is scaled down to at most this Euclidean norm. */
  readonly clipNorm?: number;
  /** Each element is cut to [-clipValue, clipValue]. */
  readonly clipValue?: number;
  /** All gradients are scaled down together to at most this Euclidean norm. */
  readonly globalClipNorm?: number;
}

/** @throws HeklaError for more than one kind of clipping */
export function checkClipping({ clipNorm, clipValue, globalClipNorm }: ClippingOptions): void {
  const bounds = Object.entries({ clipNorm, clipValue, globalClipNorm });
  const names = bounds.flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (names.length < 2) return;
  throw new HeklaError(
    `optimizer: too many ways of clipping, got ${names.join(" and ")}, expected at most one`,
  );
}

/** `bound / max(norm, bound)`, a scalar: gradients within the bound are left as they are. */
const scaleFor = (norm: Tensor, bound: number): Tensor => divide(bound, norm.maximum(bound));

/** The gradients under the bound that is set. */
export function clipGradients(
  gradients: ReadonlyMap<Variable, Tensor>,
  { clipNorm, clipValue, globalClipNorm }: ClippingOptions,
): ReadonlyMap<Variable, Tensor> {
  const each = (change: (gradient: Tensor) => Tensor): ReadonlyMap<Variable, Tensor> =>
    new Map([...gradients].map(([weight, gradient]) => [weight, change(gradient)]));
  if (clipValue !== undefined) return each((gradient) => gradient.clip(-clipValue, clipValue));
  if (clipNorm !== undefined) {
    return each((gradient) => gradient.multiply(scaleFor(gradient.square().sum().sqrt(), clipNorm)));
  }
  if (globalClipNorm !== undefined && gradients.size > 0) {
    const squares = [...gradients.values()].map((gradient) => gradient.square().sum());
    const norm = squares.reduce((total, part) => total.add(part)).sqrt();
    // The difference is 0, or NaN for a norm that is not finite: an overflow shows, as in Keras.
    const scale = scaleFor(norm, globalClipNorm).add(norm.subtract(norm));
    return each((gradient) => gradient.multiply(scale));
  }
  return gradients;
}
