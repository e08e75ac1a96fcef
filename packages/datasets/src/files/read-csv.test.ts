import { DataError } from "@hekla/tensor/errors";
import { describe, expect, test } from "vitest";
import { itemRandom } from "../counter-random.js";
import { readCsv } from "./read-csv.js";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const columns = { day: "text", power: "number" } as const;

describe("readCsv reads", () => {
  test("typed columns in any order, others passed over", () => {
    const table = readCsv(encode("power,x,day\n1.5,a,Mon\n-2e3,b,Tue\n"), { columns });
    const power: Float64Array = table.columns.power;
    const day: readonly string[] = table.columns.day;
    expect([power, day, table.rows]).toEqual([Float64Array.of(1.5, -2000), ["Mon", "Tue"], 2]);
    expect(Object.keys(table.columns)).toEqual(["day", "power"]);
  });

  test("a byte order mark, CRLF, quotes, doubled quotes, line ends within quotes", () => {
    const file = '\ufeff"day","power"\r\n"a ""b"", c\r\nd",1\r\n"",".5"\r\nlast,+7.';
    const table = readCsv(encode(file), { columns });
    expect(table.columns.day).toEqual(['a "b", c\r\nd', "", "last"]);
    expect(table.columns.power).toEqual(Float64Array.of(1, 0.5, 7));
    expect([...table.lines]).toEqual([2, 4, 5]);
  });

  test("types by the cells where none are given", () => {
    const { columns } = readCsv(encode("a;b\n1;x\n 2 ;3\n"), { delimiter: ";" });
    expect(columns).toEqual({ a: Float64Array.of(1, 2), b: ["x", "3"] });
  });

  test("files without a header", () => {
    expect(readCsv(encode("1\t2\r3\t4\r"), { header: false, delimiter: "\t" }).columns).toEqual({
      column1: Float64Array.of(1, 3),
      column2: Float64Array.of(2, 4),
    });
    expect(readCsv(encode("Mon,4\n"), { header: false, columns }).columns.power).toEqual(Float64Array.of(4));
  });

  test("a column with the name of a property that all objects have", () => {
    const { columns } = readCsv(encode("__proto__,constructor\n1,2\n"));
    expect(Object.entries(columns)).toEqual([
      ["__proto__", Float64Array.of(1)],
      ["constructor", Float64Array.of(2)],
    ]);
  });

  test("a header and nothing else", () => {
    expect(readCsv(encode("day,power\n\n\n"), { columns })).toMatchObject({ rows: 0, columns: { day: [] } });
  });

  test("gaps by the last value or by a straight line", () => {
    const file = encode("power\n1\n\n?\n4\n NA \n8\n");
    const read = (gaps: "last" | "interpolate") =>
      readCsv(file, { columns: { power: "number" }, gaps, gapTexts: ["?", "NA"] }).columns.power;
    expect(read("last")).toEqual(Float64Array.of(1, 1, 1, 4, 4, 8));
    expect(read("interpolate")).toEqual(Float64Array.of(1, 2, 3, 4, 6, 8));
  });
});

describe("readCsv refuses", () => {
  test.each<[string, string | Uint8Array, string]>([
    ["an empty file", "", "readCsv: p.csv is empty, got 0 bytes, expected rows"],
    ["empty lines only", "\n\r\n", "readCsv: p.csv is empty, got 3 bytes, expected rows"],
    [
      "a missing column",
      "day,Power\na,1\n",
      'readCsv: p.csv line 1: a column is missing, got "day", "Power", expected "power"',
    ],
    ["a column twice", "day,power,day\na,1,b\n", 'line 1: two columns have one name, got "day"'],
    [
      "text where numbers should be",
      "day,power\na,1\nb,low\n",
      'readCsv: p.csv line 3 column "power": no number, got "low", expected a decimal number',
    ],
    ["a hexadecimal number", "day,power\na,0x10\n", 'line 2 column "power": no number, got "0x10"'],
    ["infinity", "day,power\na,1e999\n", 'line 2 column "power": no number, got "1e999"'],
    ["a decimal comma", 'day,power\na,"1,5"\n', 'line 2 column "power": no number, got "1,5"'],
    ["a gap", 'day,power\n"a\nb",1\nc,\n', 'p.csv line 4 column "power": a gap, got "", expected a number'],
    ["a short row", "day,power\na,1\nb\n", "p.csv line 3: a row of another length, got 1 cells, expected 2"],
    ["a long row", "day,power\na,1,\n", "p.csv line 2: a row of another length, got 3 cells, expected 2"],
    ["an empty line", "day,power\n\na,1\n", "p.csv line 2: a row of another length, got 1 cells, expected 2"],
    ["a quote within a cell", 'day,power\na"b",1\n', 'line 2 cell 1: a quote within a cell, got "a\\"b\\""'],
    ["text after a quote", 'day,power\n"a"b,1\n', 'line 2 cell 1: text after the closing quote, got "b,1'],
    ["an open quote", 'day,power\na,1\n"b,2\nc,3\n', "p.csv line 3 cell 1: a quote is never closed"],
    [
      "bytes that are no UTF-8",
      Uint8Array.from([...encode("day,power\nb,1\n"), 0xe9, 0x2c, 0x32]),
      "readCsv: p.csv line 3 is no text, got bytes that are not UTF-8, expected UTF-8",
    ],
  ])("%s", (_, file, message) => {
    const bytes = typeof file === "string" ? encode(file) : file;
    expect(() => readCsv(bytes, { name: "p.csv", columns })).toThrow(DataError);
    expect(() => readCsv(bytes, { name: "p.csv", columns })).toThrow(message);
  });

  test("gaps that nothing can fill, and options that fit nothing", () => {
    const read = (text: string, gaps: "last" | "interpolate") => () =>
      readCsv(encode(text), { columns: { power: "number" }, gaps });
    expect(read('power\n""\n1\n', "last")).toThrow('line 2 column "power": a gap with nothing before it');
    expect(read('power\n1\n""\n', "interpolate")).toThrow(
      'line 3 column "power": a gap with nothing after it',
    );
    expect(() => readCsv(encode("1,2"), { delimiter: "||" })).toThrow("delimiter is not usable");
    expect(() => readCsv(encode("1,2,3"), { header: false, columns })).toThrow(
      "got 3 cells in the first row",
    );
  });

  test("damaged files with a DataError or reads them", () => {
    const file = encode('day,power\r\n"a ""x""",1\r\n"b\n",2e1\r\nç,-3\r\n');
    const random = itemRandom(2, 0x637376);
    for (let round = 0; round < 2000; round += 1) {
      random.seek(round);
      const bytes = file.slice(0, round % 2 ? file.length : random.bits() % file.length);
      for (let n = random.bits() % 3; n > 0 && bytes.length > 0; n -= 1) {
        bytes[random.bits() % bytes.length]! ^= 1 << (random.bits() % 8);
      }
      try {
        const { rows, columns: read } = readCsv(bytes, { columns });
        expect([read.day.length, read.power.length]).toEqual([rows, rows]);
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
      }
    }
  });
});
