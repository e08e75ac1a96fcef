import {
  compile,
  grad,
  mean,
  ShapeError,
  scope,
  sigmoid,
  softmax,
  sum,
  type Tensor,
  tensor,
  valueAndGrad,
} from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import {
  Activation,
  binaryCrossentropy,
  categoricalCrossentropy,
  Dense,
  huber,
  type LossFunction,
  meanAbsoluteError,
  meanSquaredError,
  resolveLoss,
  sparseCategoricalCrossentropy,
} from "../index.js";

const predictions = [
  [0.2, 0.5, 0.3],
  [0.9, 0.06, 0.04],
  [0.1, 0.1, 0.8],
];
const oneHots = [
  [0, 1, 0],
  [1, 0, 0],
  [0, 1, 0],
];
const logits = [
  [1, -2, 0.5],
  [3, 3, -1],
  [0, 0.25, -0.5],
];

const softmaxRow = (row: readonly number[]): number[] => {
  const total = row.reduce((sum_, x) => sum_ + Math.exp(x), 0);
  return row.map((x) => Math.exp(x) / total);
};

const rows = (f: (t: readonly number[], p: readonly number[]) => number, p = predictions): number[] =>
  oneHots.map((t, k) => f(t, p[k]!));

const average = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

const crossentropy = (t: readonly number[], p: readonly number[]): number =>
  -t.reduce((total, target, k) => total + target * Math.log(p[k]!), 0);

const binary = (t: readonly number[], p: readonly number[]): number =>
  average(t.map((target, k) => -(target * Math.log(p[k]!) + (1 - target) * Math.log(1 - p[k]!))));

const sigmoidOf = (x: number): number => 1 / (1 + Math.exp(-x));

/** Each loss on the data above, and the same by its formula in plain numbers. */
const cases: readonly [string, (t: Tensor, p: Tensor, l: Tensor) => Tensor, number[]][] = [
  [
    "meanSquaredError",
    (t, p) => meanSquaredError(t, p),
    rows((t, p) => average(t.map((x, k) => (x - p[k]!) ** 2))),
  ],
  [
    "meanAbsoluteError",
    (t, p) => meanAbsoluteError(t, p),
    rows((t, p) => average(t.map((x, k) => Math.abs(x - p[k]!)))),
  ],
  [
    "huber",
    (t, p) => huber(t, p, { delta: 0.3 }),
    rows((t, p) =>
      average(
        t.map((x, k) => {
          const error = Math.abs(x - p[k]!);
          return error <= 0.3 ? 0.5 * error ** 2 : 0.3 * (error - 0.15);
        }),
      ),
    ),
  ],
  ["categoricalCrossentropy", (t, p) => categoricalCrossentropy(t, p), rows(crossentropy)],
  [
    "categoricalCrossentropy of logits",
    (t, _, l) => categoricalCrossentropy(t, l, { fromLogits: true }),
    rows(crossentropy, logits.map(softmaxRow)),
  ],
  [
    "categoricalCrossentropy, smoothed",
    (t, p) => categoricalCrossentropy(t, p, { labelSmoothing: 0.1 }),
    rows((t, p) =>
      crossentropy(
        t.map((x) => 0.9 * x + 0.1 / 3),
        p,
      ),
    ),
  ],
  [
    "sparseCategoricalCrossentropy",
    (_, p) => sparseCategoricalCrossentropy(tensor([1, 0, 1], { dtype: "int32" }), p),
    rows(crossentropy),
  ],
  [
    "sparseCategoricalCrossentropy of logits",
    (_, _p, l) => sparseCategoricalCrossentropy(tensor([[1], [0], [1]]), l, { fromLogits: true }),
    rows(crossentropy, logits.map(softmaxRow)),
  ],
  ["binaryCrossentropy", (t, p) => binaryCrossentropy(t, p), rows(binary)],
  [
    "binaryCrossentropy of logits",
    (t, _, l) => binaryCrossentropy(t, l, { fromLogits: true }),
    rows(
      binary,
      logits.map((row) => row.map(sigmoidOf)),
    ),
  ],
  [
    "binaryCrossentropy, smoothed",
    (t, p) => binaryCrossentropy(t, p, { labelSmoothing: 0.2 }),
    rows((t, p) =>
      binary(
        t.map((x) => 0.8 * x + 0.1),
        p,
      ),
    ),
  ],
];

describe.each(cases)("%s", (_, loss, expected) => {
  const run = (): number[] => [...loss(tensor(oneHots), tensor(predictions), tensor(logits)).dataSync()];

  it("follows its formula", () => {
    run().forEach((value, k) => {
      expect(Math.abs(value - expected[k]!)).toBeLessThan(2e-6 * (1 + expected[k]!));
    });
  });

  it("gives the same bits scoped and compiled", () => {
    const three = [tensor(oneHots), tensor(predictions), tensor(logits)] as const;
    expect([...scope(() => loss(...three)).dataSync()]).toEqual(run());
    expect([...compile(loss)(...three).dataSync()]).toEqual(run());
  });
});

