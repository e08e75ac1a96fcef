import type { HostArray } from "@hekla/tensor";
import { DataError } from "@hekla/tensor/errors";

const arrayTypes = {
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

/** How `padSequences` fills and cuts. */
export interface PadSequencesOptions {
  /** Length of all sequences. Default: that of the longest. */
  readonly maxlen?: number;
  /** Element type; int32 cuts fractions off. Default `"int32"`. */
  readonly dtype?: keyof typeof arrayTypes;
  /** The end at which `value` is put. Default `"pre"`. */
  readonly padding?: "pre" | "post";
  /** The end at which a sequence that is too long loses values. Default `"pre"`. */
  readonly truncating?: "pre" | "post";
  /** What is put in. Default 0. */
  readonly value?: number;
}

/** A step of a sequence: a number, or a vector. */
export type SequenceStep = number | ArrayLike<number>;

/**
 * Sequences of different lengths as one array: short ones are filled up, long ones are cut.
 *
 * @param sequences of numbers, or of vectors of one length `features`.
 * @returns `[sequences, maxlen]`, or `[sequences, maxlen, features]`.
 * @throws DataError for vectors of different lengths or an option that is not usable
 *
 * Source: Keras 3.x, `keras.utils.pad_sequences`.
 */
export function padSequences(
  sequences: readonly ArrayLike<SequenceStep>[],
  options: PadSequencesOptions = {},
): HostArray {
  const { dtype = "int32", padding = "pre", truncating = "pre", value = 0 } = options;
  for (const [name, end] of Object.entries({ padding, truncating })) {
    if (end !== "pre" && end !== "post") {
      throw new DataError(
        `padSequences: ${name} is not usable, got ${String(end)}, expected "pre" or "post"`,
      );
    }
  }
  const { maxlen = sequences.reduce((longest, { length }) => Math.max(longest, length), 0) } = options;
  if (!Number.isSafeInteger(maxlen) || (options.maxlen ?? 1) < 1) {
    throw new DataError(
      `padSequences: maxlen is not usable, got ${maxlen}, expected an integer of at least 1`,
    );
  }
  const first = sequences.find(({ length }) => length > 0)?.[0];
  const features = typeof first === "object" ? first.length : undefined;
  const width = features ?? 1;
  const data = new arrayTypes[dtype](sequences.length * maxlen * width).fill(value);
  sequences.forEach((sequence, row) => {
    const kept = Math.min(sequence.length, maxlen);
    const from = truncating === "pre" ? sequence.length - kept : 0;
    const to = row * maxlen + (padding === "pre" ? maxlen - kept : 0);
    for (let step = 0; step < sequence.length; step += 1) {
      const item = sequence[step]!;
      if ((typeof item === "object" ? item.length : undefined) !== features) {
        const got = typeof item === "object" ? `a vector of ${item.length}` : "a number";
        const expected = features === undefined ? "a number" : `a vector of ${features}`;
        throw new DataError(
          `padSequences: steps differ, got ${got} at step ${step} of sequence ${row}, expected ${expected}`,
        );
      }
      const place = step - from;
      if (place >= 0 && place < kept)
        data.set(typeof item === "object" ? item : [item], (to + place) * width);
    }
  });
  const shape = [sequences.length, maxlen];
  return { data, shape: features === undefined ? shape : [...shape, features] };
}
