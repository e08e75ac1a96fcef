import { ShapeError, slice, type Tensor } from "@hekla/tensor";
import { type BatchShape, formatBatchShape } from "../../batch-shape.js";
import type { Config, LayerOptions } from "../../layer.js";
import type { Along, Along1, Along2, Along3, SpatialOptions } from "../convolution/spatial-layer.js";
import { type Edge, EdgeLayer, type Edges } from "./edge-layer.js";

/** What the croppings share. */
abstract class Cropping<Size extends Along> extends EdgeLayer<Size> {
  override call(inputs: Tensor): Tensor {
    const start = this.alongAxes(
      this.edges.map(([before]) => before),
      0,
    );
    return slice(inputs, start, this.computeOutputShape(inputs.shape) as number[]);
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    return this.resized(inputShape, (size, axis) => {
      const [before, after] = this.edges[axis]!;
      if (size > before + after) return size - before - after;
      throw new ShapeError(
        `${this.name}: nothing is left, got input ${formatBatchShape(inputShape)} and cropping ` +
          `${JSON.stringify(this.edges)}, expected less than the sizes along the spatial axes`,
      );
    });
  }
}

/** Without the first and last steps of `[batch, steps, channels]`. Source: Keras 3 `Cropping1D`. */
export class Cropping1D extends Cropping<Along1> {
  static override readonly className: string = "Cropping1D";

  /**
   * @param cropping steps at both ends, or `[start, end]`; default 1
   * @throws ShapeError unless they are integers of 0 or more
   */
  constructor(cropping: number | Edge = 1, options: LayerOptions = {}) {
    super(1, "cropping", typeof cropping === "number" ? cropping : [cropping], options, false);
  }

  get cropping(): Edge {
    return this.edges[0]!;
  }

  override getConfig(): Config {
    return { ...super.getConfig(), cropping: this.cropping };
  }

  static fromConfig({ cropping, ...options }: Config): Cropping1D {
    return new Cropping1D(cropping as Edge, options);
  }
}

/** Without the edges of images. Source: Keras 3 `Cropping2D`. */
export class Cropping2D extends Cropping<Along2> {
  static override readonly className: string = "Cropping2D";

  /**
   * @param cropping rows and columns: one number, `[height, width]` or `[[top, bottom], [left, right]]`; default 0
   * @throws ShapeError unless they are integers of 0 or more
   */
  constructor(cropping: Edges<Along2> = 0, options: SpatialOptions = {}) {
    super(2, "cropping", cropping, options);
  }

  get cropping(): readonly Edge[] {
    return this.edges;
  }

  override getConfig(): Config {
    return { ...super.getConfig(), cropping: this.cropping };
  }

  static fromConfig({ cropping, ...options }: Config): Cropping2D {
    return new Cropping2D(cropping as Edges<Along2>, options);
  }
}

/** Without the edges of volumes. Source: Keras 3 `Cropping3D`. */
export class Cropping3D extends Cropping<Along3> {
  static override readonly className: string = "Cropping3D";

  /**
   * @param cropping one number, one for each axis, or `[[front, back], [top, bottom], [left, right]]`; default 1
   * @throws ShapeError unless they are integers of 0 or more
   */
  constructor(cropping: Edges<Along3> = 1, options: SpatialOptions = {}) {
    super(3, "cropping", cropping, options);
  }

  get cropping(): readonly Edge[] {
    return this.edges;
  }

  override getConfig(): Config {
    return { ...super.getConfig(), cropping: this.cropping };
  }

  static fromConfig({ cropping, ...options }: Config): Cropping3D {
    return new Cropping3D(cropping as Edges<Along3>, options);
  }
}
