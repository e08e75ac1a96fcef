import { afterAll, describe, test } from "vitest";
import { convolutionCases, longSumCases, maskedCases, matmulCases } from "../testing/contraction-cases.js";
import { forcedBackend } from "../testing/forced-device.js";
import {
  argsortCases,
  concatCases,
  cumsumCases,
  distinctCases,
  gatherCases,
  padCases,
} from "../testing/move-cases.js";
import { poolingCases, poolingNames } from "../testing/pooling-cases.js";
import { expectOn } from "../testing/single-routine.js";

const device = await forcedBackend({ tuned: false });
afterAll(() => device?.dispose());

describe.skipIf(!device)("on a device", () => {
  test.each([
    ["matmul", matmulCases],
    ["long sums", longSumCases],
    ["convolutions", convolutionCases],
    ["masked products", maskedCases],
    ["gathers and scatters", gatherCases],
    ["concat", concatCases],
    ["pad", padCases],
    ["running sums", cumsumCases],
    ["sorting", argsortCases],
    ["distinct indices", distinctCases],
  ] as const)("%s", (_, cases) => expectOn(device!, cases()));

  test.each(poolingNames)("%s", (name) => expectOn(device!, poolingCases(name)));
});
