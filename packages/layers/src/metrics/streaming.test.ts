import { add, HostRandom, subtract, type Tensor, tensor } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { hinge } from "../losses/index.js";
import { describeOnBackends } from "../testing/on-backends.js";
import {
  accuracy,
  auc,
  confusionCounts,
  confusionMatrix,
  f1Score,
  iou,
  type Metric,
  type MetricLike,
  meanIoU,
  r2Score,
  resolveMetric,
  sensitivityAtSpecificity,
  sumMetric,
  topKAccuracy,
} from "./index.js";

const random = new HostRandom(5, "metrics");
const numbers = (count: number): number[] => Array.from({ length: count }, () => random.uniform());
const result = (metric: Metric, ...batch: [Tensor, Tensor, Tensor?]): number =>
  metric.result(metric.sums(...batch).dataSync());

/** Metrics by the kind of their labels; predictions are probabilities `[batch, time, 3]`. */
const rows: readonly [MetricLike, "oneHot" | "class" | "binary"][] = [
  ["accuracy", "oneHot"],
  ["accuracy", "class"],
  ["binaryAccuracy", "binary"],
  [{ name: "topKAccuracy", k: 2 }, "class"],
  ["mse", "oneHot"],
  ["rootMeanSquaredError", "oneHot"],
  ["sparseCategoricalCrossentropy", "class"],
  ["bce", "binary"],
  ["huber", "binary"],
  ["cosineSimilarity", "oneHot"],
  ["precision", "binary"],
  [{ name: "recall", topK: 1 }, "oneHot"],
  ["falsePositives", "binary"],
  ["auc", "binary"],
  [{ name: "auc", curve: "PR", multiLabel: true, numLabels: 3 }, "binary"],
  [{ name: "precisionAtRecall", recall: 0.5 }, "binary"],
  [{ name: "f1Score", numClasses: 3, average: "macro" }, "oneHot"],
  [{ name: "fBetaScore", average: "micro", beta: 0.5, threshold: 0.4 }, "binary"],
  [{ name: "r2Score", numOutputs: 3 }, "oneHot"],
  [{ name: "oneHotMeanIoU", numClasses: 3 }, "oneHot"],
  [{ name: "meanIoU", numClasses: 3, sparseYPred: false }, "class"],
];

