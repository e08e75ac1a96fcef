import { isFloat, promote } from "../dtype.js";
import type { Tensor } from "../tensor.js";
import { cast } from "./cast.js";

/** All tensors in their widest float type; integers become float32. */
export function unifyFloats(tensors: readonly Tensor[]): Tensor[] {
  const widest = tensors.map((x) => x.dtype).reduce(promote);
  const dtype = isFloat(widest) ? widest : "float32";
  return tensors.map((x) => cast(x, dtype));
}
