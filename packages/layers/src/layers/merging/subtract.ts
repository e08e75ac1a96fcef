import { ShapeError, subtract, type Tensor } from "@hekla/tensor";
import { type BatchShape, formatBatchShape, type Shapes } from "../../batch-shape.js";
import type { Config } from "../../layer.js";
import { inputShapes, Merge } from "./merge.js";

/** `x - y` of a list of two inputs. Source: Keras 3 `Subtract`. */
export class Subtract extends Merge {
  static override readonly className: string = "Subtract";

  protected override merge([x, y]: readonly Tensor[]): Tensor {
    return subtract(x!, y!);
  }

  override computeOutputShape(inputShape: Shapes): BatchShape {
    const shapes = inputShapes(this.name, inputShape, 2);
    if (shapes.length > 2) {
      throw new ShapeError(
        `${this.name}: bad inputs, got ${shapes.length} (${shapes.map(formatBatchShape).join(", ")}), ` +
          "expected 2",
      );
    }
    return super.computeOutputShape(shapes);
  }

  static fromConfig(config: Config): Subtract {
    return new Subtract(config);
  }
}
