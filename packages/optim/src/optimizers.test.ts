import {
  backend,
  compile,
  HeklaError,
  mean,
  scope,
  square,
  subtract,
  type Tensor,
  tensor,
  Variable,
  valueAndGrad,
} from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import file from "../../conformance/goldens/optimizers.json" with { type: "json" };
import { Adam, AdamW, cosineDecay, type OptimizerBase, optimizerFromConfig, RMSprop, SGD } from "./index.js";

interface GoldenArray {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

const make = (name: string, options: Readonly<Record<string, unknown>>): OptimizerBase =>
  optimizerFromConfig({ className: name, learningRate: name === "SGD" ? 0.01 : 0.001, ...options });

const toTensor = ({ data, shape }: GoldenArray): Tensor => tensor(Float32Array.from(data), { shape });

type Steps = (
  optimizer: OptimizerBase,
  weights: readonly Variable[],
  gradients: readonly GoldenArray[][],
) => number[][][];

/** Applies gradients one step after the other; returns the weights after each. */
const stepwise =
  (around: (step: (...gradients: Tensor[]) => void) => (...gradients: Tensor[]) => void): Steps =>
  (optimizer, weights, gradients) => {
    const step = around((...given) =>
      optimizer.apply(new Map(weights.map((weight, index) => [weight, given[index]!]))),
    );
    return gradients.map((given) => {
      step(...given.map(toTensor));
      return weights.map((weight) => [...weight.dataSync()]);
    });
  };

const modes: Readonly<Record<string, Steps>> = {
  eager: stepwise((step) => step),
  scope: stepwise(
    (step) =>
      (...given) =>
        scope(() => step(...given)),
  ),
  compiled: stepwise((step) => compile(step)),
};

describe.each(file.cases)("$name", ({ optimizer: name, options, initial, gradients, trajectory }) => {
  const run = (steps: Steps): number[][][] =>
    steps(
      make(name, options),
      initial.map((value) => new Variable(toTensor(value))),
      gradients,
    );

  it("follows Keras 3 for 5 steps", () => {
    run(modes.compiled!).forEach((weights, step) => {
      weights.forEach((values, index) => {
        const expected = trajectory[step]![index]!.data;
        const largest = Math.max(...expected.map(Math.abs));
        values.forEach((value, k) => {
          expect(Math.abs(value - expected[k]!) / largest).toBeLessThan(1e-6);
        });
      });
    });
  });

  it("gives the same bits eager, scoped and compiled", () => {
    const [eager, scoped, compiled] = Object.values(modes).map(run);
    expect(scoped).toEqual(eager);
    expect(compiled).toEqual(eager);
  });
});

/** Distance of a Variable from 3, and what brings it there. */
function descent(optimizer: OptimizerBase): { weight: Variable; step: () => Tensor } {
  const weight = new Variable(tensor([0, 10, -4, 1]), { name: "weight" });
  const step = compile(() => {
    const { value, grads } = valueAndGrad(() => mean(square(subtract(weight, 3))), [weight])();
    optimizer.apply(grads);
    return value;
  });
  return { weight, step };
}

const kinds: readonly [string, () => OptimizerBase][] = [
  ["SGD", () => new SGD(0.1, { momentum: 0.9, nesterov: true })],
  ["RMSprop", () => new RMSprop(0.01, { momentum: 0.5, centered: true })],
  ["Adam", () => new Adam(0.1, { amsgrad: true })],
  ["AdamW", () => new AdamW(0.1)],
  ["Adam under a schedule", () => new Adam(cosineDecay(0, 50, { warmupTarget: 0.2, warmupSteps: 5 }))],
];

describe.each(kinds)("%s", (_, makeOptimizer) => {
  it("lowers the loss", async () => {
    const { step } = descent(makeOptimizer());
    const first = await step().item();
    for (let k = 0; k < 30; k++) step();
    expect(await step().item()).toBeLessThan(0.7 * first);
  });

  it("goes on with the same bits from saved state", () => {
    const original = makeOptimizer();
    const { weight, step } = descent(original);
    for (let k = 0; k < 5; k++) step();
    const saved = original.variables.map((variable) => variable.dataSync().slice());
    const values = weight.dataSync().slice();
    for (let k = 0; k < 5; k++) step();

    const resumed = optimizerFromConfig(JSON.parse(JSON.stringify(original.getConfig())));
    const other = descent(resumed);
    resumed.build([other.weight]);
    expect(resumed.variables.map(({ name }) => name)).toEqual(original.variables.map(({ name }) => name));
    resumed.variables.forEach((variable, index) => {
      variable.write(saved[index]!);
    });
    other.weight.write(values);
    for (let k = 0; k < 5; k++) other.step();
    expect([...other.weight.dataSync()]).toEqual([...weight.dataSync()]);
    expect(resumed.iterations.dataSync()[0]).toBe(10);
  });

  it("gives its memory back", () => {
    const before = backend().memory().persistentBytes;
    const optimizer = makeOptimizer();
    const weight = new Variable(tensor([1, 2]));
    optimizer.build([weight]);
    expect(backend().memory().persistentBytes).toBeGreaterThan(before);
    optimizer.dispose();
    weight.dispose();
    expect(backend().memory().persistentBytes).toBe(before);
  });
});

describe("optimizer", () => {
  it("takes a new learning rate in a compiled step", () => {
    const optimizer = new SGD(0);
    const { weight, step } = descent(optimizer);
    step();
    expect([...weight.dataSync()]).toEqual([0, 10, -4, 1]);
    optimizer.learningRate.write([0.5]);
    step();
    // Mean of 4 squares: the gradient is (w - 3) / 2.
    expect([...weight.dataSync()]).toEqual([0.75, 8.25, -2.25, 1.5]);
  });

  it("keeps the rate of a schedule readable", () => {
    const optimizer = new SGD(cosineDecay(1, 4));
    const { step } = descent(optimizer);
    const rates = Array.from({ length: 5 }, () => {
      step();
      return optimizer.learningRate.dataSync()[0]!;
    });
    const expected = [0, 1, 2, 3, 4].map((taken) => 0.5 * (1 + Math.cos((Math.PI * taken) / 4)));
    expected.forEach((rate, k) => {
      expect(rates[k]).toBeCloseTo(rate, 6);
    });
  });

  it("may be made before a backend is chosen", () => {
    const before = backend().memory().slots;
    new Adam();
    expect(backend().memory().slots).toBe(before);
  });

  it.each([
    [() => new SGD(-1), /learningRate, got -1/],
    [() => new SGD(Number.NaN), /learningRate, got NaN/],
    [() => new SGD(0.1, { momentum: -0.5 }), /momentum, got -0.5/],
    [() => new Adam(0.1, { beta1: 1 }), /beta1, got 1/],
    [() => new RMSprop(0.1, { weightDecay: Number.POSITIVE_INFINITY }), /weightDecay, got Infinity/],
    [() => new SGD(0.1, { clipNorm: 0 }), /clipNorm, got 0/],
    [() => new SGD(0.1, { clipNorm: 1, clipValue: 1 }), /got clipNorm and clipValue, expected at most one/],
    [
      () => optimizerFromConfig({ className: "Sgd", learningRate: 1 }),
      /got "Sgd", expected one of SGD, RMSprop/,
    ],
    [() => optimizerFromConfig(new SGD((step) => step).getConfig()), /schedule of SGD was not saved/],
  ])("refuses bad settings %#", (bad, message) => {
    expect(bad).toThrow(HeklaError);
    expect(bad).toThrow(message);
  });
});
