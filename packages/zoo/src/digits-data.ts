import type { DigitSet, DigitSplit } from "@hekla/datasets";
import { DataError, type HostArray } from "@hekla/tensor";

export interface DigitsRequest {
  /** How many training samples the model will use; a source that draws its digits need not draw more. */
  readonly trainSamples?: number;
}

/** Gives the digits to a model; chosen by the app. */
export type DigitsProvider = (request: DigitsRequest) => Promise<DigitSet>;

/** Fetches the digits, cut to the first `limit` training samples (0: all). */
export async function loadDigits(provider: DigitsProvider, limit: number): Promise<DigitSet> {
  if (limit === 0) return provider({});
  const digits = await provider({ trainSamples: limit });
  return { ...digits, train: firstSamples(digits.train, limit) };
}

/** The same values under another sample shape: `[n, 1, 28, 28]` as `[n, 784]`. */
export function withSampleShape(array: HostArray, sampleShape: readonly number[]): HostArray {
  const samples = array.shape[0] ?? 0;
  const size = sampleShape.reduce((product, length) => product * length, samples);
  if (size !== array.data.length) {
    throw new DataError(
      `digits: pictures do not fit, got [${array.shape}], expected [${samples},${sampleShape}]`,
    );
  }
  return { data: array.data, shape: [samples, ...sampleShape] };
}

function firstSamples(split: DigitSplit, count: number): DigitSplit {
  const first = (array: HostArray): HostArray => {
    const samples = array.shape[0] ?? 0;
    if (samples <= count) return array;
    const rest = array.shape.slice(1);
    const length = rest.reduce((product, size) => product * size, count);
    return { data: array.data.subarray(0, length), shape: [count, ...rest] };
  };
  return { x: first(split.x), y: first(split.y) };
}
