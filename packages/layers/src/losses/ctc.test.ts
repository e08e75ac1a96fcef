import { grad, HostRandom, mean, sum, type Tensor, tensor } from "@hekla/tensor";
import { expect, it } from "vitest";
import { setMask } from "../masks.js";
import { describeOnBackends } from "../testing/on-backends.js";
import { ctc, ctcLoss, reduceLoss } from "./index.js";

const random = new HostRandom(7, "ctc");
const logitsOf = (batch: number, time: number, classes: number): number[][][] =>
  Array.from({ length: batch }, () =>
    Array.from({ length: time }, () => Array.from({ length: classes }, () => 4 * random.uniform() - 2)),
  );

/** Minus the log of the summed probabilities of all paths that merge to the labels: the definition. */
function byAllPaths(labels: readonly number[], logits: readonly number[][], blank: number): number {
  let total = 0;
  const walk = (step: number, path: readonly number[], probability: number): void => {
    if (step === logits.length) {
      const merged = path.filter((label, at) => label !== blank && label !== path[at - 1]);
      if (merged.join() === labels.join()) total += probability;
      return;
    }
    const row = logits[step]!;
    const whole = row.reduce((a, x) => a + Math.exp(x), 0);
    row.forEach((x, label) => walk(step + 1, [...path, label], (probability * Math.exp(x)) / whole));
  };
  walk(0, [], 1);
  return -Math.log(total);
}

describeOnBackends("ctc", () => {
  it.each([
    [[1, 2], 4],
    [[1, 1], 4],
    [[2], 3],
    [[2, 1, 2], 5],
    [[1, 1, 2], 4],
    [[], 3],
  ])("is the sum over all paths: labels %j, %i steps", (labels, time) => {
    const logits = logitsOf(1, time, 3);
    const padded = [...labels, 0, 0].slice(0, Math.max(labels.length, 2));
    const loss = ctc(tensor([padded]), tensor(logits)).dataSync()[0]!;
    const expected = byAllPaths(labels, logits[0]!, 0);
    expect(Math.abs(loss - expected)).toBeLessThan(2e-6 * (1 + expected));
  });

  it("takes lengths, and the blank's number", () => {
    const logits = logitsOf(2, 5, 3);
    const lengths = [
      [2, 1],
      [5, 3],
    ].map((each) => tensor(Int32Array.from(each)));
    const target = tensor([
      [0, 1],
      [1, 0],
    ]);
    const loss = ctcLoss(target, tensor(logits), lengths[0]!, lengths[1], { maskIndex: 2 }).dataSync();
    const expected = [byAllPaths([0, 1], logits[0]!, 2), byAllPaths([1], logits[1]!.slice(0, 3), 2)];
    expected.forEach((value, at) => expect(loss[at]).toBeCloseTo(value, 5));
  });

  it("stays finite where the steps cannot hold the labels", () => {
    const target = tensor([
      [1, 2, 1],
      [1, 1, 0],
    ]);
    const logits = tensor(logitsOf(2, 2, 3));
    const loss = ctc(target, logits).dataSync();
    for (const value of loss) expect(Math.abs(value - 1e5)).toBeLessThan(20);
    const slope = grad((p: Tensor) => sum(ctc(target, p)))(logits).dataSync();
    expect([...slope].every((value) => Math.abs(value) <= 2)).toBe(true);
  });

  it("leaves masked steps out, whatever stands there", () => {
    const logits = logitsOf(2, 5, 3);
    const target = tensor([
      [1, 2],
      [2, 0],
    ]);
    const mask = [
      [1, 1, 1, 1, 1],
      [0, 1, 1, 1, 0],
    ];
    const expected = [byAllPaths([1, 2], logits[0]!, 0), byAllPaths([2], logits[1]!.slice(1, 4), 0)];
    const run = (rows: number[][][]): [loss: number, slope: number[]] => {
      const steps = tensor(mask, { dtype: "bool" });
      const total = (p: Tensor) => reduceLoss(ctc(target, setMask(p.multiply(1), steps)), { mask: steps });
      const p = tensor(rows);
      return [total(p).dataSync()[0]!, [...grad((x: Tensor) => mean(total(x)))(p).dataSync()]];
    };
    const [loss, slope] = run(logits);
    expect(loss).toBeCloseTo((expected[0]! + expected[1]!) / 2, 5);
    const changed = structuredClone(logits);
    changed[1]![0] = [50, 0, -50];
    changed[1]![4] = [0, 9, 0];
    const [same, sameSlope] = run(changed);
    expect(same).toBe(loss);
    expect(sameSlope.map((value) => value + 0)).toEqual(slope.map((value) => value + 0));
  });

  it("refuses other shapes", () => {
    expect(() => ctc(tensor([1, 2]), tensor(logitsOf(2, 3, 3)))).toThrow(/labels \[2\] and logits \[2,3,3\]/);
  });
});
