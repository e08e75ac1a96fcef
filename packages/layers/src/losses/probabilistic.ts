import { add, clip, divide, log, multiply, subtract, sum } from "@hekla/tensor";
import { epsilon, type LossFunction, matched, meanOf } from "./loss-function.js";

/** `mean(p - t log(p + 1e-7))` over the last axis. Source: Keras 3 `poisson`. */
export const poisson = meanOf("poisson", (t, p) => subtract(p, multiply(t, log(add(p, epsilon)))));

/** `sum(t log(t / p))` over the last axis, both clipped to [1e-7, 1]. Source: Keras 3 `kl_divergence`. */
export const klDivergence: LossFunction = (yTrue, yPred) => {
  const [t, p] = matched("klDivergence", yTrue, yPred).map((x) => clip(x, epsilon, 1));
  return sum(multiply(t!, log(divide(t!, p!))), { axes: -1 });
};
