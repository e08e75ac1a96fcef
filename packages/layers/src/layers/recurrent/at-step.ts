import { slice, squeeze, type Tensor } from "@hekla/tensor";

/** What is at one step of `[batch, steps, ...]`. */
export function atStep(x: Tensor, step: number): Tensor {
  const start = x.shape.map((_, axis) => (axis === 1 ? step : 0));
  const size = x.shape.map((length, axis) => (axis === 1 ? 1 : length));
  return squeeze(slice(x, start, size), 1);
}
