import type { DigitSet, DigitSplit } from "@hekla/datasets";
import { DataError, type HostArray } from "@hekla/tensor";

export interface DigitsRequest {
  /** How many training samples the model will use; a source that draws its digits need not draw more. */
  readonly trainSamples?: number;
}

/** Gives the digits to a model; chosen by the app. */
export type DigitsProvider = (request: DigitsRequest) => Promise<DigitSet>;

/** Fetches the digits, cut to the first `limit` training samples (0: all) and checked. */
export async function loadDigits(provider: DigitsProvider, limit: number): Promise<DigitSet> {
  const digits = await provider(limit > 0 ? { trainSamples: limit } : {});
  const train = limit > 0 ? firstSamples(digits.train, limit) : digits.train;
  for (const [part, split] of [["training", train], ["test", digits.test]] as const) checkSplit(part, split);
  return { ...digits, train };
}

/** The same values under another sample shape: `[n, 1, 28, 28]` as `[n, 784]`. */
export function withSampleShape(array: HostArray, sampleShape: readonly number[]): HostArray {
  const samples = array.shape[0] ?? 0;
  const size = sampleShape.reduce((product, length) => product * length, samples);
  if (size !== array.data.length) {
    throw new DataError(`digits: pictures do not fit, got [${array.shape}], expected [${samples},${sampleShape}]`);
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

function checkSplit(part: string, { x, y }: DigitSplit): void {
  const samples = x.shape[0] ?? 0;
  if (samples === 0 || samples !== y.shape[0]) {
    throw new DataError(
      `digits: ${part} data does not fit, got ${samples} pictures and ${y.shape[0] ?? 0} labels, expected as many`,
    );
  }
  // NaN and infinity survive a sum, so one pass without branches tells.
  let sum = 0;
  for (let i = 0; i < x.data.length; i++) sum += x.data[i] as number;
  if (Number.isFinite(sum)) return;
  const at = x.data.findIndex((value: number) => !Number.isFinite(value));
  const sample = Math.floor((at * samples) / x.data.length);
  throw new DataError(
    `digits: ${part} picture ${sample} holds a value that is no number, got ${x.data[at]}, expected 0 to 1`,
  );
}
