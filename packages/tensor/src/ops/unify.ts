import { type Dtype, isFloat, promote } from "../dtype.js";
import { broadcastShapes } from "../shape.js";
import { Tensor, type TensorLike } from "../tensor.js";
import { cast } from "./cast.js";
import { asTensor, constant } from "./creation.js";
import { broadcastTo } from "./views.js";

/** The element type that literals take beside `dtype`: whole numbers fit integers, others need floats. */
function literalDtype(value: number | boolean, dtype: Dtype): Dtype {
  if (typeof value === "boolean") return dtype;
  if (isFloat(dtype)) return dtype;
  return Number.isInteger(value) ? promote(dtype, "int32") : "float32";
}

/** Brings operands to one dtype and one shape; numbers follow the tensors. */
export function unify(op: string, likes: readonly TensorLike[]): Tensor[] {
  const isLiteral = (like: TensorLike): like is number | boolean => typeof like !== "object";
  const tensors = likes.map((like) => (isLiteral(like) ? like : asTensor(like)));
  const given = tensors.filter((like) => like instanceof Tensor).map((x) => x.dtype);
  const booleans = likes.every((like) => typeof like === "boolean");
  let dtype = given.length > 0 ? given.reduce(promote) : booleans ? "bool" : "float32";
  for (const like of tensors) if (!(like instanceof Tensor)) dtype = literalDtype(like, dtype);
  const shape = broadcastShapes(
    op,
    tensors.map((like) => (like instanceof Tensor ? like.shape : [])),
  );
  return tensors.map((like) =>
    like instanceof Tensor ? broadcastTo(cast(like, dtype), shape) : constant(Number(like), shape, dtype),
  );
}

/** All tensors in their widest float type; integers become float32. */
export function unifyFloats(tensors: readonly Tensor[]): Tensor[] {
  const widest = tensors.map((x) => x.dtype).reduce(promote);
  const dtype = isFloat(widest) ? widest : "float32";
  return tensors.map((x) => cast(x, dtype));
}
