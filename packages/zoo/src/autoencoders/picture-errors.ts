import type { HostArray } from "@hekla/tensor";

/**
 * The mean of `-t log(p) - (1 - t) log(1 - p)` over all values, p kept within 1e-7 to 1 - 1e-7.
 * Source: Keras 3 `binary_crossentropy`.
 */
export function binaryCrossentropy(truth: HostArray, drawn: HostArray): number {
  let sum = 0;
  for (let at = 0; at < truth.data.length; at++) {
    const [t, p] = [truth.data[at]!, Math.min(Math.max(drawn.data[at]!, 1e-7), 1 - 1e-7)];
    sum -= t * Math.log(p) + (1 - t) * Math.log(1 - p);
  }
  return sum / truth.data.length;
}

/** The mean squared difference of all values. */
export function meanSquaredError(truth: HostArray, drawn: HostArray): number {
  let sum = 0;
  for (let at = 0; at < truth.data.length; at++) sum += (truth.data[at]! - drawn.data[at]!) ** 2;
  return sum / truth.data.length;
}

/** Peak signal-to-noise ratio in decibels, `10 log10(1 / mean squared error)`, of values 0 to 1. */
export function peakSignalToNoise(truth: HostArray, drawn: HostArray): number {
  return -10 * Math.log10(meanSquaredError(truth, drawn));
}
