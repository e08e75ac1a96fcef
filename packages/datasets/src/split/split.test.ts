import { readFileSync } from "node:fs";
import { DataError } from "@hekla/tensor/errors";
import { describe, expect, test } from "vitest";
import { sha256 } from "../sha256.js";
import type { Label } from "./classes-of.js";
import { RandomState } from "./random-state.js";
import { takeRows } from "./take-rows.js";
import { groupTrainTestSplit, type SplitIndices, trainTestSplit } from "./train-test-split.js";

interface Side {
  readonly count: number;
  readonly first: number[];
  readonly last: number[];
  readonly sha256: string;
}
interface Case {
  readonly labels: "two" | "many" | "text";
  readonly n: number;
  readonly seed: number;
  readonly options: { test_size?: number; train_size?: number; shuffle?: boolean };
  readonly train: Side;
  readonly test: Side;
}
interface Draws {
  readonly seed: number;
  readonly bits: number[];
  readonly random: number[];
  readonly permutation: number[];
  readonly randint: number[];
  readonly after: number;
}
const goldens = JSON.parse(readFileSync(new URL("../../goldens/splits.json", import.meta.url), "utf8")) as {
  readonly draws: readonly Draws[];
  readonly splits: readonly Case[];
  readonly stratified: readonly Case[];
  readonly grouped: readonly Case[];
};

/** The label of row i; the same rule made the goldens. */
const label = (kind: Case["labels"], i: number): Label => {
  if (kind === "two") return Math.floor((i % 7) / 3);
  if (kind === "many") return (i * i) % 11;
  return ["yes", "no", "\u{1f642}", "\uff21", "Yes", "nope"][((i * 7) % 13) % 6]!;
};
const labelsOf = ({ labels, n }: Case): Label[] => Array.from({ length: n }, (_, i) => label(labels, i));
const optionsOf = ({ seed, options }: Case) => ({
  randomState: seed,
  testSize: options.test_size,
  trainSize: options.train_size,
  ...(options.shuffle === undefined ? {} : { shuffle: options.shuffle }),
});
const sideOf = async (rows: Int32Array): Promise<Side> => ({
  count: rows.length,
  first: [...rows.slice(0, 20)],
  last: [...rows.slice(-20)],
  sha256: await sha256(new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength)),
});
const compare = async (got: SplitIndices, { train, test: tested }: Case): Promise<void> => {
  expect(await sideOf(got.train)).toEqual(train);
  expect(await sideOf(got.test)).toEqual(tested);
};

describe("RandomState draws as NumPy's", () => {
  test.each(goldens.draws)("seed $seed", ({ seed, bits, random, permutation, randint, after }) => {
    const state = new RandomState(seed);
    const words = Array.from({ length: 700 }, () => state.bits());
    expect(words.slice(-8)).toEqual(bits);
    expect(random.map(() => state.random())).toEqual(random);
    expect([...state.permutation(17)]).toEqual(permutation);
    const bounds = [
      [0, 1],
      [0, 2],
      [-5, 5],
      [0, 1000],
      [10, 2 ** 31],
      [0, 2 ** 32],
      [0, 65],
      [0, 64],
    ] as const;
    expect(bounds.map(([low, high]) => state.randint(low, high))).toEqual(randint);
    expect(state.bits()).toBe(after);
  });

  test("refuses other seeds and bounds", () => {
    for (const seed of [-1, 0.5, 2 ** 32, Number.NaN]) expect(() => new RandomState(seed)).toThrow(DataError);
    const state = new RandomState(0);
    for (const [low, high] of [
      [1, 1],
      [0, 2 ** 32 + 1],
      [0, 1.5],
    ] as const) {
      expect(() => state.randint(low, high)).toThrow(DataError);
    }
  });
});

describe("trainTestSplit gives scikit-learn's rows", () => {
  test.each(goldens.splits)("$n rows, seed $seed, $options", (golden) =>
    compare(trainTestSplit(golden.n, optionsOf(golden)), golden),
  );

  test.each(goldens.stratified)("$n rows, seed $seed, $options, stratified by $labels", (golden) =>
    compare(trainTestSplit(golden.n, { ...optionsOf(golden), stratify: labelsOf(golden) }), golden),
  );

  test("7086 rows fall into 5668 and 1418", () => {
    const { train, test: tested } = trainTestSplit(7086, { testSize: 0.2, randomState: 42 });
    expect([train.length, tested.length]).toEqual([5668, 1418]);
    expect(new Set([...train, ...tested]).size).toBe(7086);
  });

  test.each([
    [1, {}, "nothing to split"],
    [10, { testSize: 0 }, "testSize is not usable"],
    [10, { testSize: 1.5 }, "testSize is not usable"],
    [10, { trainSize: 10 }, "trainSize is not usable"],
    [10, { testSize: 0.6, trainSize: 0.6 }, "the sizes do not fit"],
    [10, { trainSize: 0.05 }, "the sizes do not fit"],
    [10, { shuffle: false, stratify: Array(10).fill(1) }, "without shuffle"],
    [10, { stratify: [1, 2] }, "got 2 labels, expected 10"],
    [4, { stratify: [1, 1, 1, 2] }, "too rare to stratify, got one row of 2"],
    [20, { stratify: Array.from({ length: 20 }, (_, i) => i % 10) }, "too small to stratify"],
  ])("refuses %i rows with %o", (n, options, message) => {
    expect(() => trainTestSplit(n, options)).toThrow(DataError);
    expect(() => trainTestSplit(n, options)).toThrow(message);
  });
});

describe("groupTrainTestSplit", () => {
  test.each(goldens.grouped)("$n rows in groups by $labels, seed $seed, $options", (golden) =>
    compare(groupTrainTestSplit(labelsOf(golden), optionsOf(golden)), golden),
  );

  test("no group stands on both sides", () => {
    const groups = Array.from({ length: 500 }, (_, i) => `sentence ${(i * i) % 83}`);
    const { train, test: tested } = groupTrainTestSplit(groups, { testSize: 0.25, randomState: 1 });
    const learnt = new Set([...train].map((row) => groups[row]));
    expect([...tested].filter((row) => learnt.has(groups[row]))).toEqual([]);
    expect(train.length + tested.length).toBe(500);
  });

  test("refuses a single group", () => {
    expect(() => groupTrainTestSplit(["a", "a"])).toThrow("got 1 groups, expected at least 2");
  });
});

test("takeRows takes from lists and arrays", () => {
  expect(takeRows(["a", "b", "c"], Int32Array.of(2, 0))).toEqual(["c", "a"]);
  const array = { data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [3, 2] };
  expect(takeRows(array, [2, 2, 0])).toEqual({ data: Float32Array.of(5, 6, 5, 6, 1, 2), shape: [3, 2] });
  expect(() => takeRows(["a"], [1])).toThrow("got index 1, expected an integer in 0..0");
});
