import { expect, test } from "vitest";
import {
  argsortCases,
  concatCases,
  cumsumCases,
  distinctCases,
  gatherCases,
  padCases,
} from "../testing/move-cases.js";
import { expectPlain, plainPasses } from "../testing/plain-case.js";

test("gathers and scatters", () => expectPlain(gatherCases()));
test("concat, of many operands too", () => expectPlain(concatCases()));
test("pad, with gaps", () => expectPlain(padCases()));
test("running sums", () => expectPlain(cumsumCases()));
test("sorting is stable, with NaN last", () => expectPlain(argsortCases()));
test("distinct indices, and products with the rows they name", () => expectPlain(distinctCases()));

test("a long row is sorted in few passes", () => {
  const routine = {
    name: "argsort",
    outer: 1,
    axisSize: 100_000,
    count: 100_000,
    descending: false,
  } as const;
  expect(plainPasses({ ...routine, dtype: "float32" }).length).toBeLessThan(20);
});
