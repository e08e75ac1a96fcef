import { afterAll, describe, test } from "vitest";
import { forcedBackend } from "../testing/forced-device.js";
import { recurrentCases, recurrentCells } from "../testing/recurrent-cases.js";
import { expectOn } from "../testing/single-routine.js";

// A processor's adapter runs the kernels for GPUs as well, with workgroups that wait for each other.
describe.each([
  ["threads by themselves", true],
  ["workgroups", false],
])("recurrences on a device, by %s", async (_, software) => {
  const device = await forcedBackend({ software });
  afterAll(() => device?.dispose());
  // A GRU with the reset before the product has no form by workgroups.
  const cells = recurrentCells.filter((cell) => software || cell !== "gru, reset before");
  test.skipIf(!device).each(cells)("%s", (cell) => expectOn(device!, recurrentCases(cell)));
});
