import { type MovingDigits, movingDigits } from "@hekla/datasets";
import type { HostArray } from "@hekla/tensor";
import type { DataSource } from "../data-source.js";
import { loadDigits, loadTestDigits, withSampleShape } from "../digits/digits-data.js";

/** What sequences of moving digits are made of. */
export interface MovingDigitsChoice {
  readonly samples: number;
  readonly frames: number;
  readonly size: number;
  readonly motion: "straight" | "bounce";
}

/** Sequences to be judged by: a multiple of nine, so that each motion comes equally often. */
export const testSequences = 900;
/** Number of the first of them, which begins nine motions; no training is that long. */
const firstTest = 90_000_000;

/** Sequences of training digits, real or drawn. */
export async function loadMovingDigits(data: DataSource, choice: MovingDigitsChoice): Promise<MovingDigits> {
  const { train, source } = await loadDigits(data, choice.samples);
  return moved(train.x, choice, 0, source);
}

/** Sequences of test digits, which move as no training sequence does. */
export async function loadTestMovingDigits(
  data: DataSource,
  choice: Omit<MovingDigitsChoice, "samples">,
): Promise<MovingDigits> {
  const { test, source } = await loadTestDigits(data);
  return moved(test.x, { ...choice, samples: testSequences }, firstTest, source);
}

function moved(x: HostArray, choice: MovingDigitsChoice, first: number, source: string): MovingDigits {
  const pictures = withSampleShape(x, [1, 28, 28]);
  return { ...movingDigits({ ...choice, pictures, first, seed: 1 }), source: `${source}, moved` };
}

/** Frames `from` to before `to` of all sequences `[samples, time, ...]`. */
export function framesOf({ data, shape }: HostArray, from: number, to: number): HostArray {
  const [samples = 0, time = 0, ...rest] = shape;
  const length = rest.reduce((product, size) => product * size, 1);
  const cut = new Float32Array(samples * (to - from) * length);
  for (let sample = 0; sample < samples; sample++) {
    const begin = (sample * time + from) * length;
    cut.set(data.subarray(begin, begin + (to - from) * length), sample * (to - from) * length);
  }
  return { data: cut, shape: [samples, to - from, ...rest] };
}

/** Sequence `index` alone, `[1, time, ...]`. */
export function sequenceOf({ data, shape }: HostArray, index: number): HostArray {
  const [, ...rest] = shape;
  const length = rest.reduce((product, size) => product * size, 1);
  return { data: data.slice(index * length, (index + 1) * length), shape: [1, ...rest] };
}
