import { wasm } from "@hekla/kernels-wasm";
import { type Backend, reference, useBackend } from "@hekla/tensor";
import { afterEach, describe, expect, test } from "vitest";
import { withAllThreads } from "./all-threads.js";
import { compiled, firstDifference, opByOp, outcome } from "./testing/random-programs.js";

let backend: Backend;
const use = async (threads: number, relaxedSimd: boolean): Promise<void> => {
  backend = await useBackend(withAllThreads(wasm({ threads, relaxedSimd })));
};
const give = async (): Promise<void> => {
  await useBackend(reference());
  await backend.dispose();
};

afterEach(give);

describe.each([false, true])("random programs, relaxed SIMD %s", (relaxedSimd) => {
  test.each([
    [150, 3],
    [12, 128],
  ])("%d of squares of %d: one plan on two threads gives the bits of op after op", async (seeds, side) => {
    await use(2, relaxedSimd);
    for (let seed = 0; seed < seeds; seed++) {
      const planned = outcome(seed, compiled, side);
      expect(firstDifference(planned, outcome(seed, opByOp, side)), `seed ${seed}`).toBeUndefined();
    }
  });

  test("one thread gives the bits of two", async () => {
    const all = (): Float32Array[] =>
      Array.from({ length: 12 }, (_, seed) => outcome(seed, compiled, 128)).flat();
    await use(2, relaxedSimd);
    const both = all();
    await give();
    await use(1, relaxedSimd);
    expect(firstDifference(all(), both)).toBeUndefined();
  });
});
