import type { Sequential } from "@hekla/layers";
import { type HostArray, HostRandom } from "@hekla/tensor";

/** Series `[simulations, frames, ...]` as samples `[simulations * frames, ...]`. */
export function framesOf({ data, shape: [simulations = 0, frames = 0, ...rest] }: HostArray): HostArray {
  return { data, shape: [simulations * frames, ...rest] };
}

/** The first so many frames of each of the series `[simulations, frames, ...]`. */
export function firstFrames({ data, shape }: HostArray, count: number): HostArray {
  const [simulations = 0, frames = 0, ...rest] = shape;
  const length = data.length / (simulations * frames);
  const first = new Float32Array(simulations * count * length);
  for (let one = 0; one < simulations; one++) {
    const from = one * frames * length;
    first.set(data.subarray(from, from + count * length), one * count * length);
  }
  return { data: first, shape: [simulations, count, ...rest] };
}

/**
 * Codes `[simulations, frames, code]` of fields `[simulations, frames, 1, grid, grid]`; `change` is done to a
 * copy of each simulation's fields before.
 */
export async function codesOf(
  encoder: Sequential,
  { data, shape: [simulations = 0, frames = 0, ...field] }: HostArray,
  change?: (fields: Float32Array, width: number) => void,
): Promise<HostArray> {
  const length = data.length / simulations;
  const parts: HostArray[] = [];
  for (let from = 0; from < data.length; from += length) {
    const fields = Float32Array.from(data.subarray(from, from + length));
    change?.(fields, field.at(-1)!);
    parts.push(await encoder.predict({ data: fields, shape: [frames, ...field] }, { batchSize: frames }));
  }
  const code = parts[0]!.shape[1]!;
  const codes = new Float32Array(simulations * frames * code);
  parts.forEach((part, at) => codes.set(part.data, at * frames * code));
  return { data: codes, shape: [simulations, frames, code] };
}

/** Without end, batches `[batch, frames, code]` of windows that begin anywhere in any of the series. */
export function* codeWindows(
  series: readonly HostArray[],
  { frames, batchSize, seed }: { readonly frames: number; readonly batchSize: number; readonly seed: number },
): Generator<readonly [HostArray]> {
  const [simulations = 0, all = 0, code = 0] = series[0]!.shape;
  const random = new HostRandom(seed, "windows");
  for (;;) {
    const data = new Float32Array(batchSize * frames * code);
    for (let sample = 0; sample < batchSize; sample++) {
      const { data: codes } = series[random.integer(series.length)]!;
      const start = random.integer(simulations) * all + random.integer(all - frames + 1);
      data.set(codes.subarray(start * code, (start + frames) * code), sample * frames * code);
    }
    yield [{ data, shape: [batchSize, frames, code] }];
  }
}
