import { cast, DataError, isFloat, type RandomStream, randomUniform, type Tensor } from "@hekla/tensor";
import { type BatchShape, checkRank } from "../../batch-shape.js";
import type { CallOptions, Config } from "../../layer.js";
import { type Along2, SpatialLayer, type SpatialOptions } from "../convolution/spatial-layer.js";
import {
  type AffineInterpolation,
  type AffineMatrix,
  affineTransform,
  type FillMode,
} from "./affine-transform.js";

/** Options of layers that change images at random, all that `RandomFlip` has. */
export interface RandomImageOptions extends SpatialOptions {
  /** Default: the model's seed. */
  readonly seed?: number | null;
}

/** A number for from minus to plus that much, or the two bounds. */
export type Factor = number | readonly [number, number];

/** Both bounds of a factor, in order. @throws DataError where one lies outside of what is allowed */
export function bounds(owner: string, name: string, factor: Factor, least: number, most: number): Along2 {
  const [a, b] = typeof factor === "number" ? [-Math.abs(factor), Math.abs(factor)] : factor;
  // A single number may go further down than is allowed: it is cut there.
  const given = typeof factor === "number" ? [factor] : [a, b];
  if (given.every((value) => value >= least && value <= most)) {
    return [Math.max(Math.min(a, b), least), Math.max(a, b)];
  }
  throw new DataError(
    `${owner}: bad ${name}, got ${JSON.stringify(factor)}, expected numbers from ${least} to ${most}`,
  );
}

/**
 * What layers share that change images at random in training, each image by a draw of its own, and else pass
 * them on: `[batch, height, width, channels]`, or channels first, as floats of the same shape.
 */
export abstract class RandomImageLayer extends SpatialLayer<Along2> {
  readonly seed: number | null;
  #stream: RandomStream | undefined;

  constructor(options: RandomImageOptions) {
    super(2, options);
    this.seed = options.seed ?? null;
  }

  override build(inputShape: BatchShape): void {
    checkRank(this.name, inputShape, 4);
    this.#stream = this.seeds.nextStream("augment", this.seed ?? undefined);
    this.addState(this.#stream.state);
    super.build(inputShape);
  }

  /** The images as this step has them. */
  protected abstract change(images: Tensor): Tensor;

  override call(inputs: Tensor, { training = false }: CallOptions): Tensor {
    const images = isFloat(inputs.dtype) ? inputs : cast(inputs, "float32");
    return training ? this.change(images) : images;
  }

  /** A number for each image, `[batch, 1, 1]`, from `low` to below `high`. */
  protected draw(images: Tensor, [low, high]: Along2): Tensor {
    return randomUniform([images.shape[0]!, 1, 1], this.#stream!, { min: low, max: high });
  }

  /** Height and width. */
  protected sizes(images: Tensor): Along2 {
    const at = this.dataFormat === "channelsFirst" ? 2 : 1;
    return [images.shape[at]!, images.shape[at + 1]!];
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    checkRank(this.name, inputShape, 4);
    return inputShape;
  }

  override getConfig(): Config {
    return { ...super.getConfig(), ...(this.seed === null ? {} : { seed: this.seed }) };
  }
}

/** Options of `RandomTranslation` and `RandomRotation`. */
export interface RandomAffineOptions extends RandomImageOptions {
  /** What lies around the images. Default "reflect". */
  readonly fillMode?: Exclude<FillMode, "mirror">;
  /** Default "bilinear". */
  readonly interpolation?: AffineInterpolation;
  /** Of fillMode "constant". Default 0. */
  readonly fillValue?: number;
}

/** Random shifts, turns and stretches. */
export abstract class RandomAffineLayer extends RandomImageLayer {
  readonly fillMode: Exclude<FillMode, "mirror">;
  readonly interpolation: AffineInterpolation;
  readonly fillValue: number;

  /** @throws DataError for unknown modes */
  constructor(options: RandomAffineOptions) {
    super(options);
    this.fillMode = options.fillMode ?? "reflect";
    this.interpolation = options.interpolation ?? "bilinear";
    this.fillValue = options.fillValue ?? 0;
    this.#check("fillMode", this.fillMode, ["reflect", "wrap", "constant", "nearest"]);
    this.#check("interpolation", this.interpolation, ["nearest", "bilinear"]);
  }

  #check(name: string, value: string, known: readonly string[]): void {
    if (known.includes(value)) return;
    throw new DataError(`${this.name}: bad ${name}, got "${value}", expected one of ${known.join(", ")}`);
  }

  /** Where each image's values come from in this step. */
  protected abstract matrix(images: Tensor, height: number, width: number): AffineMatrix;

  protected override change(images: Tensor): Tensor {
    const { fillMode, interpolation, fillValue, dataFormat } = this;
    const matrix = this.matrix(images, ...this.sizes(images));
    return affineTransform(images, matrix, { fillMode, interpolation, fillValue, dataFormat });
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      fillMode: this.fillMode,
      interpolation: this.interpolation,
      fillValue: this.fillValue,
    };
  }
}
