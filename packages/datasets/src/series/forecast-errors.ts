import type { HostArray } from "@hekla/tensor";
import { DataError } from "@hekla/tensor/errors";

/** How far forecasts are from what came, in the units of the values. */
export interface ForecastErrors {
  /** Root of the mean squared error. */
  readonly rmse: number;
  /** Mean absolute error. */
  readonly mae: number;
  /**
   * Mean absolute error as a fraction of the true value: `mean(|y - f| / max(|y|, epsilon))`, where epsilon
   * is 2^-52, as scikit-learn has it; 0.05 is five percent.
   */
  readonly mape: number;
  /** Mean of forecast minus truth. */
  readonly bias: number;
}

/**
 * Errors over all values of two arrays of one shape, such as `[samples, horizon]`.
 *
 * @throws DataError if the shapes differ, there are no values, or one is not a number
 *
 * Source: scikit-learn `root_mean_squared_error`, `mean_absolute_error`, `mean_absolute_percentage_error`.
 */
export function forecastErrors(truth: HostArray, forecast: HostArray): ForecastErrors {
  const count = truth.data.length;
  if (truth.shape.join() !== forecast.shape.join() || count === 0 || forecast.data.length !== count) {
    throw new DataError(
      `forecastErrors: got a forecast [${forecast.shape}] of [${truth.shape}], expected one shape`,
    );
  }
  let [squares, absolute, relative, sum] = [0, 0, 0, 0];
  for (let i = 0; i < count; i += 1) {
    const error = forecast.data[i]! - truth.data[i]!;
    if (!Number.isFinite(error)) {
      const got = `${forecast.data[i]} for ${truth.data[i]}`;
      throw new DataError(`forecastErrors: value ${i} is not finite, got ${got}, expected numbers`);
    }
    squares += error * error;
    absolute += Math.abs(error);
    relative += Math.abs(error) / Math.max(Math.abs(truth.data[i]!), Number.EPSILON);
    sum += error;
  }
  return {
    rmse: Math.sqrt(squares / count),
    mae: absolute / count,
    mape: relative / count,
    bias: sum / count,
  };
}