/** Far beyond what exp can take in float32. */
const steep = [
  [1000, -1000, 0],
  [-500, 200, -300],
];
const targets = [
  [0, 1, 0],
  [0, 1, 0],
];

describe("crossentropy behind an activation", () => {
  it.each(["scoped", "compiled", "eager"])("softmax stays exact for steep logits, %s", (mode) => {
    const layer = new Activation("softmax");
    const loss = (x: Tensor): Tensor => mean(categoricalCrossentropy(tensor(targets), layer.apply(x)));
    const both = (x: Tensor): { value: Tensor; grads: Tensor } => valueAndGrad(loss)(x);
    const run = { scoped: (x: Tensor) => scope(() => both(x)), compiled: compile(both), eager: both }[mode]!;
    const { value, grads } = run(tensor(steep));
    // -log softmax: 2000 for the first row, 0 for the second; mean over 2.
    expect(value.dataSync()[0]).toBe(1000);
    expect([...grads.dataSync()]).toEqual([0.5, -0.5, 0, 0, 0, 0]);
    if (mode === "eager") expect(loss(tensor(steep)).dataSync()[0]).toBe(1000);
  });

  it("softmax of a Dense layer keeps its logits, sparse labels too", () => {
    const layer = new Dense(3, { activation: "softmax", useBias: false });
    layer.build([null, 3]);
    layer.setWeights([[1, 0, 0, 0, 1, 0, 0, 0, 1]]);
    const loss = sparseCategoricalCrossentropy(tensor([1, 1]), layer.apply(tensor(steep)));
    expect([...loss.dataSync()].map(Math.abs)).toEqual([2000, 0]);
  });

  it("sigmoid stays exact for steep logits", () => {
    const layer = new Activation("sigmoid");
    const x = tensor([[200], [-200], [200]]);
    const loss = (input: Tensor): Tensor =>
      sum(binaryCrossentropy(tensor([[0], [1], [1]]), layer.apply(input)));
    expect(loss(x).dataSync()[0]).toBe(400);
    expect([...grad(loss)(x).dataSync()]).toEqual([1, -1, 0]);
  });

  it("works on probabilities whose logits ended with a scope", () => {
    const layer = new Activation("softmax");
    const p = scope(() => layer.apply(scope(() => tensor(logits).multiply(1))));
    const loss = [...categoricalCrossentropy(tensor(oneHots), p).dataSync()];
    rows(crossentropy, logits.map(softmaxRow)).forEach((expected, k) => {
      expect(loss[k]).toBeCloseTo(expected, 5);
    });
  });

  it("clips probabilities that have no logits", () => {
    const zero = categoricalCrossentropy(tensor([[1, 0]]), softmax(tensor([[-200, 200]]))).dataSync()[0]!;
    expect(zero).toBeCloseTo(-Math.log(1e-7), 4);
    const one = binaryCrossentropy(tensor([[1]]), sigmoid(tensor([[-200]]))).dataSync()[0]!;
    expect(one).toBeCloseTo(-Math.log(1e-7), 4);
  });
});

describe("losses", () => {
  it("are found by name, with options", () => {
    const loss = resolveLoss({ name: "categoricalCrossentropy", fromLogits: true });
    const direct = categoricalCrossentropy(tensor(oneHots), tensor(logits), { fromLogits: true });
    expect([...loss(tensor(oneHots), tensor(logits)).dataSync()]).toEqual([...direct.dataSync()]);
    expect(() => resolveLoss("crossentropy")).toThrow(/got "crossentropy", expected one of meanSquaredError/);
  });

  it("take labels without the last axis for one output", () => {
    expect([...meanSquaredError(tensor([1, 2]), tensor([[0], [4]])).dataSync()]).toEqual([1, 4]);
  });

  it.each<[LossFunction, number[][], RegExp]>([
    [meanSquaredError, [[1, 2]], /labels \[1,2\] and predictions \[3,3\]/],
    [categoricalCrossentropy, [[1], [2], [0]], /labels \[3,1\] and predictions \[3,3\]/],
    [sparseCategoricalCrossentropy, oneHots, /labels \[3,3\].*expected class numbers of shape \[3\]/],
  ])("refuse labels that do not fit %#", (loss, labels, message) => {
    expect(() => loss(tensor(labels), tensor(predictions))).toThrow(ShapeError);
    expect(() => loss(tensor(labels), tensor(predictions))).toThrow(message);
  });
});
