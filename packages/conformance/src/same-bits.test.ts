import { wasm } from "@hekla/kernels-wasm";
import { Adam } from "@hekla/optim";
import { type Backend, reference, useBackend } from "@hekla/tensor";
import { afterEach, describe, expect, it } from "vitest";
import { withAllThreads } from "./all-threads.js";
import { bitDifference, difference, type Values } from "./comparator.js";
import { type Mode, modes, readValues } from "./evaluate.js";
import { convolutionalNetwork, type Problem, perceptron, train } from "./training-steps.js";

const steps = 3;
const problems: [name: string, make: () => Problem][] = [
  ["multi-layer perceptron", () => perceptron(steps)],
  ["convolutional network", () => convolutionalNetwork(steps)],
];
const switches = ["FUSE", "ARENA", "TUNED", "COMPILE"] as const;
const given = switches.map((name) => process.env[`HEKLA_${name}`]);

/** Losses of 3 steps of Adam and the weights after them, on a backend of its own. */
async function results(
  make: () => Backend | Promise<Backend>,
  problem: () => Problem,
  mode: Mode,
): Promise<Values[]> {
  const backend = await useBackend(make());
  const made = problem();
  const losses = await readValues(train(made, new Adam(0.01), mode));
  const weights = await Promise.all(
    made.weights.map(async ({ shape, dtype, data }, at) => ({
      shape,
      dtype,
      data: await data.call(made.weights[at]!),
    })),
  );
  await useBackend(reference());
  await backend.dispose();
  return [...losses, ...weights];
}

const onThreads = (threads: number) => () => withAllThreads(wasm({ threads }));

function expectSameBits(actual: readonly Values[], expected: readonly Values[]): void {
  expect(actual.length).toBe(expected.length);
  expect(actual.flatMap((values, position) => bitDifference(values, expected[position]!) ?? [])).toEqual([]);
}

describe.each(problems)("training a %s for 3 steps", (_name, problem) => {
  afterEach(() => {
    for (const [position, name] of switches.entries()) {
      if (given[position] === undefined) delete process.env[`HEKLA_${name}`];
      else process.env[`HEKLA_${name}`] = given[position];
    }
  });

  it("gives the same bits eager, in a scope and compiled, with 1, 2 and 3 threads", async () => {
    const first = await results(onThreads(1), problem, "eager");
    for (const threads of [1, 2, 3]) {
      for (const mode of modes) {
        if (threads > 1 || mode !== "eager")
          expectSameBits(await results(onThreads(threads), problem, mode), first);
      }
    }
  });

  it("gives the same bits eager, in a scope and compiled on the reference backend", async () => {
    const first = await results(() => reference(), problem, "eager");
    for (const mode of ["scope", "compiled"] as const) {
      expectSameBits(await results(() => reference(), problem, mode), first);
    }
  });

  it("stays near the reference backend", async () => {
    const expected = await results(() => reference(), problem, "scope");
    const actual = await results(onThreads(2), problem, "compiled");
    const wrong = actual.flatMap(
      (values, position) => difference(values, expected[position]!, { scaled: 1e-4, absolute: 1e-5 }) ?? [],
    );
    expect(wrong).toEqual([]);
    expect(Number.isFinite(actual[0]!.data[0]!)).toBe(true);
  });

  it.each(["FUSE", "ARENA", "COMPILE"] as const)("gives the same bits with %s switched off", async (name) => {
    const first = await results(onThreads(2), problem, "compiled");
    process.env[`HEKLA_${name}`] = "0";
    expectSameBits(await results(onThreads(2), problem, "compiled"), first);
  });

  it("gives near the same with TUNED switched off: plain loops add in another order", async () => {
    const first = await results(onThreads(2), problem, "compiled");
    process.env["HEKLA_TUNED"] = "0";
    const plain = await results(onThreads(2), problem, "compiled");
    const wrong = plain.flatMap(
      (values, position) => difference(values, first[position]!, { scaled: 1e-4, absolute: 1e-5 }) ?? [],
    );
    expect(wrong).toEqual([]);
    expectSameBits(await results(onThreads(1), problem, "eager"), plain);
  });
});
