import { type HostArray, HostRandom } from "@hekla/tensor";

export type MemoryTask = "adding" | "bit";

/** Sequences and what is to be told at their ends. */
export interface MemorySamples {
  /** `[samples, time, 2]`: a value, and a mark that is 1 where the value counts. */
  readonly x: HostArray;
  /** `[samples, 1]`. */
  readonly y: HostArray;
}

/**
 * Sequences whose ends can only be told by what was kept on the way.
 *
 * "adding": values from 0 to 1; the sum of the two that are marked, one in each half. "bit": the first
 * value is marked and 0 or 1, those behind it are noise from 0 to 1; that first value.
 * Source: Hochreiter and Schmidhuber 1997, experiments 2 and 4.
 * @param name of the random stream: samples of two names are unrelated
 */
export function memorySamples(
  task: MemoryTask,
  size: { readonly samples: number; readonly steps: number },
  seed: number,
  name: string,
): MemorySamples {
  const { samples, steps } = size;
  const random = new HostRandom(seed, `${task} ${name}`);
  const x = new Float32Array(samples * steps * 2);
  const y = new Float32Array(samples);
  const half = Math.floor(steps / 2);
  for (let sample = 0; sample < samples; sample++) {
    const values = Array.from({ length: steps }, () => random.uniform());
    const marked = task === "bit" ? [0] : [random.integer(half), half + random.integer(steps - half)];
    if (task === "bit") values[0] = random.integer(2);
    values.forEach((value, at) => {
      x.set([value, marked.includes(at) ? 1 : 0], (sample * steps + at) * 2);
    });
    y[sample] = marked.reduce((sum, at) => sum + values[at]!, 0);
  }
  return { x: { data: x, shape: [samples, steps, 2] }, y: { data: y, shape: [samples, 1] } };
}
