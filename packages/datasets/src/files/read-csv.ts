import { DataError } from "@hekla/tensor/errors";
import { readText } from "../text/read-text.js";
import { type CsvRecord, csvRecords, show } from "./csv-records.js";

/** What the cells of a column are. */
export type CsvColumnType = "number" | "text";

/** Wanted columns by name; see `ReadCsvOptions.columns`. */
export type CsvColumnTypes = Readonly<Record<string, CsvColumnType>>;

/** The values of a column of that type. */
export type CsvValues<T extends CsvColumnType> = CsvColumnType extends T
  ? Float64Array | readonly string[]
  : T extends "number"
    ? Float64Array
    : readonly string[];

/** A CSV file by columns. */
export interface CsvTable<C extends CsvColumnTypes = CsvColumnTypes> {
  /** Numbers as doubles, or texts. */
  readonly columns: { readonly [K in keyof C]: CsvValues<C[K]> };
  /** How many rows there are, without the header. */
  readonly rows: number;
  /** The line of the file on which each row begins, counted from 1. */
  readonly lines: Int32Array;
}

export interface ReadCsvOptions<C extends CsvColumnTypes = CsvColumnTypes> {
  /** What to call the file in errors. Default `"file"`. */
  readonly name?: string;
  /**
   * The columns that are wanted, and what their cells are; others are passed over. Default: all, each as
   * numbers where all its cells are numbers (or gaps), else as text.
   */
  readonly columns?: C;
  /** Default `","`. */
  readonly delimiter?: string;
  /**
   * Whether the first row holds the names of the columns. Default true; without, `columns` names all of them
   * in order, and the default names are `column1`, `column2` and so on.
   */
  readonly header?: boolean;
  /**
   * What becomes of a gap in a column of numbers: an error (`"fail"`, default), the last value before it
   * (`"last"`), or a straight line between the values beside it (`"interpolate"`).
   */
  readonly gaps?: "fail" | "last" | "interpolate";
  /** Cells that are gaps, such as `"?"` or `"NA"`; empty ones are in any case. */
  readonly gapTexts?: readonly string[];
}

const NUMBER = /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/;

/**
 * Reads a CSV file into typed columns.
 *
 * Quotes, doubled quotes and line ends within quotes are as in RFC 4180; lines end in CRLF, LF or CR; a byte
 * order mark is passed over. Numbers are decimal with a point.
 *
 * @throws DataError that names the file, the line and the column: missing columns, text where numbers should
 * be, gaps, rows of unequal length, broken quotes, an empty file, bytes that are no UTF-8; also for gaps that
 * have no value before them, or none after them to draw a line to
 *
 * Source: RFC 4180.
 */
export function readCsv<const C extends CsvColumnTypes = CsvColumnTypes>(
  bytes: Uint8Array,
  options: ReadCsvOptions<C> = {},
): CsvTable<C> {
  const { name = "file", delimiter = ",", header = true } = options;
  if (delimiter.length !== 1 || /["\r\n]/.test(delimiter)) {
    throw new DataError(`readCsv: delimiter is not usable, got ${show(delimiter)}, expected one character`);
  }
  const records = csvRecords(readText(bytes, { name, owner: "readCsv" }), delimiter, name);
  const first = records[0];
  if (!first) throw new DataError(`readCsv: ${name} is empty, got ${bytes.length} bytes, expected rows`);
  const names = header ? first.cells : unnamed(first, options.columns, name);
  const rows = header ? records.slice(1) : records;
  for (const { cells, line } of rows) {
    if (cells.length !== names.length) {
      const got = `${cells.length} cells, expected ${names.length}`;
      throw new DataError(`readCsv: ${name} line ${line}: a row of another length, got ${got}`);
    }
  }
  const wanted = new Map(Object.entries(options.columns ?? {}));
  // All of them are looked for before any is read: a missing column is the better message.
  const places = new Map(
    [...(wanted.size > 0 ? wanted.keys() : names)].map((column) => [
      column,
      positionOf(column, names, name, first.line),
    ]),
  );
  const gaps = new Set(["", ...(options.gapTexts ?? [])]);
  const isGap = (cell: string): boolean => gaps.has(cell.trim());
  const columns = [...places].map(([column, at]) => {
    const numeric = rows.every(({ cells }) => NUMBER.test(cells[at]!) || isGap(cells[at]!));
    const type = wanted.get(column) ?? (numeric ? "number" : "text");
    const values =
      type === "text"
        ? rows.map(({ cells }) => cells[at]!)
        : numbers(rows, at, column, name, isGap, options.gaps);
    return [column, values] as const;
  });
  return {
    columns: Object.fromEntries(columns) as CsvTable<C>["columns"],
    rows: rows.length,
    lines: Int32Array.from(rows, ({ line }) => line),
  };
}

function unnamed(first: CsvRecord, columns: CsvColumnTypes | undefined, name: string): readonly string[] {
  if (!columns) return first.cells.map((_, index) => `column${index + 1}`);
  const names = Object.keys(columns);
  if (names.length === first.cells.length) return names;
  const got = `${first.cells.length} cells in the first row`;
  throw new DataError(
    `readCsv: ${name} line ${first.line}: got ${got}, expected the columns ${names.join(", ")}`,
  );
}

function positionOf(column: string, names: readonly string[], name: string, line: number): number {
  const at = names.indexOf(column);
  if (at < 0) {
    const got = names.map(show).join(", ");
    throw new DataError(
      `readCsv: ${name} line ${line}: a column is missing, got ${got}, expected ${show(column)}`,
    );
  }
  if (names.includes(column, at + 1)) {
    const got = `${show(column)}, expected names that differ`;
    throw new DataError(`readCsv: ${name} line ${line}: two columns have one name, got ${got}`);
  }
  return at;
}

function numbers(
  rows: readonly CsvRecord[],
  at: number,
  column: string,
  name: string,
  isGap: (cell: string) => boolean,
  gaps: ReadCsvOptions["gaps"] = "fail",
): Float64Array {
  const fail = (row: number, problem: string, got: string, expected: string): never => {
    const where = `readCsv: ${name} line ${rows[row]!.line} column ${show(column)}`;
    throw new DataError(`${where}: ${problem}, got ${got}, expected ${expected}`);
  };
  const values = new Float64Array(rows.length);
  let last = -1;
  let open = -1;
  rows.forEach(({ cells }, row) => {
    const cell = cells[at]!;
    if (isGap(cell)) {
      if (gaps === "fail") fail(row, "a gap", show(cell), "a number (or the option gaps)");
      if (last < 0) fail(row, "a gap with nothing before it", show(cell), "a number");
      values[row] = values[last]!;
      open = open < 0 ? row : open;
      return;
    }
    const value = NUMBER.test(cell) ? Number(cell) : Number.NaN;
    if (!Number.isFinite(value)) fail(row, "no number", show(cell), "a decimal number");
    values[row] = value;
    if (gaps === "interpolate" && open >= 0) {
      const step = (value - values[last]!) / (row - last);
      for (let gap = open; gap < row; gap += 1) values[gap] = values[last]! + step * (gap - last);
    }
    last = row;
    open = -1;
  });
  if (gaps === "interpolate" && open >= 0) fail(open, "a gap with nothing after it", '""', "a number");
  return values;
}
