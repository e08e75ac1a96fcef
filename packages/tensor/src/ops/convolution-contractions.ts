import { record } from "../recording.js";
import { conv2d as reference } from "../reference/convolution.js";
import type { Conv2DRoutine, Window2D } from "../routine.js";
import type { Tensor } from "../tensor.js";
import { hasSubPixels, subPixelGradient } from "./sub-pixel-convolution.js";
import { imageShape } from "./windows.js";
import { withGradient } from "./with-gradient.js";

/** The three contractions of a convolution; each one's gradients are the other two. */
export function contract(
  name: Conv2DRoutine["name"],
  window: Window2D,
  filters: number,
  a: Tensor,
  b: Tensor,
): Tensor {
  const { dataFormat, batch, channels, inputSize, outputSize, windowSize } = window;
  const shape = {
    conv2d: imageShape(dataFormat, batch, filters, outputSize),
    conv2dInputGradient: imageShape(dataFormat, batch, channels, inputSize),
    conv2dKernelGradient: [filters, channels, ...windowSize],
  }[name];
  const part = (which: Conv2DRoutine["name"], x: Tensor, y: Tensor): Tensor =>
    contract(which, window, filters, x, y);
  const gradients = (dy: Tensor, p: Tensor, q: Tensor): Tensor[] => {
    if (name === "conv2d") return [part("conv2dInputGradient", dy, q), part("conv2dKernelGradient", p, dy)];
    if (name === "conv2dInputGradient") return [part("conv2d", dy, q), part("conv2dKernelGradient", dy, p)];
    return [part("conv2dInputGradient", q, dy), part("conv2d", p, dy)];
  };
  if (name === "conv2dInputGradient" && hasSubPixels(window)) {
    const value = subPixelGradient(window, filters, a, b, (cells, count, x, kernel) =>
      contract("conv2d", cells, count, x, kernel),
    );
    return withGradient(value, [a, b], (dy, [p, q]) => gradients(dy, p!, q!));
  }
  const routine = { name, dtype: a.dtype, window, filters } as const;
  return record({ kind: "routine", routine, reference }, [a, b], shape, a.dtype, (dy, [p, q]) =>
    gradients(dy, p!, q!),
  );
}
