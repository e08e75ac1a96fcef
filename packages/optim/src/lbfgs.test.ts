import { compile, HeklaError, type Tensor, tensor, Variable } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { LBFGS, type MinimizeProgress, optimizerFromConfig, SGD } from "./index.js";
import { type LinePoint, strongWolfe } from "./strong-wolfe.js";

// Whole trajectories are compared with PyTorch's in packages/conformance.

const variable = (values: number[], dtype: "float32" | "float64" = "float32", name = "w"): Variable =>
  new Variable(tensor(values, { dtype }), { name });

/** 100 (b - a^2)^2 + (1 - a)^2, the least at (1, 1). */
const banana =
  (a: Variable, b: Variable): (() => Tensor) =>
  () => {
    const valley = b.read().subtract(a.read().square()).square().multiply(100);
    return valley.add(a.read().negative().add(1).square()).sum();
  };

describe("LBFGS.minimize", () => {
  it("walks a curved valley to its end", async () => {
    const [a, b] = [variable([-1.2], "float64"), variable([1], "float64")];
    const optimizer = new LBFGS(1, { maxIter: 100, toleranceChange: 1e-14 });
    const result = await optimizer.minimize(banana(a, b), [a, b]);
    expect(result.loss).toBeLessThan(1e-15);
    expect(result.iterations).toBeLessThan(50);
    expect(["gradient", "change", "slope"]).toContain(result.reason);
    expect([a, b].map((w) => w.dataSync()[0])).toEqual([expect.closeTo(1, 7), expect.closeTo(1, 7)]);
  });

  it("does so in float32 as far as that goes, in few evaluations", async () => {
    const [a, b] = [variable([-1.2]), variable([1])];
    const result = await new LBFGS(1, { maxIter: 100 }).minimize(banana(a, b), [a, b]);
    expect(result.loss).toBeLessThan(1e-9);
    expect(result.evaluations).toBeLessThan(120);
  });

  it("goes on where a run was killed, with the same bits", async () => {
    const run = async (parts: readonly number[]): Promise<number[]> => {
      let weights = [variable([-1.2, 0.5]), variable([1, -2])];
      let saved: number[][] = [];
      for (const maxIter of parts) {
        const optimizer = new LBFGS(1, { historySize: 4, toleranceChange: 0, toleranceGrad: 0 });
        const values = weights.map((w) => [...w.dataSync()]);
        weights = values.map((data) => variable(data));
        optimizer.build(weights);
        for (const [at, data] of saved.entries()) optimizer.variables[at]!.write(data);
        await optimizer.minimize(banana(weights[0]!, weights[1]!), weights, { maxIter, maxEval: 1000 });
        saved = optimizer.variables.map((state) => [...state.dataSync()]);
      }
      return weights.flatMap((w) => [...w.dataSync()]);
    };
    expect(await run([4, 5])).toEqual(await run([9]));
  });

  it("tells how it goes, and stops when told", async () => {
    const [a, b] = [variable([-1.2]), variable([1])];
    const seen: MinimizeProgress[] = [];
    const optimizer = new LBFGS(1);
    const result = await optimizer.minimize(banana(a, b), [a, b], {
      onIteration: (progress) => seen.push(progress) < 3,
    });
    expect(result).toEqual({ ...seen[2], reason: "stopped" });
    expect(seen.map(({ iterations }) => iterations)).toEqual([1, 2, 3]);
    expect(seen[2]!.loss).toBeLessThan(seen[0]!.loss);
    expect(optimizer.iterations.dataSync()[0]).toBe(3);
  });

  it("keeps to its limits", async () => {
    const made = (): [Variable, Variable] => [variable([-1.2]), variable([1])];
    let [a, b] = made();
    const limited = await new LBFGS(1, { maxIter: 2, maxEval: 50 }).minimize(banana(a, b), [a, b]);
    expect(limited).toMatchObject({ iterations: 2, reason: "maxIter" });
    [a, b] = made();
    const few = await new LBFGS(1).minimize(banana(a, b), [a, b], { maxIter: 50, maxEval: 6 });
    expect(few).toMatchObject({ evaluations: 6, reason: "maxEval" });
    for (const maxIter of [0, 1.5, Number.NaN]) {
      const run = new LBFGS(1).minimize(banana(a, b), [a, b], { maxIter });
      await expect(run).rejects.toThrow(`LBFGS: bad maxIter, got ${maxIter}, expected a whole number`);
    }
    const at = variable([1]);
    const done = await new LBFGS().minimize(() => at.read().subtract(1).square().sum(), [at]);
    expect(done).toEqual({ iterations: 0, evaluations: 1, loss: 0, gradient: 0, reason: "gradient" });
  });

  it("takes back a step out of the domain of a function", async () => {
    const w = variable([0.5]);
    // w - log(w), not a number for negative w, where a first step of 100 leads.
    const result = await new LBFGS(100).minimize(() => w.read().subtract(w.read().log()).sum(), [w]);
    expect(result.loss).toBeCloseTo(1, 6);
    expect(w.dataSync()[0]).toBeCloseTo(1, 3);
  });

  it("refuses to start from a loss that is not a number", async () => {
    const w = variable([-1]);
    const run = new LBFGS().minimize(() => w.read().log().sum(), [w]);
    await expect(run).rejects.toThrow(HeklaError);
    await expect(run).rejects.toThrow(/the loss is not finite, got NaN at the start/);
    expect(w.dataSync()[0]).toBe(-1);
  });

  it("needs far fewer steps than gradient descent where curvatures differ", async () => {
    const scale = tensor([1, 10, 100, 1000]);
    const loss = (w: Variable): Tensor => w.read().square().multiply(scale).sum();
    const w = variable([1, 1, 1, 1]);
    const { loss: reached, evaluations } = await new LBFGS(1, { maxIter: 30 }).minimize(() => loss(w), [w]);
    expect(reached).toBeLessThan(1e-8);
    expect(evaluations).toBeLessThan(38);
    const slow = variable([1, 1, 1, 1]);
    const descent = new SGD(1e-3);
    const step = compile(() => descent.apply(new Map([[slow, slow.read().multiply(scale).multiply(2)]])));
    for (let k = 0; k < evaluations; k++) step();
    expect(loss(slow).dataSync()[0]).toBeGreaterThan(0.5);
  });
});

