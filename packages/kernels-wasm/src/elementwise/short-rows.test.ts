import { reference, rowMajorStrides, type Shape } from "@hekla/tensor";
import { afterAll, expect, test } from "vitest";
import { wasm } from "../index.js";
import { chain, TestRandom } from "../testing/random-step.js";
import { runStep, type TestOperand } from "../testing/single-step.js";

const backend = await wasm({ threads: 1 });
const threaded = await Promise.all([2, 3].map((threads) => wasm({ threads })));
const right = reference();
afterAll(async () => {
  for (const each of [backend, ...threaded]) await each.dispose();
});

const random = new TestRandom(7);

/** An operand that is stored as `stored`, of which the view shows `shape` with the given strides. */
function operand(
  shape: Shape,
  stored: number,
  strides: readonly number[],
  offset = 0,
  dtype: "float32" | "int32" = "float32",
): TestOperand {
  return { data: random.data(dtype, stored), dtype, view: { shape, strides, offset } };
}

test("rows of 2 to 9 elements: repeated, broadcast, reversed, transposed and dense operands", () => {
  for (let short = 2; short <= 9; short++) {
    for (const around of [1, 2, 5, 14]) {
      const shape = [35, around, short];
      const [size, row] = [35 * around * short, around * short];
      const operands = [
        operand(shape, 35 * around, [around, 1, 0]),
        operand(shape, 35 * short, [short, 0, 1]),
        operand(shape, size, [row, short, -1], short - 1),
        operand(shape, size, [row, 1, around]),
        operand(shape, 3 * size, [3 * row, 3 * short, 3]),
        operand(shape, size, rowMajorStrides(shape)),
      ];
      for (const first of operands) {
        for (const second of [first, operands[0]!, operands[5]!]) {
          const step = {
            kind: "elementwise" as const,
            shape,
            program: chain(
              ["float32", "float32"],
              [
                { op: "subtract", args: [0, 1], dtype: "float32" },
                { op: "maximum", args: [2, 0], dtype: "float32" },
              ],
            ),
          };
          const [expected] = runStep(right, step, [first, second]);
          for (const each of [backend, ...threaded])
            expect(runStep(each, step, [first, second])[0]).toEqual(expected);
        }
      }
    }
  }
});

test("pictures enlarged by repetition, for many threads", () => {
  const [channels, height, width] = [40, 14, 13];
  for (const times of [2, 3]) {
    const shape = [channels, height, times, width, times];
    const image = operand(shape, channels * height * width, [height * width, width, 0, 1, 0], 0, "int32");
    const step = {
      kind: "elementwise" as const,
      shape,
      program: chain(["int32"], [{ op: "negative", args: [0], dtype: "int32" }]),
    };
    const [expected] = runStep(right, step, [image]);
    for (const each of [backend, ...threaded]) expect(runStep(each, step, [image])[0]).toEqual(expected);
  }
});
