import { describe, expect, test } from "vitest";
import { hasRelaxedSimd } from "../runtime/features.js";
import {
  type ConvolutionCase,
  convolutionNames,
  expectConvolutions,
  type Pair,
  runConvolution,
} from "../testing/convolution-case.js";

const around = (before: number, after: number): readonly [Pair, Pair] => [
  [before, after],
  [after, before],
];
const same3 = around(1, 1);
const same5 = around(2, 2);

/** Sizes on either side of tiles and vectors, windows of both sides, padding on one side, one row, one column. */
const cases: readonly ConvolutionCase[] = [
  { channels: 1, filters: 20, size: [28, 28], window: [5, 5], padding: same5, batch: 17 },
  { channels: 1, filters: 16, size: [28, 28], window: [3, 3], padding: same3, offsets: [5, 2] },
  { channels: 16, filters: 1, size: [28, 28], window: [3, 3], padding: same3, offsets: [1, 3] },
  { channels: 3, filters: 8, size: [13, 15], window: [3, 5], padding: around(2, 0), batch: 3 },
  { channels: 19, filters: 2, size: [11, 9], window: [4, 2], padding: around(0, 1) },
  { channels: 23, filters: 3, size: [6, 33], window: [3, 3] },
  { channels: 2, filters: 2, size: [5, 4], window: [1, 1] },
  { channels: 1, filters: 1, size: [9, 7], window: [3, 7], padding: around(1, 3), batch: 33 },
  { channels: 1, filters: 9, size: [1, 50], window: [1, 11] },
  { channels: 2, filters: 12, size: [50, 1], window: [6, 1] },
  { channels: 1, filters: 5, size: [3, 3], window: [3, 3] },
  { channels: 3, filters: 40, size: [90, 70], window: [3, 3], padding: same3, batch: 1 },
  { channels: 70, filters: 3, size: [70, 41], window: [3, 3], padding: same3, batch: 1 },
];

describe.each((await hasRelaxedSimd()) ? [false, true] : [false])(
  "few channels, relaxed SIMD %s",
  (relaxedSimd) => {
    test("as the definition says", () => {
      for (const options of cases) expectConvolutions(options, { relaxedSimd });
    });
  },
);

test("the same bits for any number of threads", () => {
  for (const name of convolutionNames) {
    for (const options of cases) {
      for (const dataFormat of ["channelsFirst", "channelsLast"] as const) {
        const one = runConvolution(name, options, dataFormat, {}).got;
        expect(runConvolution(name, options, dataFormat, { threads: 3 }).got).toEqual(one);
      }
    }
  }
});
