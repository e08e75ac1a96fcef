import { square, subtract } from "@hekla/tensor";
import { matched } from "../losses/loss-function.js";
import { type Metric, meanMetric } from "./metric.js";

/** Square root of the mean squared error over all samples. Source: Keras 3 `RootMeanSquaredError`. */
export const rootMeanSquaredError = (): Metric => {
  const squares = meanMetric("rootMeanSquaredError", (yTrue, yPred) =>
    square(subtract(...matched("rootMeanSquaredError", yTrue, yPred))),
  );
  return { ...squares, result: (sums) => Math.sqrt(squares.result(sums)) };
};
