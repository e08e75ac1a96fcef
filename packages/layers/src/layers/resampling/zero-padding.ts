import { pad, type Tensor } from "@hekla/tensor";
import type { BatchShape } from "../../batch-shape.js";
import type { Config } from "../../layer.js";
import type { Along, Along1, Along2, Along3, SpatialOptions } from "../convolution/spatial-layer.js";
import { type Edge, EdgeLayer, type Edges } from "./edge-layer.js";

/** What the zero paddings share. */
abstract class ZeroPadding<Size extends Along> extends EdgeLayer<Size> {
  override call(inputs: Tensor): Tensor {
    return pad(inputs, this.alongAxes<Edge>(this.edges, [0, 0]));
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    return this.resized(inputShape, (size, axis) => size + this.edges[axis]![0] + this.edges[axis]![1]);
  }
}

/** Zeros before the first and behind the last step. Source: Keras 3 `ZeroPadding1D`. */
export class ZeroPadding1D extends ZeroPadding<Along1> {
  static override readonly className: string = "ZeroPadding1D";

  /**
   * @param padding zeros at both ends, or `[start, end]`; default 1
   * @throws ShapeError unless they are integers of 0 or more
   */
  constructor(padding: number | Edge = 1, options: SpatialOptions = {}) {
    super(1, "padding", typeof padding === "number" ? padding : [padding], options);
  }

  get padding(): Edge {
    return this.edges[0]!;
  }

  override getConfig(): Config {
    return { ...super.getConfig(), padding: this.padding };
  }

  static fromConfig({ padding, ...options }: Config): ZeroPadding1D {
    return new ZeroPadding1D(padding as Edge, options);
  }
}

/** Zeros around images. Source: Keras 3 `ZeroPadding2D`. */
export class ZeroPadding2D extends ZeroPadding<Along2> {
  static override readonly className: string = "ZeroPadding2D";

  /**
   * @param padding rows and columns: one number, `[height, width]` or `[[top, bottom], [left, right]]`; default 1
   * @throws ShapeError unless they are integers of 0 or more
   */
  constructor(padding: Edges<Along2> = 1, options: SpatialOptions = {}) {
    super(2, "padding", padding, options);
  }

  get padding(): readonly Edge[] {
    return this.edges;
  }

  override getConfig(): Config {
    return { ...super.getConfig(), padding: this.padding };
  }

  static fromConfig({ padding, ...options }: Config): ZeroPadding2D {
    return new ZeroPadding2D(padding as Edges<Along2>, options);
  }
}

/** Zeros around volumes. Source: Keras 3 `ZeroPadding3D`. */
export class ZeroPadding3D extends ZeroPadding<Along3> {
  static override readonly className: string = "ZeroPadding3D";

  /**
   * @param padding one number, one for each axis, or `[[front, back], [top, bottom], [left, right]]`; default 1
   * @throws ShapeError unless they are integers of 0 or more
   */
  constructor(padding: Edges<Along3> = 1, options: SpatialOptions = {}) {
    super(3, "padding", padding, options);
  }

  get padding(): readonly Edge[] {
    return this.edges;
  }

  override getConfig(): Config {
    return { ...super.getConfig(), padding: this.padding };
  }

  static fromConfig({ padding, ...options }: Config): ZeroPadding3D {
    return new ZeroPadding3D(padding as Edges<Along3>, options);
  }
}
