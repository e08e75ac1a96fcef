import { categoricalCrossentropy } from "@hekla/layers";
import { HostRandom, oneHot, tensor } from "@hekla/tensor";
import { expect, it } from "vitest";
import { smoothedCrossentropy } from "./smoothed-crossentropy.js";

it("is the cross-entropy against smoothed one-hot labels", async () => {
  const random = new HostRandom(4, "logits");
  const logits = tensor(
    Array.from({ length: 2 * 3 * 7 }, () => 3 * random.normal()),
    { shape: [2, 3, 7] },
  );
  const labels = tensor([0, 3, 6, 2, 2, 5], { shape: [2, 3], dtype: "int32" });
  const expected = await categoricalCrossentropy(oneHot(labels, 7), logits, {
    fromLogits: true,
    labelSmoothing: 0.2,
  }).data();
  const found = await smoothedCrossentropy(0.2)(labels, logits).data();
  expect(found).toHaveLength(6);
  found.forEach((value, at) => {
    expect(value).toBeCloseTo(expected[at]!, 5);
  });
});