describeOnBackends("metrics", () => {
  it.each(rows)("leave places of weight 0 out, whatever stands there: %j", (like, kind) => {
    const metric = resolveMetric(like);
    const weight = tensor([
      [1, 2, 0, 0],
      [0.5, 1, 1, 0],
    ]);
    const counts = [...weight.dataSync()].map((x) => x > 0);
    const classes = numbers(8).map((x) => Math.floor(x * 3));
    const data =
      kind === "class"
        ? classes
        : classes.flatMap((k) =>
            [0, 1, 2].map((at) => (kind === "oneHot" ? Number(at === k) : Math.round(numbers(1)[0]!))),
          );
    const shape = kind === "class" ? [2, 4] : [2, 4, 3];
    const p = numbers(24);
    const run = (labels: number[], predictions: number[]): number =>
      result(metric, tensor(labels, { shape }), tensor(predictions, { shape: [2, 4, 3] }), weight);
    const value = run(data, p);
    expect(Number.isFinite(value)).toBe(true);
    const per = data.length / 8;
    const changedLabels = data.map((x, at) => (counts[Math.floor(at / per)] ? x : 2 - x));
    expect(run(changedLabels, p)).toBe(value);
    const changed = p.map((x, at) => (counts[Math.floor(at / 3)] ? x : 1 - x));
    expect(run(data, changed)).toBe(value);
    expect(
      run(
        data.map((x, at) => (counts[Math.floor(at / per)] ? 1 - x : x)),
        p,
      ),
    ).not.toBe(value);
  });

  it("let no NaN of places without weight through", () => {
    const metric = resolveMetric("mae");
    const values = [tensor([[1], [2]]), tensor([[3], [Number.NaN]])] as const;
    expect(result(metric, ...values, tensor([1, 0]))).toBe(2);
    expect(result(metric, ...values)).toBeNaN();
  });

  it("count rows by label and columns by prediction, other classes left out", () => {
    const [yTrue, yPred] = [tensor([0, 1, 1, 2, -1, 3]), tensor([0, 1, 2, 2, 0, 1])];
    const matrix = confusionMatrix(yTrue, yPred, { classes: 3 });
    expect(matrix.shape).toEqual([3, 3]);
    expect([...matrix.dataSync()]).toEqual([1, 0, 0, 0, 1, 1, 0, 0, 1]);
    const sampleWeight = tensor([0.5, 2, 1, 1, 9, 9]);
    const weighted = confusionMatrix(yTrue, yPred, { classes: 3, sampleWeight, ignoreClass: 2 });
    expect([...weighted.dataSync()]).toEqual([0.5, 0, 0, 0, 2, 1, 0, 0, 0]);
    expect(() => confusionMatrix(yTrue, tensor([1]), { classes: 3 })).toThrow(
      /labels \[6\] and predictions \[1\]/,
    );
  });

  it("give one class at a time as well", () => {
    const [yTrue, yPred] = [tensor([[0, 1, 1, 2]]), tensor([[0, 1, 2, 2]])];
    const metric = meanIoU(3);
    const sums = metric.sums(yTrue, yPred).dataSync();
    expect(metric.scores(sums)).toEqual([1, 0.5, 0.5]);
    expect(metric.result(sums)).toBeCloseTo(2 / 3, 12);
    expect(result(iou(3, { targetClassIds: [0] }), yTrue, yPred)).toBe(1);
    const scores = tensor([
      [
        [1, 0, 0, 0],
        [0, 1, 0, 0],
        [0, 0, 1, 1],
      ],
    ]);
    expect(result(meanIoU(3, { sparseYPred: false, axis: 1 }), yTrue, scores)).toBeCloseTo(2 / 3, 12);
  });

  it("sum values", () => {
    const sum = sumMetric("errors", (yTrue, yPred) => subtract(yTrue, yPred));
    const batch = [
      tensor([
        [1, 2],
        [3, 4],
      ]),
      tensor([
        [0, 0],
        [0, 0],
      ]),
    ] as const;
    expect(result(sum, ...batch)).toBe(10);
    expect(result(sum, ...batch, tensor([1, 2]))).toBe(17);
  });

  it("count exactly up to 2^24 and not beyond", () => {
    const metric = resolveMetric("truePositives");
    const one = metric.sums(tensor([[1]]), tensor([[0.9]]));
    const at = (count: number): Tensor => tensor([0, 0, 0, count]);
    expect(metric.result(add(at(2 ** 24 - 1), one).dataSync())).toBe(2 ** 24);
    expect(metric.result(add(at(2 ** 24), one).dataSync())).toBe(2 ** 24);
  });
});

