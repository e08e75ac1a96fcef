import {
  backend,
  compile,
  HeklaError,
  type Plan,
  reference,
  type Tensor,
  tensor,
  useBackend,
  Variable,
} from "@hekla/tensor";
import { afterEach, describe, expect, it } from "vitest";
import {
  Adafactor,
  Adam,
  AdamW,
  cosineDecay,
  Ftrl,
  Lion,
  Nadam,
  type OptimizerBase,
  optimizerFromConfig,
  RMSprop,
  SGD,
} from "./index.js";

afterEach(async () => {
  await useBackend(reference());
});

const weight = (values: readonly number[], name = "weight"): Variable =>
  new Variable(tensor(values), { name });

/** A compiled step with a given gradient. */
function stepOf(optimizer: OptimizerBase, weights: readonly Variable[]): (gradient: number[]) => void {
  const step = compile((gradient: Tensor) =>
    optimizer.apply(new Map(weights.map((variable) => [variable, gradient]))),
  );
  return (gradient) => step(tensor(gradient));
}

const valuesOf = (variable: Variable): number[] => [...variable.dataSync()];

describe("the plan of a step", () => {
  const common = { weightDecay: 0.1, clipValue: 1, gradientAccumulationSteps: 2, useEma: true };
  const everything = { ...common, emaOverwriteFrequency: 3 };
  const rate = cosineDecay(0.1, 9);

  it.each<[string, OptimizerBase, perWeight: number]>([
    ["SGD", new SGD(0.1, { momentum: 0.9, nesterov: true }), 1],
    ["Adam", new Adam(), 1],
    ["RMSprop, everything", new RMSprop(rate, { momentum: 0.9, centered: true, ...everything }), 1],
    ["AdamW, everything", new AdamW(rate, { amsgrad: true, ...everything }), 1],
    ["Nadam, everything", new Nadam(rate, everything), 1],
    ["Ftrl, everything", new Ftrl(rate, { l1RegularizationStrength: 0.1, ...everything }), 1],
    ["Lion, everything", new Lion(rate, everything), 1],
    // The norm of a gradient is a sum, and its scale a number, that must be there before.
    ["Adam, clipNorm", new Adam(rate, { clipNorm: 1 }), 3],
  ])("%s: updates a weight in one step, in place", async (_, optimizer, perWeight) => {
    const inner = reference();
    const plans: Plan[] = [];
    await useBackend({
      ...inner,
      prepare: (plan) => {
        plans.push(plan);
        return inner.prepare(plan);
      },
    });
    const plan = (count: number): Plan => {
      // Sizes apart, so that no two weights share a step by chance.
      const weights = Array.from({ length: count }, (_, at) => weight(Array(at + 2).fill(1), `w${at}`));
      const step = compile((gradients: Tensor[]) =>
        optimizer.apply(new Map(weights.map((variable, at) => [variable, gradients[at]!]))),
      );
      step(weights.map(({ size }) => tensor(Array(size).fill(0.5))));
      optimizer.dispose();
      return plans.at(-1)!;
    };
    const [two, four] = [plan(2), plan(4)];
    expect(four.steps.length - two.steps.length).toBe(2 * perWeight);
    const updates = four.steps.filter(
      (step) => step.kind === "elementwise" && step.outputs.some((at) => four.buffers[at]!.size > 1),
    );
    expect(updates.length).toBe(4);
    // Everything that an update makes replaces the old values: it needs no memory besides.
    const inputs = new Set(four.inputs);
    for (const step of updates) {
      expect(step.kind === "elementwise" && step.outputs.every((at) => inputs.has(at))).toBe(true);
    }
  });
});

describe("gradient accumulation", () => {
  it("changes weights and state at every n-th step, by the mean", () => {
    const [w, expected] = [weight([1, 2]), weight([1, 2])];
    const [accumulating, plain] = [new Adam(0.1, { gradientAccumulationSteps: 3 }), new Adam(0.1)];
    const [step, once] = [stepOf(accumulating, [w]), stepOf(plain, [expected])];
    const gradients = [
      [3, -6],
      [0, 0.75],
      [6, 0],
    ];
    for (let round = 0; round < 2; round++) {
      for (const gradient of gradients.slice(0, 2)) {
        const before = valuesOf(w);
        step(gradient);
        expect(valuesOf(w)).toEqual(before);
      }
      step(gradients[2]!);
      once([3, -1.75]);
      expect(valuesOf(w)).toEqual(valuesOf(expected));
    }
    expect(accumulating.iterations.dataSync()[0]).toBe(6);
  });
});

