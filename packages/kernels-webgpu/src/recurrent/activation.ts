import type { RecurrentActivation } from "@hekla/tensor";
import type { KernelWriter, Value } from "../text/kernel-writer.js";

const float = (kernel: KernelWriter, value: number): Value => kernel.constant(value, "float32");

/** The function's value at `x`. */
export function activate(kernel: KernelWriter, name: RecurrentActivation, x: Value): Value {
  if (name === "linear") return x;
  if (name !== "hardSigmoid") return kernel.apply(name, [x], "float32");
  const line = kernel.add(kernel.multiply(x, float(kernel, 1 / 6)), float(kernel, 0.5));
  const raised = kernel.apply("maximum", [line, float(kernel, 0)], "float32");
  return kernel.apply("minimum", [raised, float(kernel, 1)], "float32");
}

/** `gradient` times the function's slope where its value is `y`. */
export function timesSlope(
  kernel: KernelWriter,
  name: RecurrentActivation,
  gradient: Value,
  y: Value,
): Value {
  const [zero, one] = [float(kernel, 0), float(kernel, 1)];
  const subtract = (a: Value, b: Value): Value => kernel.apply("subtract", [a, b], "float32");
  const isAbove = (a: Value, b: Value): Value => kernel.apply("less", [b, a], "bool");
  switch (name) {
    case "tanh":
      return kernel.multiply(gradient, subtract(one, kernel.multiply(y, y)));
    case "sigmoid":
      return kernel.multiply(gradient, kernel.multiply(y, subtract(one, y)));
    case "hardSigmoid": {
      const inside = kernel.apply("logicalAnd", [isAbove(y, zero), isAbove(one, y)], "bool");
      return kernel.multiply(gradient, kernel.where(inside, float(kernel, 1 / 6), zero));
    }
    case "relu":
      return kernel.multiply(gradient, kernel.where(isAbove(y, zero), one, zero));
    case "linear":
      return gradient;
  }
}
