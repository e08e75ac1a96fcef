import { type HostArray, ShapeError, type Variable } from "@hekla/tensor";
import { product } from "./batch-shape.js";

/**
 * The data of values for these weights.
 * @throws ShapeError for a wrong number of values or a wrong shape
 */
export function valuesFitting(
  weights: readonly Variable[],
  values: readonly (HostArray | ArrayLike<number>)[],
): readonly ArrayLike<number>[] {
  if (values.length !== weights.length) {
    throw new ShapeError(
      `setWeights: wrong number of weights, got ${values.length}, ` +
        `expected ${weights.length} (${weights.map((weight) => weight.name).join(", ")})`,
    );
  }
  return values.map((value, index) => {
    const { shape, name } = weights[index]!;
    const got = "shape" in value ? value.shape : undefined;
    const data = "shape" in value ? value.data : value;
    if (data.length !== product(shape) || (got && got.join() !== shape.join())) {
      throw new ShapeError(
        `setWeights: ${name} does not fit, got [${got ?? data.length}], expected [${shape}]`,
      );
    }
    return data;
  });
}
