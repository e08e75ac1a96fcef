import type { BatchShape } from "./batch-shape.js";
import { Layer } from "./layer.js";

/** A layer whose output has the shape of its input. */
export abstract class SameShapeLayer extends Layer {
  override computeOutputShape(inputShape: BatchShape): BatchShape {
    return inputShape;
  }
}