describe("moving averages of weights", () => {
  it("start at the first new weights and follow the rule", () => {
    const w = weight([1, -1]);
    const optimizer = new SGD(1, { useEma: true, emaMomentum: 0.75 });
    const step = stepOf(optimizer, [w]);
    step([1, 2]);
    expect(valuesOf(optimizer.averageOf(w))).toEqual([0, -3]);
    step([-4, 0]);
    expect(valuesOf(w)).toEqual([4, -3]);
    expect(valuesOf(optimizer.averageOf(w))).toEqual([1, -3]);
  });

  it("are swapped in and out, and put in for good", () => {
    const w = weight([1, -1]);
    const optimizer = new SGD(1, { useEma: true, emaMomentum: 0.75 });
    const step = stepOf(optimizer, [w]);
    step([1, 2]);
    step([-4, 0]);
    optimizer.swapAverages();
    expect([valuesOf(w), valuesOf(optimizer.averageOf(w))]).toEqual([
      [1, -3],
      [4, -3],
    ]);
    optimizer.swapAverages();
    expect(valuesOf(w)).toEqual([4, -3]);
    const stranger = weight([7], "stranger");
    optimizer.finalizeVariableValues([w, stranger]);
    expect(valuesOf(stranger)).toEqual([7]);
    expect([valuesOf(w), valuesOf(optimizer.averageOf(w))]).toEqual([
      [1, -3],
      [1, -3],
    ]);
  });

  it("overwrite the weights every so many updates", () => {
    const w = weight([0]);
    const step = stepOf(new SGD(1, { useEma: true, emaMomentum: 0.5, emaOverwriteFrequency: 2 }), [w]);
    step([-4]);
    expect(valuesOf(w)).toEqual([4]);
    step([-4]);
    // 8, averaged with 4.
    expect(valuesOf(w)).toEqual([6]);
  });

  it("are those of weights that join late, too", () => {
    const [w, late] = [weight([1]), weight([10])];
    const optimizer = new SGD(1, { useEma: true, emaMomentum: 0.5 });
    stepOf(optimizer, [w])([1]);
    stepOf(optimizer, [w, late])([2]);
    expect(valuesOf(optimizer.averageOf(late))).toEqual([9]);
    expect(() => optimizer.averageOf(weight([1], "stranger"))).toThrow(/weight stranger has no state/);
  });

  it("are missing without useEma", () => {
    const [w, optimizer] = [weight([1]), new SGD(1)];
    stepOf(optimizer, [w])([1]);
    optimizer.finalizeVariableValues();
    expect(valuesOf(w)).toEqual([0]);
    expect(() => optimizer.averageOf(w)).toThrow(/averageOf: got an optimizer without averages/);
    expect(() => optimizer.swapAverages()).toThrow(/without averages/);
  });
});

describe("weight decay", () => {
  it("leaves out weights by part of their name, and one by one", () => {
    const weights = ["dense/kernel", "dense/bias", "norm/gamma"].map((name) => weight([1], name));
    const optimizer = new SGD(0.5, { weightDecay: 0.5 });
    optimizer.excludeFromWeightDecay({ varNames: ["bias"], varList: [weights[2]!] });
    stepOf(optimizer, weights)([0]);
    expect(weights.map((variable) => valuesOf(variable)[0])).toEqual([0.75, 1, 1]);
    expect(() => optimizer.excludeFromWeightDecay({ varNames: ["x"] })).toThrow(/got a call after that/);

    const copy = optimizerFromConfig(optimizer.getConfig());
    const biases = ["a/bias", "a/kernel"].map((name) => weight([1], name));
    stepOf(copy, biases)([0]);
    expect(biases.map((variable) => valuesOf(variable)[0])).toEqual([1, 0.75]);
  });
});

describe("clipping", () => {
  it("shows a gradient that is not finite", () => {
    const w = weight([1, 2]);
    stepOf(new SGD(1, { globalClipNorm: 1 }), [w])([Number.POSITIVE_INFINITY, 1]);
    expect(valuesOf(w).every(Number.isNaN)).toBe(true);
  });
});

