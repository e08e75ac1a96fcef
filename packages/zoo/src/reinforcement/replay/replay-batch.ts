import type { FloatArray } from "../environments/vector-environment.js";

/** Whole numbers with their shape. */
export interface IntegerArray {
  readonly data: Int32Array;
  readonly shape: readonly number[];
}

/** Transitions drawn from a replay, as arrays that `tensor(data, { shape })` takes. */
export interface ReplayBatch {
  /** What was acted on `[batch, ...observation]`. */
  readonly observations: FloatArray;
  /** `[batch]` */
  readonly actions: IntegerArray;
  /** Discounted sum of the rewards of up to n steps `[batch]`. */
  readonly rewards: FloatArray;
  /** What was observed after these steps `[batch, ...observation]`. */
  readonly nextObservations: FloatArray;
  /**
   * What the value of `nextObservations` counts `[batch]`: gamma to the power of the number of steps, 0 where
   * the episode terminated. The target of a value is `rewards + discounts * value(nextObservations)`.
   */
  readonly discounts: FloatArray;
  /** Weight of each sample in the loss `[batch]`; 1 unless drawn by priority. */
  readonly weights: FloatArray;
  /** Slots of the replay that were drawn `[batch]`, for `updatePriorities`. */
  readonly indices: Int32Array;
}

/** Arrays for a batch of transitions, to be filled again and again. */
export function replayBatch(size: number, observationShape: readonly number[]): ReplayBatch {
  const floats = (...shape: number[]): FloatArray => ({
    data: new Float32Array(shape.reduce((product, length) => product * length, 1)),
    shape,
  });
  return {
    observations: floats(size, ...observationShape),
    actions: { data: new Int32Array(size), shape: [size] },
    rewards: floats(size),
    nextObservations: floats(size, ...observationShape),
    discounts: floats(size),
    weights: floats(size),
    indices: new Int32Array(size),
  };
}
