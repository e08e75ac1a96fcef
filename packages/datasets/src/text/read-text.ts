import { DataError } from "@hekla/tensor/errors";

/** What messages about a text file say. */
export interface TextFileOptions {
  /** Name of the file. */
  readonly name: string;
  /** Who reads it. Default `"readText"`. */
  readonly owner?: string;
}

const LINE_FEED = 10;

/**
 * The text of a UTF-8 file, without a byte order mark.
 * @throws DataError for bytes that are not UTF-8: the file and the line
 */
export function readText(bytes: Uint8Array, options: TextFileOptions): string {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    return decoder.decode(bytes);
  } catch {
    throw notUtf8(bytes, options, 1);
  }
}

/** The error for bytes that are not UTF-8; `firstLine` is the number of their first line in the file. */
export function notUtf8(
  bytes: Uint8Array,
  { name, owner = "readText" }: TextFileOptions,
  firstLine: number,
): DataError {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let line = firstLine;
  for (let start = 0; start < bytes.length; line += 1) {
    const feed = bytes.indexOf(LINE_FEED, start);
    const end = feed < 0 ? bytes.length : feed;
    try {
      decoder.decode(bytes.subarray(start, end));
    } catch {
      break;
    }
    start = end + 1;
  }
  return new DataError(
    `${owner}: ${name} line ${line} is no text, got bytes that are not UTF-8, expected UTF-8`,
  );
}

/** The lines of a text: parted by line feeds, with or without a carriage return; the last one may lack its end. */
export function linesOf(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return text.includes("\r") ? lines.map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line)) : lines;
}

/**
 * The lines of a UTF-8 file.
 * @throws DataError for an empty file, or bytes that are not UTF-8: the file and the line
 */
export function readLines(bytes: Uint8Array, options: TextFileOptions): string[] {
  const lines = linesOf(readText(bytes, options));
  if (lines.length > 0) return lines;
  const { name, owner = "readLines" } = options;
  throw new DataError(`${owner}: ${name} line 1 is missing, got an empty file, expected lines of text`);
}

/**
 * The columns of the lines of a UTF-8 file, parted by tabs.
 * @param columns names of the columns; a line may have more.
 * @throws DataError for an empty file, bytes that are not UTF-8, or a line with fewer columns: the file and the line
 */
export function readTabbed(
  bytes: Uint8Array,
  columns: readonly string[],
  options: TextFileOptions,
): readonly string[][] {
  const { name, owner = "readTabbed" } = options;
  return readLines(bytes, { name, owner }).map((line, index) => {
    const cells = line.split("\t");
    if (cells.length >= columns.length) return cells;
    const tabs = cells.length === 1 ? "no tab" : `${cells.length - 1} tabs`;
    throw new DataError(
      `${owner}: ${name} line ${index + 1} lacks a column, got ${tabs} in ${shown(line)}, ` +
        `expected ${columns.join("<TAB>")}`,
    );
  });
}

/** A piece of a file as messages show it. */
export const shown = (text: string): string =>
  JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}...` : text);