describe("optimizers", () => {
  it("take a new learning rate in a compiled step", () => {
    const [w, optimizer] = [weight([3]), new SGD(0)];
    const step = stepOf(optimizer, [w]);
    step([1]);
    expect(valuesOf(w)).toEqual([3]);
    optimizer.learningRate.write([0.5]);
    step([1]);
    expect(valuesOf(w)).toEqual([2.5]);
  });

  it("keep the rate of a schedule readable", () => {
    const optimizer = new SGD(cosineDecay(1, 4));
    const step = stepOf(optimizer, [weight([1])]);
    for (let taken = 0; taken < 5; taken++) {
      step([1]);
      const expected = 0.5 * (1 + Math.cos((Math.PI * taken) / 4));
      expect(optimizer.learningRate.dataSync()[0]).toBeCloseTo(expected, 6);
    }
  });

  it("take an option that is undefined as not given", () => {
    const given = JSON.parse('{"momentum": 0.5}') as Record<string, number>;
    const options = { nesterov: given.missing, weightDecay: given.missing, ...given };
    const optimizer = new SGD(1, options as object);
    expect(optimizer.getConfig()).toEqual(new SGD(1, { momentum: 0.5 }).getConfig());
    const decaying = new AdamW(1, { weightDecay: given.missing } as object);
    expect(decaying.getConfig()).toMatchObject({ weightDecay: 0.004 });
  });

  it("may be made before a backend is chosen", () => {
    const before = backend().memory().slots;
    new Adam(0.1, { useEma: true });
    expect(backend().memory().slots).toBe(before);
  });

  it("keep the variance of a steady gradient from falling below 0", () => {
    const w = weight([1]);
    const step = stepOf(new RMSprop(1e-6, { centered: true, epsilon: 1e-20 }), [w]);
    for (let k = 0; k < 400; k++) step([1234.567]);
    expect(valuesOf(w).every(Number.isFinite)).toBe(true);
  });

  it("correct the bias of a slow average without cancellation", () => {
    const w = weight([0]);
    stepOf(new Adam(1, { beta2: 1 - 1e-6, epsilon: 0 }), [w])([0.5]);
    expect(valuesOf(w)[0]).toBeCloseTo(-1, 6);
  });

  it.each([
    [() => new SGD(-1), /learningRate, got -1/],
    [() => new SGD(Number.NaN), /learningRate, got NaN/],
    [() => new SGD(0.1, { momentum: -0.5 }), /momentum, got -0.5, expected a number from 0 to 1/],
    [() => new Adam(0.1, { beta1: 1 }), /beta1, got 1/],
    [() => new RMSprop(0.1, { weightDecay: Number.POSITIVE_INFINITY }), /weightDecay, got Infinity/],
    [() => new Lion(0.1, { beta1: 0 }), /beta1, got 0, expected a number above 0/],
    [() => new Ftrl(0.1, { learningRatePower: 0.5 }), /learningRatePower, got 0.5/],
    [() => new Ftrl(0.1, { l2RegularizationStrength: -1 }), /l2RegularizationStrength, got -1/],
    [() => new Adafactor(0.1, { epsilon2: -1 }), /epsilon2, got -1/],
    [() => new SGD(0.1, { clipNorm: 0 }), /clipNorm, got 0/],
    [() => new SGD(0.1, { clipNorm: 1, clipValue: 1 }), /got clipNorm and clipValue, expected at most one/],
    [
      () => optimizerFromConfig({ className: "Adam", learningRate: 1, beta_1: 0.9 }),
      /unknown option, got beta_1, expected one of beta1, beta2/,
    ],
    [() => new SGD(0.1, { emaMomentum: 1.5 }), /emaMomentum, got 1.5/],
    [() => new SGD(0.1, { emaOverwriteFrequency: 0 }), /emaOverwriteFrequency, got 0/],
    [() => new SGD(0.1, { gradientAccumulationSteps: 1 }), /gradientAccumulationSteps, got 1/],
    [
      () => optimizerFromConfig({ className: "Sgd", learningRate: 1 }),
      /got "Sgd", expected one of SGD, RMSprop/,
    ],
    [() => optimizerFromConfig(new SGD((step) => step).getConfig()), /schedule of SGD was not saved/],
  ])("refuse bad settings %#", (bad, message) => {
    expect(bad).toThrow(HeklaError);
    expect(bad).toThrow(message);
  });
});
