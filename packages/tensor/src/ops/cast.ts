import { type Dtype, isFloat } from "../dtype.js";
import { record, scope } from "../recording.js";
import type { Tensor, TensorLike } from "../tensor.js";
import { asTensor, constant } from "./creation.js";

/**
 * The values in another element type. Float to int32 cuts towards zero and saturates (NaN gives 0); to bool: `x != 0`.
 * The gradient flows between float types only.
 */
export const cast = (x: TensorLike, dtype: Dtype): Tensor =>
  scope(() => {
    const source = asTensor(x);
    if (source.dtype === dtype) return source;
    const { operation } = source.node;
    if (operation.kind === "constant" && !source.node.source && dtype !== "int32") {
      return constant(operation.value, source.shape, dtype);
    }
    return record({ kind: "scalar", op: "cast" }, [source], source.shape, dtype, (gradient) => [
      isFloat(dtype) ? cast(gradient, source.dtype) : undefined,
    ]);
  });
