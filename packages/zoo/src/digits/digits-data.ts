import { type DigitSet, type DigitSplit, mnist, syntheticDigits } from "@hekla/datasets";
import { DataError, type HostArray } from "@hekla/tensor";
import type { DataSource } from "../data-source.js";

const drawn = { seed: 1, train: 60_000, test: 2_000, source: "built-in synthetic digits" };

/** The digits, real or drawn, cut to the first `limit` training samples (0: all). */
export async function loadDigits(data: DataSource, limit = 0): Promise<DigitSet> {
  const { train, test, source } = await loadTestDigits(data);
  if (train) return { train: limit === 0 ? train : firstSamples(train, limit), test, source };
  const count = limit === 0 ? drawn.train : Math.min(limit, drawn.train);
  const draw = async () => syntheticDigits(drawn.seed, count);
  return { train: await data.load(`${count} drawn digits`, draw, draw), test, source };
}

/** The digits to be judged by. Drawn ones start behind the longest training part, so that no training ever sees them. */
export function loadTestDigits(data: DataSource): Promise<Omit<DigitSet, "train"> & Partial<DigitSet>> {
  const { seed, train, test, source } = drawn;
  return data.load<Omit<DigitSet, "train"> & Partial<DigitSet>>("digits", mnist, () => ({
    test: syntheticDigits(seed, test, { first: train }),
    source,
  }));
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
