import { broadcastTo, type Dtype, flip, slice, type Tensor, tensor, transpose } from "@hekla/tensor";

/** A tensor argument of a sample: stored shape, values from a seed, and the view the op sees it through. */
export interface Input {
  readonly kind: "input";
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  readonly fill: (random: () => number, size: number) => readonly number[];
  readonly view?: (stored: Tensor) => Tensor;
}

/** Deterministic numbers in [0, 1) from a text. Source: FNV-1a; mulberry32 (T. Ettinger, 2017). */
export function seededRandom(text: string): () => number {
  let state = 0x811c9dc5;
  for (const character of text) state = Math.imul(state ^ character.charCodeAt(0), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const list = (size: number, value: (index: number) => number): number[] =>
  Array.from({ length: size }, (_, index) => value(index));

/** Uniform float32 values from `min` to `max`. */
export const real = (shape: readonly number[], min = -2, max = 2): Input => ({
  kind: "input",
  shape,
  dtype: "float32",
  fill: (random, size) => list(size, () => Math.fround(min + (max - min) * random())),
});

/** Shuffled values at equal distances from -2 to 2, no two near each other: for max, sort, pooling. */
export const distinct = (shape: readonly number[]): Input => ({
  kind: "input",
  shape,
  dtype: "float32",
  fill: (random, size) => {
    const order = list(size, (index) => index);
    for (let last = size - 1; last > 0; last--) {
      const other = Math.floor(random() * (last + 1));
      [order[last], order[other]] = [order[other]!, order[last]!];
    }
    return order.map((rank) => Math.fround((4 * (rank + 0.5)) / size - 2));
  },
});

/** Uniform int32 values from `min` to `max`, both included. */
export const integers = (shape: readonly number[], min = -9, max = 9): Input => ({
  kind: "input",
  shape,
  dtype: "int32",
  fill: (random, size) => list(size, () => min + Math.floor(random() * (max - min + 1))),
});

export const flags = (shape: readonly number[]): Input => ({
  kind: "input",
  shape,
  dtype: "bool",
  fill: (random, size) => list(size, () => (random() < 0.5 ? 0 : 1)),
});

/** The very values; repeated from the start where the shape needs more. */
export const given = (
  values: readonly number[],
  dtype: Dtype = "float32",
  shape: readonly number[] = [values.length],
): Input => ({
  kind: "input",
  shape,
  dtype,
  fill: (_random, size) => list(size, (index) => values[index % values.length]!),
});

/** Every pair of `values`, as two inputs. */
export function pairs(values: readonly number[], dtype: Dtype = "float32"): [Input, Input] {
  const square = [values.length, values.length];
  return [given(values, dtype, square), transposed(given(values, dtype, square))];
}

/** Stored with its axes in reverse. */
export const transposed = (input: Input): Input => ({
  ...input,
  shape: [...input.shape].reverse(),
  view: (stored) => transpose(stored),
});

/** Every second element of a block that is larger on every axis. */
export const strided = (input: Input): Input => ({
  ...input,
  shape: input.shape.map((size) => 2 * size + 1),
  view: (stored) =>
    slice(
      stored,
      input.shape.map(() => 1),
      [...input.shape],
      { step: input.shape.map(() => 2) },
    ),
});

/** Stored backwards on every axis. */
export const flipped = (input: Input): Input => ({
  ...input,
  view: (stored) =>
    flip(
      stored,
      input.shape.map((_, axis) => axis),
    ),
});

/** Stored with `axis` of size 1 and stretched. */
export const stretched = (input: Input, axis = 0): Input => ({
  ...input,
  shape: input.shape.map((size, at) => (at === axis ? 1 : size)),
  view: (stored) => broadcastTo(stored, input.shape),
});

/** An input's stored values; another `seed`, other values (those of `given` stay). */
export function inputValues(input: Input, seed: string): number[] {
  const size = input.shape.reduce((product, length) => product * length, 1);
  return [...input.fill(seededRandom(seed), size)];
}

/** Stored tensor of an input on the backend in use; `float` is the element type that stands for float32. */
export function inputTensor(input: Input, seed: string, float: "float32" | "float64" = "float32"): Tensor {
  const values = inputValues(input, seed);
  const dtype = input.dtype === "float32" ? float : input.dtype;
  if (dtype === "float32") return tensor(Float32Array.from(values), { shape: input.shape, dtype });
  if (dtype === "float16") return tensor(Float32Array.from(values), { shape: input.shape, dtype });
  if (dtype === "float64") return tensor(Float64Array.from(values), { shape: input.shape, dtype });
  return tensor(Int32Array.from(values), { shape: input.shape, dtype });
}
