import { describe, expect, it } from "vitest";
import { ctc, type LossLike, meanSquaredError, sparseCategoricalCrossentropy } from "../index.js";
import { checkLabels } from "./labels.js";

const check = (loss: LossLike, labels: number[], output: (number | null)[] = [null, 3]) =>
  checkLabels("fit", loss, { data: Int32Array.from(labels), shape: [labels.length] }, output);

describe("checkLabels", () => {
  it.each<[LossLike]>([
    ["sparseCategoricalCrossentropy"],
    [sparseCategoricalCrossentropy],
    [{ name: "sparseCategoricalCrossentropy", fromLogits: true }],
    ["ctc"],
    [ctc],
  ])("refuses numbers that are no class, under %s", (loss) => {
    expect(() => check(loss, [0, 1, 2])).not.toThrow();
    expect(() => check(loss, [0, 3])).toThrow(
      /fit: label of sample 1 is no class, got 3, expected .* 0 to 2/,
    );
    expect(() => check(loss, [-1])).toThrow(/got -1/);
  });

  it("lets the ignored class through, and goes by the axis of the loss", () => {
    const ignoring = { name: "sparseCategoricalCrossentropy", ignoreClass: 255, axis: 1 };
    expect(() => check(ignoring, [0, 255, 4], [null, 5, 2])).not.toThrow();
    expect(() => check(ignoring, [5], [null, 5, 2])).toThrow(/0 to 4/);
  });

  it("asks nothing of other losses", () => {
    expect(() => check("mse", [7])).not.toThrow();
    expect(() => check(meanSquaredError, [7])).not.toThrow();
  });
});
