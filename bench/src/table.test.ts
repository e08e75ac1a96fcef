import { expect, it } from "vitest";
import { figure, markdownTable, percent, textTable } from "./table.js";

it("writes figures with three digits, large ones whole, small ones not as 0", () => {
  expect([0.00123, 0.5, 0, 9.876, 98.76, 987.6, 12345.6].map(figure)).toEqual([
    "0.0012",
    "0.50",
    "0.00",
    "9.88",
    "98.8",
    "988",
    "12 346",
  ]);
  expect([Number.NaN, Number.POSITIVE_INFINITY].map(figure)).toEqual(["-", "-"]);
  expect([0.034, 0.956, Number.NaN].map(percent)).toEqual(["3.4 %", "96 %", "-"]);
});

it("aligns words to the left and figures to the right", () => {
  const table = {
    headings: ["peer", "ms"],
    lines: [
      ["a", "1.00"],
      ["longer", "12.0"],
    ],
    left: 1,
  };
  expect(textTable(table).split("\n")).toEqual([
    "peer      ms",
    "------  ----",
    "a       1.00",
    "longer  12.0",
  ]);
  expect(markdownTable(table).split("\n")).toEqual([
    "| peer | ms |",
    "| --- | ---: |",
    "| a | 1.00 |",
    "| longer | 12.0 |",
  ]);
});

it("does not let a cell end early", () => {
  expect(markdownTable({ headings: ["a|b"], lines: [], left: 1 })).toContain("a\\|b");
});
