import type { HostArray } from "@hekla/tensor";
import { DataError } from "@hekla/tensor/errors";

/** Measurements at successive times, by columns. */
export interface TimeSeries {
  /**
   * When each row was measured: minutes since 1970-01-01 00:00 on the clock of the place, which knows no
   * summer time; negative before that.
   */
  readonly minutes: Float64Array;
  /** Names of the columns, in the order of the features. */
  readonly columns: readonly string[];
  /** Values `[time, features]`, float64. */
  readonly values: HostArray;
  /** Where they came from, for messages. */
  readonly source: string;
}

/** Wanted columns side by side as `[time, features]`. */
export function columnsOf(parts: readonly Float64Array[]): HostArray {
  const time = parts[0]?.length ?? 0;
  const data = new Float64Array(time * parts.length);
  parts.forEach((part, column) => {
    for (let row = 0; row < time; row += 1) data[row * parts.length + column] = part[row]!;
  });
  return { data, shape: [time, parts.length] };
}

/** Rows `start` to `end` (not included) of a series; values are not copied. */
export function sliceSeries(series: TimeSeries, start: number, end: number): TimeSeries {
  const { minutes, columns, values, source } = series;
  const width = columns.length;
  const data = values.data.subarray(start * width, end * width);
  return {
    minutes: minutes.subarray(start, end),
    columns,
    values: { data, shape: [end - start, width] },
    source,
  };
}

/**
 * The named columns of a series, in that order.
 * @throws DataError if one is not there
 */
export function selectColumns(series: TimeSeries, names: readonly string[]): TimeSeries {
  const parts = names.map((name) => {
    const column = series.columns.indexOf(name);
    if (column >= 0) return columnValues(series, column);
    const expected = series.columns.map((known) => JSON.stringify(known)).join(", ");
    throw new DataError(
      `selectColumns: ${series.source} has no column ${JSON.stringify(name)}, expected ${expected}`,
    );
  });
  return { ...series, columns: names, values: columnsOf(parts) };
}

/**
 * A series with more columns to the right, such as those of `calendarFeatures`.
 * @throws DataError if they are not as long, or a name is there already
 */
export function joinColumns(series: TimeSeries, more: Pick<TimeSeries, "columns" | "values">): TimeSeries {
  const columns = [...series.columns, ...more.columns];
  if (more.values.shape[0] !== series.minutes.length || new Set(columns).size !== columns.length) {
    throw new DataError(
      `joinColumns: got [${more.values.shape}] with the columns ${more.columns.join(", ")}, expected ` +
        `[${series.minutes.length}, ...] and other names than ${series.columns.join(", ")}`,
    );
  }
  const parts = [series, more].flatMap((part) => part.columns.map((_, column) => columnValues(part, column)));
  return { ...series, columns, values: columnsOf(parts) };
}

function columnValues(
  { columns, values }: Pick<TimeSeries, "columns" | "values">,
  column: number,
): Float64Array {
  const { data, shape } = values;
  return Float64Array.from({ length: shape[0]! }, (_, row) => data[row * columns.length + column]!);
}
