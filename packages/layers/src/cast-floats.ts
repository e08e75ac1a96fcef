import { cast, type Dtype, isFloat, type Tensor } from "@hekla/tensor";
import { maskOf, setMask } from "./masks.js";

/**
 * Floats in the type that a layer computes in, with their mask. Others stay, and so do doubles in a layer that computes in
 * float32.
 */
export function castFloats(x: Tensor, dtype: Dtype): Tensor {
  const differs = x.dtype !== dtype && (x.dtype === "float16" || dtype === "float16");
  return differs && isFloat(x.dtype) ? setMask(cast(x, dtype), maskOf(x)) : x;
}