describe("metrics", () => {
  it("go by the name they are asked for", () => {
    expect(resolveMetric("acc").name).toBe("acc");
    expect(resolveMetric("mse").name).toBe("mse");
    expect(resolveMetric({ name: "huber", delta: 2 }).name).toBe("huber");
    expect(resolveMetric({ ...auc({ curve: "PR" }), name: "prAuc" }).name).toBe("prAuc");
    const error = (yTrue: Tensor, yPred: Tensor): Tensor => subtract(yTrue, yPred);
    expect(result(resolveMetric(error), tensor([3, 5]), tensor([1, 1]))).toBe(3);
    expect(resolveMetric(error).name).toBe("error");
    expect(resolveMetric(hinge).name).toBe("hinge");
    expect(resolveMetric((yTrue: Tensor, yPred: Tensor) => subtract(yTrue, yPred)).name).toBe("metric");
  });

  it("take predictions without a last axis as one output", () => {
    const batch = [tensor([1, 0, 1, 0]), tensor([0.9, 0.8, 0.7, 0.6])] as const;
    expect(result(accuracy(), ...batch)).toBe(0.5);
  });

  it("take the options of a loss", () => {
    const huber = resolveMetric({ name: "huber", delta: 2 });
    expect(result(huber, tensor([[5]]), tensor([[0]]))).toBe(2 * 5 - 2);
  });

  it.each<[() => unknown, RegExp]>([
    [() => resolveMetric("f1Score"), /f1Score: got no numClasses/],
    [() => f1Score({ average: "micro", threshold: 2 }), /got threshold 2/],
    [() => auc({ numThresholds: 1 }), /numThresholds 1/],
    [() => auc({ multiLabel: true }), /expected numLabels/],
    [
      () => auc({ multiLabel: true, numLabels: 3, labelWeights: [1] }),
      /got 1 labelWeights, expected numLabels 3/,
    ],
    [
      () => resolveMetric({ name: "auc", curve: "pr" }),
      /bad curve, got "pr", expected one of ROC, PR, PRGAIN/,
    ],
    [() => resolveMetric({ name: "auc", summationMethod: "mean" }), /bad summationMethod, got "mean"/],
    [
      () => resolveMetric({ name: "f1Score", average: "makro", numClasses: 2 }),
      /f1Score: bad average, got "makro"/,
    ],
    [() => resolveMetric({ name: "r2Score", classAggregation: "mean" }), /bad classAggregation, got "mean"/],
    [() => resolveMetric("meanIoU"), /meanIoU: got numClasses undefined/],
    [
      () => topKAccuracy(2).sums(tensor([[0, 1, 0]]), tensor([[0.5, 0.5]])),
      /labels \[1,3\] and predictions \[1,2\]/,
    ],
    [() => sensitivityAtSpecificity(2), /got specificity 2/],
    [() => resolveMetric({ name: "precision", thresholds: -1 }), /got threshold -1/],
    [() => r2Score().sums(tensor([[1, 2]]), tensor([[1, 2]])), /expected numOutputs 1/],
    [
      () => resolveMetric("precision").sums(tensor([1, 2]), tensor([[1, 2]])),
      /precision: labels and predictions/,
    ],
    [
      () => resolveMetric("mae").sums(tensor([[1]]), tensor([[1]]), tensor([1, 2])),
      /sampleWeight: does not fit/,
    ],
  ])("refuse what makes no sense: %#", (fn, message) => {
    expect(fn).toThrow(message);
  });
});

describe("confusionCounts", () => {
  it("takes class numbers, or scores", () => {
    const counts = [
      [1, 0],
      [1, 2],
    ];
    expect(confusionCounts([0, 1, 1, 1], [0, 1, 0, 1], { classes: 2 })).toEqual(counts);
    const scores = Float32Array.from([0.6, 0.4, 0.1, 0.9, 0.5, 0.5, 0, 1]);
    expect(confusionCounts(Int32Array.from([0, 1, 1, 1]), scores, { classes: 2 })).toEqual(counts);
    const weighted = confusionCounts([0, 1], [0, 0], { classes: 2, sampleWeight: [0.5, 3] });
    expect(weighted).toEqual([
      [0.5, 0],
      [3, 0],
    ]);
  });

  it("refuses classes that there are not", () => {
    expect(() => confusionCounts([0, 2], [0, 1], { classes: 2 })).toThrow(
      /sample 1 is no class, got label 2/,
    );
    expect(() => confusionCounts([0, 1], [0, -1], { classes: 2 })).toThrow(/prediction -1/);
    expect(() => confusionCounts([0, 1], [0, 1, 2], { classes: 2 })).toThrow(
      /got 3 predictions for 2 labels/,
    );
  });
});
