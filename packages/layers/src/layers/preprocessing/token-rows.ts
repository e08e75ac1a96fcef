import { DataError, type HostArray, ShapeError } from "@hekla/tensor";
import type { Token, VocabularyTable } from "./vocabulary-table.js";

/** Tokens in a row, or rows of them (samples); rows of equal length. */
export type TokenRows<T extends Token> = readonly T[] | readonly (readonly T[])[];

/** Whether there are rows of tokens. */
export const isRows = <T extends Token>(tokens: TokenRows<T>): tokens is readonly (readonly T[])[] =>
  Array.isArray(tokens[0]);

/** The numbers of an array of one or two axes. @throws ShapeError for one of more */
export function rowsOf(numbers: HostArray | TokenRows<number>): TokenRows<number> {
  if (!("data" in numbers)) return numbers;
  const { data, shape } = numbers;
  if (shape.length < 2) return Array.from(data);
  if (shape.length > 2) {
    throw new ShapeError(`lookup: got an array of shape [${shape}], expected one or two axes`);
  }
  const width = shape.at(-1)!;
  return Array.from({ length: data.length / width }, (_, at) =>
    Array.from(data.subarray(at * width, (at + 1) * width)),
  );
}

/**
 * What a table makes of tokens: in mode "int" their indices in the same shape, int32; with "oneHot" a vector
 * each, in place of a last axis of size 1; else a vector for each row.
 * @throws DataError for rows of different lengths
 */
export function lookUp<T extends Token>(table: VocabularyTable<T>, tokens: TokenRows<T>): HostArray {
  const rows = isRows(tokens) ? tokens : [tokens];
  const length = rows[0]?.length ?? 0;
  if (rows.some((row) => row.length !== length)) {
    const lengths = [...new Set(rows.map((row) => row.length))];
    throw new DataError(`${table.owner}: got rows of ${lengths.join(" and ")} tokens, expected equally many`);
  }
  const shape = isRows(tokens) ? [rows.length, length] : [length];
  const indices = rows.map((row) => row.map((token) => table.indexOf(token)));
  if (table.outputMode === "int") return { data: Int32Array.from(indices.flat()), shape };
  if (table.outputMode === "oneHot") {
    const { data } = table.vectors(indices.flat().map((index) => [index]));
    const kept = shape.length === 2 && length === 1 ? [shape[0]!] : shape;
    return { data, shape: [...kept, table.depth] };
  }
  const { data } = table.vectors(indices);
  return { data, shape: [...shape.slice(0, -1), table.depth] };
}
