import type { HostArray } from "@hekla/tensor";
import { DataError } from "@hekla/tensor/errors";
import { Dataset } from "../dataset.js";

/** What a window looks back on and ahead to. */
export interface TimeSeriesWindowsOptions {
  /** Rows that a window looks back on. */
  readonly steps: number;
  /** Rows ahead that are to be forecast. Default 1. */
  readonly horizon?: number;
  /** Rows between the beginnings of two windows. Default 1. */
  readonly stride?: number;
  /** The column to forecast, or several. Default: the only one; necessary where there are more. */
  readonly target?: number | readonly number[];
  /** What to call the series in errors, such as its `source`. Default `"the series"`. */
  readonly name?: string;
}

/** Samples of a series, in the order of time. */
export interface TimeSeriesWindows {
  /** What was known: `[samples, steps, features]` float32. */
  readonly x: HostArray;
  /** What came: `[samples, horizon]` float32, or `[samples, horizon, targets]` for a list of targets. */
  readonly y: HostArray;
  /** The row of each sample's first target. */
  readonly targetRows: Int32Array;
}

/**
 * Cuts a series into windows: sample `i` holds the rows `i * stride` to `i * stride + steps - 1` of all
 * columns, and as its targets the `horizon` rows after those.
 *
 * Windows stay within the values that are given: cut each part of `splitTime` on its own.
 *
 * @param values `[time, features]`, or `[time]` for one feature.
 * @throws DataError if the series is shorter than a window and its horizon, or an option does not fit
 */
export function timeSeriesWindows(values: HostArray, options: TimeSeriesWindowsOptions): TimeSeriesWindows {
  const { steps, horizon = 1, stride = 1, name = "the series" } = options;
  for (const [option, value] of Object.entries({ steps, horizon, stride }))
    atLeastOne("timeSeriesWindows", option, value);
  const [time = 0, features = 1] = values.shape;
  if (values.shape.length < 1 || values.shape.length > 2) {
    throw new DataError(
      `timeSeriesWindows: got values [${values.shape}], expected [time, features] or [time]`,
    );
  }
  const targets = targetColumns(options.target, features);
  if (time < steps + horizon) {
    const least = `at least ${steps + horizon} (${steps} steps, ${horizon} ahead)`;
    throw new DataError(
      `timeSeriesWindows: ${name} is shorter than a window, got ${time} rows, expected ${least}`,
    );
  }
  const samples = Math.floor((time - steps - horizon) / stride) + 1;
  const x = new Float32Array(samples * steps * features);
  const y = new Float32Array(samples * horizon * targets.length);
  for (let sample = 0; sample < samples; sample += 1) {
    const first = sample * stride * features;
    x.set(values.data.subarray(first, first + steps * features), sample * steps * features);
    for (let ahead = 0; ahead < horizon; ahead += 1) {
      const row = (sample * stride + steps + ahead) * features;
      const to = (sample * horizon + ahead) * targets.length;
      targets.forEach((column, index) => {
        y[to + index] = values.data[row + column]!;
      });
    }
  }
  const several = Array.isArray(options.target);
  return {
    x: { data: x, shape: [samples, steps, features] },
    y: { data: y, shape: several ? [samples, horizon, targets.length] : [samples, horizon] },
    targetRows: Int32Array.from({ length: samples }, (_, sample) => sample * stride + steps),
  };
}

function atLeastOne(owner: string, option: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw new DataError(`${owner}: ${option} is not usable, got ${value}, expected an integer of at least 1`);
}

/** The target columns of `[time, features]` as a list; throws DataError where one is none. */
export function targetColumns(
  target: TimeSeriesWindowsOptions["target"],
  features: number,
): readonly number[] {
  const targets = target === undefined && features === 1 ? [0] : [target ?? []].flat();
  if (
    targets.length > 0 &&
    targets.every((column) => Number.isInteger(column) && column >= 0 && column < features)
  ) {
    return targets;
  }
  const got = targets.length === 0 ? "no target" : `the target ${targets.join(", ")}`;
  throw new DataError(`timeSeriesWindows: got ${got}, expected columns from 0 to ${features - 1}`);
}

