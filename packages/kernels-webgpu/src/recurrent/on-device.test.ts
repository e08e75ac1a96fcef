import { afterAll, describe, test } from "vitest";
import { deviceIfAny } from "../testing/device.js";
import { recurrentCases, recurrentCells } from "../testing/recurrent-cases.js";
import { expectOn } from "../testing/single-routine.js";

const device = await deviceIfAny();
afterAll(() => device?.dispose());

describe.skipIf(!device)("recurrences on a device", () => {
  test.each(recurrentCells)("%s", (cell) => expectOn(device!, recurrentCases(cell)));
});
