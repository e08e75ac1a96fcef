import { wasm } from "@hekla/kernels-wasm";
import {
  type Backend,
  compile,
  HeklaError,
  reference,
  scope,
  type Tensor,
  tensor,
  useBackend,
  Variable,
  valueAndGrad,
  zeros,
} from "@hekla/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OptimizerBase, optimizerFromConfig } from "../index.js";

export interface TestOptimizerOptions {
  /** Names of its state, in order, besides the counters; the weights are called "kernel" and "bias". */
  readonly state: readonly string[];
  /**
   * Steps until the weights have moved: those of gradient accumulation, or of a rate that begins at 0.
   * Default 1.
   */
  readonly stepsToMove?: number;
}

const backends: readonly [name: string, make: () => Backend | Promise<Backend>][] = [
  ["reference", () => reference()],
  ["wasm", () => wasm({ threads: 1 })],
];

type Mode = (step: () => Tensor) => () => Tensor;

const modes: Readonly<Record<"eager" | "scoped" | "compiled", Mode>> = {
  eager: (step) => step,
  scoped: (step) => () => scope(step),
  compiled: (step) => compile(step),
};

const shapes: readonly [name: string, shape: readonly number[]][] = [
  ["kernel", [2, 3]],
  ["bias", [3]],
];
const target = 0.25;

/** Weights on a slope of a quadratic, its steepness different for each, and a step down. */
function descent(
  optimizer: OptimizerBase,
  mode: Mode,
): { weights: readonly Variable[]; loss: () => Tensor; step: () => Tensor } {
  const weights = shapes.map(
    ([name, shape], at) =>
      new Variable(
        () =>
          tensor(
            at === 0
              ? [
                  [2, -1.5, 1],
                  [4, 3, -2],
                ]
              : [1.5, 2.5, -3],
            { shape },
          ),
        { name },
      ),
  );
  const loss = (): Tensor =>
    weights
      .map((weight, at) =>
        weight
          .read()
          .subtract(target)
          .square()
          .sum()
          .multiply(at + 0.5),
      )
      .reduce((a, b) => a.add(b));
  const step = mode(() => {
    const { value, grads } = valueAndGrad(loss, weights)();
    optimizer.apply(grads);
    return value;
  });
  return { weights, loss, step };
}

const copies = (variables: readonly Variable[]): number[][] =>
  variables.map((variable) => [...variable.dataSync()]);

const write = (variables: readonly Variable[], values: readonly number[][]): void => {
  variables.forEach((variable, at) => {
    variable.write(values[at]!);
  });
};

const fromJson = (optimizer: OptimizerBase): OptimizerBase =>
  optimizerFromConfig(JSON.parse(JSON.stringify(optimizer.getConfig())) as Record<string, unknown>);

/**
 * What every optimizer must do, on the reference and the wasm backend: names of its state, config round trip,
 * the same bits eager, scoped, compiled, and after a kill and resume, a lower loss on a quadratic, finite
 * values with zero gradients, and memory given back.
 */
export function testOptimizer(
  title: string,
  make: () => OptimizerBase,
  { state, stepsToMove = 1 }: TestOptimizerOptions,
): void {
  const run = (optimizer: OptimizerBase, mode: Mode, steps: number): number[][] => {
    const { weights, step } = descent(optimizer, mode);
    for (let k = 0; k < steps; k++) step();
    return copies([...weights, ...optimizer.variables]);
  };

  describe.each(backends)(`${title} on %s`, (_, makeBackend) => {
    let backend: Backend;
    beforeAll(async () => {
      backend = await useBackend(makeBackend());
    });
    afterAll(async () => {
      await useBackend(reference());
      await backend.dispose();
    });

    it("has its state under stable names", () => {
      const optimizer = make();
      const { weights } = descent(optimizer, modes.eager);
      optimizer.build(weights);
      const names = optimizer.variables.map(({ name }) => name);
      expect(names).toEqual(["iterations", "learningRate", ...state]);
      expect(optimizer.variables.every(({ trainable }) => !trainable)).toBe(true);
      optimizer.build(weights);
      expect(optimizer.variables.map(({ name }) => name)).toEqual(names);
    });

    it("is the same from its config", () => {
      const optimizer = make();
      const copy = fromJson(optimizer);
      expect(copy.getConfig()).toEqual(optimizer.getConfig());
      expect(copy.constructor).toBe(optimizer.constructor);
      expect(run(copy, modes.compiled, 4)).toEqual(run(optimizer, modes.compiled, 4));
    });

    it("gives the same bits eager, scoped and compiled", () => {
      const eager = run(make(), modes.eager, 5);
      expect(run(make(), modes.scoped, 5)).toEqual(eager);
      expect(run(make(), modes.compiled, 5)).toEqual(eager);
    });

    it("goes on with the same bits from its variables", () => {
      const original = make();
      const { weights, step } = descent(original, modes.compiled);
      for (let k = 0; k < 3; k++) step();
      const saved = [copies(weights), copies(original.variables)] as const;
      for (let k = 0; k < 4; k++) step();

      const resumed = fromJson(original);
      const other = descent(resumed, modes.compiled);
      resumed.build(other.weights);
      write(other.weights, saved[0]);
      write(resumed.variables, saved[1]);
      for (let k = 0; k < 4; k++) other.step();
      expect(copies(other.weights)).toEqual(copies(weights));
      expect(copies(resumed.variables)).toEqual(copies(original.variables));
      expect(resumed.iterations.dataSync()[0]).toBe(7);
    });

    it("lowers a quadratic", () => {
      const { loss, step } = descent(make(), modes.compiled);
      const [before] = scope(loss).dataSync();
      for (let k = 0; k < stepsToMove; k++) step();
      expect(scope(loss).dataSync()[0]).toBeLessThan(before!);
    });

    it("stays finite with gradients of 0", () => {
      const optimizer = make();
      const { weights } = descent(optimizer, modes.eager);
      for (let k = 0; k < 4; k++) {
        optimizer.apply(new Map(weights.map((weight) => [weight, zeros(weight.shape)])));
      }
      expect(
        copies([...weights, ...optimizer.variables])
          .flat()
          .every(Number.isFinite),
      ).toBe(true);
    });

    it("does nothing without gradients, and gives its memory back", () => {
      const held = (): number => backend.memory().persistentBytes;
      const optimizer = make();
      const { weights } = descent(optimizer, modes.eager);
      const before = held();
      optimizer.build(weights);
      expect(held()).toBeGreaterThan(before);
      optimizer.apply(new Map());
      expect(optimizer.iterations.dataSync()[0]).toBe(0);
      optimizer.dispose();
      expect(held()).toBe(before);
    });

    it("refuses a negative learning rate", () => {
      const config = { ...make().getConfig(), learningRate: -1 };
      expect(() => optimizerFromConfig(config)).toThrow(HeklaError);
      expect(() => optimizerFromConfig(config)).toThrow(/optimizer: bad learningRate, got -1, expected/);
    });
  });
}