export interface TimeseriesDatasetOptions {
  /** Rows of a sequence. */
  readonly sequenceLength: number;
  /** Rows between the beginnings of two sequences. Default 1. */
  readonly sequenceStride?: number;
  /** Rows between two elements of a sequence. Default 1. */
  readonly samplingRate?: number;
  /** Default 128. */
  readonly batchSize?: number;
  /** Whether each epoch has the sequences in an order of its own. Default false. */
  readonly shuffle?: boolean;
  /** Seed of that order. Default 0. */
  readonly seed?: number;
  /** First row that is used. Default 0. */
  readonly startIndex?: number;
  /** Row before which use ends. Default: all. */
  readonly endIndex?: number;
}

/**
 * Batches of the sequences of an array, made as they are asked for, so that overlapping windows of a long
 * series take no memory. The target of a sequence is the row of `targets` with the number of its first row:
 * for a forecast `k` rows after the end, pass `targets` shifted by `sequenceLength - 1 + k` rows.
 *
 * @param data `[time, ...]`.
 * @param targets `[time, ...]`, or null for sequences alone.
 * @returns batches `{ x: [batch, sequenceLength, ...], y: [batch, ...] }`, or `{ x }` without targets
 * @throws DataError if an option does not fit, or there is not a single sequence
 *
 * Source: Keras 3 `timeseries_dataset_from_array`; the order of a shuffled epoch is ours.
 */
export function timeseriesDatasetFromArray(
  data: HostArray,
  targets: HostArray,
  options: TimeseriesDatasetOptions,
): Dataset<{ x: HostArray; y: HostArray }>;
export function timeseriesDatasetFromArray(
  data: HostArray,
  targets: null,
  options: TimeseriesDatasetOptions,
): Dataset<{ x: HostArray }>;
export function timeseriesDatasetFromArray(
  data: HostArray,
  targets: HostArray | null,
  options: TimeseriesDatasetOptions,
): Dataset<{ x: HostArray; y?: HostArray }> {
  const owner = "timeseriesDatasetFromArray";
  const { sequenceLength: length, sequenceStride = 1, samplingRate = 1, batchSize = 128 } = options;
  const { shuffle = false, seed = 0, startIndex = 0, endIndex = data.shape[0] ?? 0 } = options;
  const counts = { sequenceLength: length, sequenceStride, samplingRate, batchSize };
  for (const [option, value] of Object.entries(counts)) atLeastOne(owner, option, value);
  const time = data.shape[0] ?? 0;
  const inside = [startIndex, endIndex].every(Number.isInteger) && 0 <= startIndex && endIndex <= time;
  if (!inside)
    throw new DataError(`${owner}: got rows ${startIndex} to ${endIndex}, expected some of 0 to ${time}`);
  const whole = endIndex - startIndex - (length - 1) * samplingRate;
  const starts = Math.min(whole, (targets?.shape[0] ?? Number.POSITIVE_INFINITY) - startIndex);
  if (starts < 1) {
    const got = `rows ${startIndex} to ${endIndex}${targets ? ` and ${targets.shape[0]} targets` : ""}`;
    throw new DataError(
      `${owner}: the series is shorter than a sequence, got ${got}, expected rows for ${length}`,
    );
  }
  const samples = Math.ceil(starts / sequenceStride);
  const first = {
    data: Int32Array.from({ length: samples }, (_, i) => startIndex + i * sequenceStride),
    shape: [samples],
  };
  const order = Dataset.from(first);
  return (shuffle ? order.shuffle(samples, { seed }) : order).batch(batchSize).map((batch) => {
    const rows = [...batch.data];
    const x = gather(
      data,
      rows.flatMap((row) => Array.from({ length }, (_, step) => row + step * samplingRate)),
    );
    const sequences = { data: x.data, shape: [rows.length, length, ...data.shape.slice(1)] };
    return targets ? { x: sequences, y: gather(targets, rows) } : { x: sequences };
  });
}

/** The rows of an array with these numbers. */
function gather({ data, shape }: HostArray, rows: readonly number[]): HostArray {
  const inner = shape.slice(1);
  const size = inner.reduce((product, length) => product * length, 1);
  const picked = data.slice(0, 0);
  const values = new (picked.constructor as new (length: number) => HostArray["data"])(rows.length * size);
  rows.forEach((row, index) => {
    values.set(data.subarray(row * size, (row + 1) * size), index * size);
  });
  return { data: values, shape: [rows.length, ...inner] };
}
