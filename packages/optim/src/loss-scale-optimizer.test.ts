import { compile, HeklaError, scope, type Tensor, tensor, Variable, valueAndGrad } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { Adam, LossScaleOptimizer, optimizerFromConfig, SGD } from "./index.js";

const weight = (values: number[], name = "w"): Variable => new Variable(tensor(values), { name });
const values = (variable: Variable): number[] => [...variable.dataSync()];
const gradient = (...of: number[]): Tensor => tensor(of);

describe("LossScaleOptimizer", () => {
  it("updates as the optimizer inside does by gradients that are not scaled", () => {
    const [a, b] = [weight([1, -2, 3]), weight([1, -2, 3])];
    const scaled = new LossScaleOptimizer(new Adam(0.1));
    const plain = new Adam(0.1);
    const loss = (w: Variable): Tensor => w.read().square().sum();
    for (let step = 0; step < 5; step++) {
      scope(() => scaled.apply(valueAndGrad(() => scaled.scaleLoss(loss(a)), [a])().grads));
      scope(() => plain.apply(valueAndGrad(() => loss(b), [b])().grads));
    }
    // Powers of two as factors change no bits.
    expect(values(a)).toEqual(values(b));
    expect(values(scaled.iterations)).toEqual([5]);
    expect(scaled.learningRate).toBe(scaled.inner.learningRate);
  });

  it("keeps a gradient that half precision would lose", () => {
    const slope = (scale: (loss: Tensor) => Tensor): number => {
      const w = new Variable(tensor([1]));
      const loss = (): Tensor => {
        const half = w
          .read()
          .cast("float16")
          .multiply(tensor([2e-5], { dtype: "float16" }));
        return half.cast("float32").multiply(1e-4).sum();
      };
      return valueAndGrad(() => scale(loss()), [w])()
        .grads.get(w)!
        .dataSync()[0]!;
    };
    // 1e-4 * 2e-5 = 2e-9 lies below the smallest half, 6e-8.
    expect(slope((loss) => loss)).toBe(0);
    const optimizer = new LossScaleOptimizer(new SGD(1));
    expect(slope((loss) => optimizer.scaleLoss(loss)) / 2 ** 15 / 2e-9).toBeCloseTo(1, 2);
  });

  it("passes over a step whose gradients overflow, in every weight and all state, and halves the factor", () => {
    const weights = [weight([1, 2], "a"), weight([3], "b")];
    const optimizer = new LossScaleOptimizer(new Adam(0.1, { useEma: true }), { initialScale: 8 });
    const step = compile((a: Tensor, b: Tensor) => {
      optimizer.apply(new Map([a, b].map((value, at) => [weights[at]!, value])));
    });
    step(gradient(1, 2), gradient(3));
    const state = (): number[][] => [...weights, ...optimizer.inner.variables].map(values);
    const before = state();
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      step(gradient(1, 2), gradient(bad));
    }
    expect(state()).toEqual(before);
    expect(values(optimizer.dynamicScale)).toEqual([1]);
    expect(values(optimizer.stepCounter)).toEqual([0]);
    step(gradient(1, 2), gradient(3));
    expect(state()).not.toEqual(before);
    expect(values(optimizer.iterations)).toEqual([2]);
  });

  it("doubles the factor after so many good steps, compiled as eager", () => {
    const scales = (compiled: boolean): number[] => {
      const w = weight([1]);
      const optimizer = new LossScaleOptimizer(new SGD(0.1), { initialScale: 4, dynamicGrowthSteps: 3 });
      const once = (g: Tensor): void => optimizer.apply(new Map([[w, g]]));
      const step = compiled ? compile(once) : once;
      return [1, 1, 1, Number.NaN, 1, 1, 1, 1].map((g) => {
        step(gradient(g));
        return values(optimizer.dynamicScale)[0]!;
      });
    };
    expect(scales(true)).toEqual([4, 4, 8, 4, 4, 4, 8, 8]);
    expect(scales(false)).toEqual(scales(true));
  });

  it("is the same from its config and its variables", () => {
    const weights = [weight([1, 2])];
    const optimizer = new LossScaleOptimizer(new Adam(0.1), { initialScale: 64, dynamicGrowthSteps: 2 });
    const copy = optimizerFromConfig(
      JSON.parse(JSON.stringify(optimizer.getConfig())) as Record<string, unknown>,
    );
    expect(copy).toBeInstanceOf(LossScaleOptimizer);
    expect(copy.getConfig()).toEqual(optimizer.getConfig());
    expect(optimizer.getConfig()).toMatchObject({ initialScale: 64, learningRate: 0.1 });
    for (let step = 0; step < 3; step++) optimizer.apply(new Map([[weights[0]!, gradient(1, step)]]));
    const other = [weight(values(weights[0]!))];
    copy.build(other);
    const names = ["stepCounter", "dynamicScale", "iterations", "learningRate", "momentum/w", "velocity/w"];
    expect(copy.variables.map(({ name }) => name)).toEqual(names);
    copy.variables.forEach((variable, at) => {
      variable.write(values(optimizer.variables[at]!));
    });
    optimizer.apply(new Map([[weights[0]!, gradient(3, 1)]]));
    copy.apply(new Map([[other[0]!, gradient(3, 1)]]));
    expect(values(other[0]!)).toEqual(values(weights[0]!));
    expect(copy.variables.map(values)).toEqual(optimizer.variables.map(values));
  });

  it("comes around any optimizer, once", async () => {
    const inner = new SGD(0.1);
    const scaled = await inner.withLossScale();
    expect(scaled).toBeInstanceOf(LossScaleOptimizer);
    expect((scaled as LossScaleOptimizer).inner).toBe(inner);
    expect(scaled.withLossScale()).toBeUndefined();
  });

  it("hands averages on to the weights", () => {
    const w = weight([8]);
    const optimizer = new LossScaleOptimizer(new SGD(0.5, { useEma: true, emaMomentum: 0.5 }));
    for (let step = 0; step < 3; step++) optimizer.apply(new Map([[w, w.read().multiply(2 ** 15)]]));
    optimizer.finalizeVariableValues();
    expect(values(w)).toEqual([2]);
  });

  it("refuses a factor or growth steps out of range", () => {
    const make = (options: object) => () => new LossScaleOptimizer(new SGD(0.1), options);
    expect(make({ initialScale: 0 })).toThrow(HeklaError);
    expect(make({ initialScale: 0 })).toThrow(/lossScaleOptimizer: bad initialScale, got 0, expected/);
    expect(make({ dynamicGrowthSteps: 1.5 })).toThrow(/bad dynamicGrowthSteps, got 1.5/);
  });
});