describe("LBFGS.apply", () => {
  it("leaves weights and history alone when the gradient is within the tolerance", () => {
    const w = variable([1, 2]);
    const optimizer = new LBFGS(1, { historySize: 2, toleranceGrad: 0.1 });
    const step = compile((gradient: Tensor) => optimizer.apply(new Map([[w, gradient]])));
    step(tensor([1, -1]));
    const before = [w, ...optimizer.variables].map((state) => [...state.dataSync()]);
    step(tensor([0.1, -0.1]));
    expect([w, ...optimizer.variables].map((state) => [...state.dataSync()])).toEqual(before);
  });

  it("takes weights without a gradient as flat", () => {
    const [a, b] = [variable([1, 2]), variable([3], "float32", "b")];
    const optimizer = new LBFGS(0.5, { historySize: 2 });
    optimizer.build([a, b]);
    optimizer.apply(new Map([[a, tensor([0.25, 0.25])]]));
    expect([...a.dataSync(), ...b.dataSync()]).toEqual([0.875, 1.875, 3]);
  });

  it.each([
    [() => new LBFGS(1, { historySize: 0 }), /LBFGS: bad historySize, got 0/],
    [
      () => optimizerFromConfig({ className: "LBFGS", learningRate: 1, clipNorm: 1 }),
      /got clipNorm, expected/,
    ],
    [() => new LBFGS(1, { maxIter: 1.5 }), /LBFGS: bad maxIter, got 1.5/],
    [() => new LBFGS(1, { toleranceGrad: -1 }), /toleranceGrad, got -1/],
    [() => new LBFGS(1, { lineSearchFn: "armijo" as "none" }), /lineSearchFn, got "armijo"/],
    [() => new LBFGS().build([variable([1]), variable([1], "float64", "other")]), /other is float64/],
    [
      () => {
        const optimizer = new LBFGS();
        optimizer.build([variable([1])]);
        optimizer.build([variable([1], "float32", "stranger")]);
      },
      /got stranger, expected those of the first call only/,
    ],
  ])("refuses bad settings %#", (bad, message) => {
    expect(bad).toThrow(HeklaError);
    expect(bad).toThrow(message);
  });
});

describe("strongWolfe", () => {
  const point = (at: number, value: number, slope: number): LinePoint => ({ at, value, slope });
  const options = { toleranceChange: 1e-9, reach: 1, maxEvaluations: 25 };

  it.each([0.01, 0.3, 1, 7, 40])("finds a point that satisfies both conditions, from %f", async (first) => {
    // Nocedal and Wright's kind of test: a valley with ripples.
    const f = (t: number): LinePoint =>
      point(t, (t - 3) ** 2 / 10 + Math.sin(4 * t) / 3, (t - 3) / 5 + (4 * Math.cos(4 * t)) / 3);
    const start = { ...f(0), slope: -1 };
    const g = (t: number): LinePoint => {
      const { value, slope } = f(t);
      // Tilted so that the slope at 0 is -1.
      const tilt = -1 - f(0).slope;
      return point(t, value + tilt * t * Math.exp(-t), slope + tilt * (1 - t) * Math.exp(-t));
    };
    const seen: number[] = [];
    const found = await strongWolfe(
      async (t) => {
        seen.push(t);
        return g(t);
      },
      start,
      first,
      options,
    );
    expect(seen).toContain(found.at);
    expect(found.value).toBeLessThanOrEqual(start.value + 1e-4 * found.at * start.slope);
    expect(Math.abs(found.slope)).toBeLessThanOrEqual(0.9);
  });

  it("ends with the lowest point when evaluations run out", async () => {
    const seen: number[] = [];
    const steep = async (t: number): Promise<LinePoint> => {
      seen.push(t);
      return point(t, -t, -1);
    };
    const found = await strongWolfe(steep, point(0, 0, -1), 1, { ...options, maxEvaluations: 4 });
    expect(seen.length).toBe(5);
    expect(found.at).toBe(Math.max(...seen));
  });
});
