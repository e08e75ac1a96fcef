import { beforeAll, describe, expect, it } from "vitest";
import { buildGraph } from "../graph.js";
import {
  grad,
  gru,
  HostRandom,
  lstm,
  multiply,
  reference,
  scope,
  simpleRnn,
  sum,
  type Tensor,
  tensor,
  useBackend,
  valueAndGrad,
} from "../index.js";
import { composeRecurrence, type RecurrentCell, type RecurrentInputs } from "./recurrent-composition.js";
import { recordRecurrence } from "./recurrent-gradient.js";

const random = new HostRandom(11, "recurrent");
const floats = (...shape: number[]): Tensor => {
  const size = shape.reduce((product, length) => product * length, 1);
  return tensor(
    Float64Array.from({ length: size }, () => random.uniform() * 2 - 1),
    { shape },
  );
};

const [batch, steps, units] = [3, 4, 2];
const gatesOf = { lstm: 4, gru: 3, simpleRnn: 1 };
const mask = tensor(Int32Array.of(1, 0, 1, 1, 0, 0, 0, 0, 0, 1, 1, 0), {
  shape: [batch, steps],
  dtype: "bool",
});

interface Case {
  readonly of: RecurrentCell;
  readonly inputs: RecurrentInputs;
}

/** Every cell with everything and with nothing optional, with one and with a mask for each gate. */
function cases(): [string, Case][] {
  const functions = { activation: "tanh", recurrentActivation: "sigmoid" } as const;
  return (["lstm", "gru", "gru before", "simpleRnn"] as const).flatMap((name) => {
    const kind = name === "gru before" ? "gru" : name;
    const of = { kind, ...functions, resetAfter: name === "gru" } as const;
    const width = gatesOf[kind] * units;
    const least = { projected: floats(batch, steps, width), kernel: floats(units, width) };
    const states = {
      hidden: floats(batch, units),
      ...(kind === "lstm" ? { cell: floats(batch, units) } : {}),
      ...(name === "gru" ? { bias: floats(width) } : {}),
    };
    return [
      [`${name}, least`, { of, inputs: least }],
      [`${name}, masked`, { of, inputs: { ...least, mask } }],
      [`${name}, all`, { of, inputs: { ...least, ...states, mask, recurrentMask: floats(batch, units) } }],
      [
        `${name}, mask per gate`,
        { of, inputs: { ...least, ...states, recurrentMask: floats(batch, width) } },
      ],
    ] as [string, Case][];
  });
}

const values = async (tensors: readonly Tensor[]): Promise<number[][]> =>
  Promise.all(tensors.map(async (x) => [...(await x.data())]));

const differences = (actual: number[][], expected: number[][]): number =>
  Math.max(...actual.flatMap((list, at) => list.map((value, i) => Math.abs(value - expected[at]![i]!))));

describe("recurrent routines and the composition", () => {
  beforeAll(() => useBackend(reference({ dtype: "float64" })));

  it.each(cases())("%s: values, gradients and second derivatives agree", async (_, { of, inputs }) => {
    const names = Object.keys(inputs).filter((name) => name !== "mask") as (keyof RecurrentInputs)[];
    const given = names.map((name) => inputs[name]!);
    const positions = given.map((_, at) => at);
    const [first, last] = [floats(batch, steps, units), floats(batch, units)];
    const ways = given.map((x) => floats(...x.shape));
    const results = (run: typeof recordRecurrence) => {
      const projected = (...sources: Tensor[]): Tensor => {
        const own = { ...inputs, ...Object.fromEntries(names.map((name, at) => [name, sources[at]!])) };
        const { hidden, cell } = run(of, own);
        const value = sum(multiply(hidden, first));
        return cell ? value.add(sum(multiply(cell, last))) : value;
      };
      const slope = (...sources: Tensor[]): Tensor =>
        grad(
          projected,
          positions,
        )(...sources)
          .map((gradient, at) => sum(multiply(gradient, ways[at]!)))
          .reduce((a, b) => a.add(b));
      return scope(() => [
        projected(...given),
        ...grad(projected, positions)(...given),
        ...grad(slope, positions)(...given),
      ]);
    };
    const [actual, expected] = [
      await values(results(recordRecurrence)),
      await values(results(composeRecurrence)),
    ];
    expect(actual.map((list) => list.length)).toEqual(expected.map((list) => list.length));
    expect(differences(actual, expected)).toBeLessThan(1e-12);
    // Something to compare: gradients that are not all zero.
    expect(actual.every((list) => list.some((value) => Math.abs(value) > 1e-6))).toBe(true);
  });

  it("one routine forward and one backward; what the gradient wants is kept only where there is one", () => {
    const routines = (...roots: Tensor[]): string[] =>
      buildGraph(
        roots.map(({ node }) => node),
        new Map(),
        false,
      ).nodes.flatMap(({ operation }) =>
        operation.kind === "routine" && "keep" in operation.routine
          ? [`${operation.routine.name}${operation.routine.keep ? ", keep" : ""}`]
          : [],
      );
    const [x, u] = [floats(2, 3, 8), floats(2, 8)];
    scope(() => {
      const value = (k: Tensor): Tensor => sum(lstm(x, k).outputs);
      expect(routines(value(u))).toEqual(["lstmSequence"]);
      const both = valueAndGrad(value)(u);
      expect(routines(both.value, both.grads)).toEqual(["lstmSequence, keep", "lstmSequenceGradient, keep"]);
    });
  });

  it("edges: no samples, one step, one unit", () => {
    const [x, u] = [floats(2, 3, 8), floats(2, 8)];
    const { outputs } = lstm(x, u);
    expect(outputs.shape).toEqual([2, 3, 2]);
    expect(grad((k: Tensor) => sum(lstm(x, k).hidden))(u).shape).toEqual([2, 8]);
    expect(gru(floats(2, 1, 6), floats(2, 6)).hidden.shape).toEqual([2, 2]);
    expect(simpleRnn(floats(0, 3, 2), floats(2, 2)).outputs.shape).toEqual([0, 3, 2]);
  });
});
