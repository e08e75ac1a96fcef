import { tensor } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { type MetricLike, resolveMetric, topKAccuracy } from "./index.js";

const three = [
  [0.2, 0.5, 0.3],
  [0.9, 0.06, 0.04],
  [0.1, 0.1, 0.8],
  [0.4, 0.3, 0.3],
];

/** Metric, labels, predictions, what comes out. */
const rows: readonly [MetricLike, number[] | number[][], number[][], number][] = [
  [
    "accuracy",
    [
      [0, 1, 0],
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
    three,
    0.5,
  ],
  ["accuracy", [1, 0, 1, 2], three, 0.5],
  ["accuracy", [[1], [0], [1], [0]], three, 0.75],
  ["accuracy", [[1], [0], [1], [0]], [[0.9], [0.4], [0.5], [0.6]], 0.5],
  ["accuracy", [1, 0, 1, 0], [[0.9], [0.4], [0.51], [0.1]], 1],
  [
    "binaryAccuracy",
    [
      [1, 0],
      [0, 1],
    ],
    [
      [0.9, 0.9],
      [0.2, 0.8],
    ],
    0.75,
  ],
  [
    "categoricalAccuracy",
    [
      [0, 1, 0],
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
    three,
    0.5,
  ],
  ["sparseCategoricalAccuracy", [1, 0, 2, 0], three, 1],
  // Of equal predictions all are among the k largest, as in Keras.
  [topKAccuracy(2), [2, 1, 1, 0], three, 1],
  [topKAccuracy(2), [0, 1, 1, 0], three, 0.75],
  [
    topKAccuracy(1),
    [
      [0, 1, 0],
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
    three,
    0.5,
  ],
  ["mse", [[1], [2]], [[0], [5]], 5],
  ["meanAbsoluteError", [[1], [2]], [[0], [5]], 2],
  ["rootMeanSquaredError", [[1], [2]], [[0], [5]], Math.sqrt(5)],
];

describe.each(rows)("metric %#: %s", (like, labels, predictions, expected) => {
  const metric = resolveMetric(like);
  const sums = (from: number, to: number): number[] => [
    ...metric.sums(tensor(labels.slice(from, to)), tensor(predictions.slice(from, to))).dataSync(),
  ];

  it("is right on one batch", () => {
    expect(metric.result(sums(0, labels.length))).toBeCloseTo(expected, 6);
  });

  it("is the same when its sums come from uneven batches", () => {
    const [first, rest] = [sums(0, 1), sums(1, labels.length)];
    const total = first.map((value, k) => value + rest[k]!);
    expect(metric.result(total)).toBeCloseTo(expected, 6);
  });
});

describe("metrics", () => {
  it("are found by name", () => {
    expect(() => resolveMetric("acuracy")).toThrow(/got "acuracy", expected one of accuracy/);
  });
});
