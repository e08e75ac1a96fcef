import type { HostArray } from "@hekla/tensor";
import { DataError } from "@hekla/tensor/errors";

/** What a scaler learned from the training part, as JSON; numbers a column. */
export type ScalerJson =
  | { readonly kind: "minMax"; readonly scale: readonly number[]; readonly min: readonly number[] }
  | { readonly kind: "standard"; readonly scale: readonly number[]; readonly mean: readonly number[] };

/**
 * Brings columns to a common scale and back. Both take arrays whose last axis has the columns of the scaler;
 * one of a single column takes any shape. Float32 stays float32, everything else becomes float64. */
export interface Scaler {
  /** How many columns it knows. */
  readonly features: number;
  transform(values: HostArray): HostArray;
  inverseTransform(values: HostArray): HostArray;
  /** The scaler of these columns alone: that of the target, to bring forecasts back. */
  select(columns: readonly number[]): Scaler;
  toJSON(): ScalerJson;
}

/**
 * Maps the range of each column of the training part to `featureRange`:
 * `x * scale + min`, where `scale = (high - low) / (max(x) - min(x))` and `min = low - min(x) * scale`.
 * A column that never changes is moved, not stretched.
 *
 * @param training values `[..., features]` of the training part only: what comes later may not be known yet.
 * @param options.featureRange default `[0, 1]`.
 * @throws DataError if there are no rows, a value is not finite, or the range is empty
 *
 * Source: scikit-learn `MinMaxScaler`.
 */
export function minMaxScaler(
  training: HostArray,
  options: { readonly featureRange?: readonly [number, number] } = {},
): Scaler {
  const [low, high] = options.featureRange ?? [0, 1];
  if (!(low < high)) {
    throw new DataError(
      `minMaxScaler: got the featureRange [${low}, ${high}], expected a lower and a higher end`,
    );
  }
  const columns = columnsFor("minMaxScaler", training);
  const ranges = columns.map((column) => {
    const [least, most] = column.reduce(
      ([a, b], x) => [Math.min(a, x), Math.max(b, x)],
      [Infinity, -Infinity],
    );
    return { least: least!, scale: (high - low) / unlessZero(most! - least!, 10 * Number.EPSILON) };
  });
  return scalerFromJson({
    kind: "minMax",
    scale: ranges.map(({ scale }) => scale),
    min: ranges.map(({ least, scale }) => low - least * scale),
  });
}

/**
 * Gives each column of the training part mean 0 and variance 1: `(x - mean) / scale`, where `scale` is the
 * square root of the variance over all rows (not n - 1). A column that never changes is moved, not stretched.
 *
 * @param training values `[..., features]` of the training part only.
 * @throws DataError if there are no rows, or a value is not finite
 *
 * Source: scikit-learn `StandardScaler`.
 */
export function standardScaler(training: HostArray): Scaler {
  const moments = columnsFor("standardScaler", training).map((column) => {
    const count = column.length;
    const mean = column.reduce((sum, x) => sum + x, 0) / count;
    const squares = column.reduce((sum, x) => sum + (x - mean) ** 2, 0);
    // What the rounding of the mean adds to the squares.
    const correction = column.reduce((sum, x) => sum + (x - mean), 0) ** 2 / count;
    const variance = (squares - correction) / count;
    const rounding = count * Number.EPSILON * variance + (count * mean * Number.EPSILON) ** 2;
    return { mean, scale: variance <= rounding ? 1 : Math.sqrt(variance) };
  });
  return scalerFromJson({
    kind: "standard",
    scale: moments.map(({ scale }) => scale),
    mean: moments.map(({ mean }) => mean),
  });
}

/**
 * The scaler that `toJSON` described.
 * @throws DataError for anything else
 */
export function scalerFromJson(json: ScalerJson): Scaler {
  const { kind, scale } = json;
  const shift = kind === "minMax" ? json.min : kind === "standard" ? json.mean : undefined;
  const good = (list: unknown): boolean =>
    Array.isArray(list) && list.every((value) => Number.isFinite(value));
  if (!good(scale) || !good(shift) || shift!.length !== scale.length || scale.includes(0)) {
    const expected = '{ kind: "minMax", scale, min } or { kind: "standard", scale, mean }';
    throw new DataError(
      `scalerFromJson: got ${JSON.stringify(json)}, expected ${expected} with as many numbers each`,
    );
  }
  const features = scale.length;
  const map = (values: HostArray, there: boolean): HostArray => {
    const width = values.shape.at(-1) ?? 1;
    if (features !== 1 && width !== features) {
      throw new DataError(
        `scaler: got values [${values.shape}], expected ${features} columns on the last axis`,
      );
    }
    const { data } = values;
    const mapped =
      data instanceof Float32Array ? new Float32Array(data.length) : new Float64Array(data.length);
    for (let i = 0; i < data.length; i += 1) {
      const column = features === 1 ? 0 : i % features;
      const [a, b, x] = [scale[column]!, shift![column]!, data[i]!];
      if (kind === "minMax") mapped[i] = there ? x * a + b : (x - b) / a;
      else mapped[i] = there ? (x - b) / a : x * a + b;
    }
    return { data: mapped, shape: values.shape };
  };
  return {
    features,
    transform: (values) => map(values, true),
    inverseTransform: (values) => map(values, false),
    select(columns) {
      const pick = (list: readonly number[]): number[] => columns.map((column) => list[column] ?? Number.NaN);
      if (kind === "minMax") return scalerFromJson({ kind, scale: pick(scale), min: pick(json.min) });
      return scalerFromJson({ kind, scale: pick(scale), mean: pick(json.mean) });
    },
    toJSON: () => json,
  };
}

/** A denominator, or 1 where it is as good as nothing. */
const unlessZero = (value: number, least: number): number => (value < least ? 1 : value);

function columnsFor(owner: string, { data, shape }: HostArray): Float64Array[] {
  const width = shape.at(-1) ?? 1;
  if (data.length === 0 || shape.length < 2) {
    throw new DataError(
      `${owner}: got training values [${shape}], expected [rows, features] with at least one row`,
    );
  }
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const place = `row ${Math.floor(bad / width)}, column ${bad % width}`;
    throw new DataError(`${owner}: ${place} is not finite, got ${data[bad]}, expected numbers`);
  }
  return Array.from({ length: width }, (_, column) =>
    Float64Array.from({ length: data.length / width }, (_, row) => data[row * width + column]!),
  );
}
