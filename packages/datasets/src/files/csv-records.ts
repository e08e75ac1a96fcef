import { DataError } from "@hekla/tensor/errors";

/** One row of a CSV file, and the line on which it begins. */
export interface CsvRecord {
  readonly cells: readonly string[];
  /** Counted from 1. */
  readonly line: number;
}

/**
 * The rows of a CSV text: cells in quotes may hold delimiters, line ends and doubled quotes; lines end in
 * CRLF, LF or CR. Empty lines at the end of the file are passed over; any other is a row of one empty cell.
 * @throws DataError for a quote within a cell that is not in quotes, text after a closing quote, and quotes
 * left open
 *
 * Source: RFC 4180.
 */
export function csvRecords(text: string, delimiter: string, name: string): CsvRecord[] {
  let end = text.length;
  while (end > 0 && (text[end - 1] === "\n" || text[end - 1] === "\r")) end -= 1;
  const records: CsvRecord[] = [];
  let at = 0;
  let line = 1;
  while (at < end) {
    const record: { cells: string[]; line: number } = { cells: [], line };
    for (let more = true; more; ) {
      if (text[at] === '"') {
        const quoted = quotedCell(
          text,
          at,
          () => `readCsv: ${name} line ${line} cell ${record.cells.length + 1}`,
        );
        record.cells.push(quoted.cell);
        line += quoted.cell.match(/\r\n|\r|\n/g)?.length ?? 0;
        at = quoted.next;
      } else {
        const start = at;
        while (at < end && text[at] !== delimiter && text[at] !== "\n" && text[at] !== "\r") at += 1;
        const cell = text.slice(start, at);
        if (cell.includes('"')) {
          throw new DataError(
            `readCsv: ${name} line ${line} cell ${record.cells.length + 1}: a quote within a cell, ` +
              `got ${show(cell)}, expected the whole cell in quotes and the quote twice`,
          );
        }
        record.cells.push(cell);
      }
      more = text[at] === delimiter && at < text.length;
      if (more) at += 1;
      else if (at < end && text[at] !== "\n" && text[at] !== "\r") {
        throw new DataError(
          `readCsv: ${name} line ${line} cell ${record.cells.length}: text after the closing quote, got ` +
            `${show(text.slice(at, at + 20))}, expected a delimiter or the end of the line`,
        );
      }
    }
    records.push(record);
    at += text[at] === "\r" && text[at + 1] === "\n" ? 2 : 1;
    line += 1;
  }
  return records;
}

function quotedCell(text: string, open: number, where: () => string): { cell: string; next: number } {
  for (let close = text.indexOf('"', open + 1); close >= 0; close = text.indexOf('"', close + 2)) {
    if (text[close + 1] === '"') continue;
    return { cell: text.slice(open + 1, close).replaceAll('""', '"'), next: close + 1 };
  }
  throw new DataError(
    `${where()}: a quote is never closed, got ${show(text.slice(open, open + 20))}, expected "`,
  );
}

export function show(cell: string): string {
  return JSON.stringify(cell.length > 40 ? `${cell.slice(0, 40)}...` : cell);
}
