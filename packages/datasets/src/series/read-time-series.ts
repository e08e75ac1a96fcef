import { DataError } from "@hekla/tensor/errors";
import { type CsvColumnType, readCsv } from "../files/read-csv.js";
import { isoTime, readMinutes } from "./clock.js";
import { columnsOf, type TimeSeries } from "./time-series.js";

/** What a CSV file of measurements holds. */
export interface ReadTimeSeriesOptions {
  /** What to call the file in errors. Default `"file"`. */
  readonly name?: string;
  /** The column of dates or times, `YYYY-MM-DD[ HH:MM]` or `M/D/YYYY[ H:MM]`. */
  readonly timeColumn: string;
  /** The columns of numbers that are wanted; others are passed over. */
  readonly columns: readonly string[];
  /** Minutes between two rows. */
  readonly stepMinutes: number;
  /** Who complains in errors. Default `"readTimeSeries"`. */
  readonly owner?: string;
}

/**
 * Reads a CSV file with a row for each step of time, without a gap.
 *
 * @throws DataError that names file, line and column: missing columns, gaps, text among numbers, no date or time, rows that
 * are missing or out of order
 */
export function readTimeSeries(bytes: Uint8Array, options: ReadTimeSeriesOptions): TimeSeries {
  const { name = "file", timeColumn, columns, stepMinutes, owner = "readTimeSeries" } = options;
  const types: Record<string, CsvColumnType> = { [timeColumn]: "text" };
  for (const column of columns) types[column] = "number";
  const table = readCsv(bytes, { name, columns: types });
  const minutes = new Float64Array(table.rows);
  (table.columns[timeColumn] as readonly string[]).forEach((time, row) => {
    const where = `${owner}: ${name} line ${table.lines[row]} column ${JSON.stringify(timeColumn)}`;
    const read = readMinutes(time);
    if (read === undefined)
      throw new DataError(`${where}: got ${JSON.stringify(time)}, expected a date or time`);
    const next = row === 0 ? read : minutes[row - 1]! + stepMinutes;
    if (read !== next) {
      throw new DataError(
        `${where}: rows are missing or out of order, got ${isoTime(read)}, expected ${isoTime(next)}`,
      );
    }
    minutes[row] = read;
  });
  const values = columnsOf(columns.map((column) => table.columns[column] as Float64Array));
  return { minutes, columns, values, source: name };
}
