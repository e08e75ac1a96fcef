import { wasm } from "@hekla/kernels-wasm";
import { DivergedError } from "@hekla/layers";
import { type Backend, reference, useBackend } from "@hekla/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveConfig } from "../../config.js";
import { DataSource } from "../../data-source.js";
import { readEpisode } from "../environments/index.js";
import { dqn } from "./dqn.js";

const data = new DataSource({ synthetic: "always" });
const configOf = (...values: Readonly<Record<string, unknown>>[]) => resolveConfig(dqn.config, ...values);

/** A training of few frames with all switches on. */
const tiny = {
  frames: 600,
  framesPerEpoch: 200,
  learningStarts: 100,
  epsilonFrames: 300,
  batchSize: 8,
  units: 8,
  nSteps: 2,
  double: true,
  dueling: true,
  replay: "prioritized",
  validationEpisodes: 4,
  testEpisodes: 6,
  schedule: "linear",
};
const grid = { ...tiny, environment: "MinAtar/Breakout-v1", hiddenLayers: 1, filters: 4, numEnvironments: 3 };

let backend: Backend;
beforeAll(async () => {
  backend = await useBackend(wasm({ threads: 1 }));
});
afterAll(() => backend.dispose());

const bytesOf = async (values: Readonly<Record<string, unknown>>) =>
  (await dqn.train({ config: configOf(values), data })).model.toBytes();

describe("dqn", () => {
  it("learns to balance the pole for ten times as long as by chance", async () => {
    const config = configOf(dqn.presets["start"]!.values, { frames: 8000, epsilonFrames: 3000 });
    const { model, history } = await dqn.train({ config, data });
    expect(history["val_return"]).toHaveLength(8);
    expect(history["epsilon"]?.at(-1)).toBeCloseTo(config.epsilonEnd, 12);
    const { metrics, artifacts, samples } = await dqn.evaluate({ model, data, config });
    expect(metrics["randomReturn"]).toBeGreaterThan(15);
    expect(metrics["randomReturn"]).toBeLessThan(30);
    expect(metrics["return"]).toBeGreaterThan(150);
    expect(metrics["returnMin"]).toBeLessThanOrEqual(metrics["return"]!);
    expect(samples).toBe(Math.round(metrics["length"]! * 100));
    // Of several networks the one that did best on other episodes is kept.
    const best = Math.max(...history["val_return"]!);
    expect(Math.abs(metrics["return"]! - best)).toBeLessThan(100);

    const files = Object.fromEntries(artifacts!.map(({ name, content }) => [name, content as string]));
    expect(Object.keys(files)).toEqual(["learning-curve.svg", "episodes.csv", "episode.json", "episode.svg"]);
    const returns = files["episodes.csv"]!.trim().split("\n").slice(1);
    const written = returns.map((row) => Number(row.split(",")[1]));
    expect(written.reduce((sum, value) => sum + value, 0) / 100).toBeCloseTo(metrics["return"]!, 9);
    // The episode that is shown is the first of them.
    expect(readEpisode(files["episode.json"]!).return).toBe(written[0]);
    expect(files["episode.svg"]).toMatch(/<animateTransform/);
  }, 60_000);

  it("plays an episode of a given number", async () => {
    const config = configOf(tiny);
    const { model } = await dqn.train({ config, data });
    const play = (given: Readonly<Record<string, unknown>>) =>
      dqn.predict.run({ model, data, config, options: resolveConfig(dqn.predict.options, given) });
    const first = await play({ seed: 3 });
    expect(first.text).toMatch(/^CartPole-v1, episode 3: return \d+ in \d+ steps, terminated$/);
    expect(await play({ seed: 3 })).toEqual(first);
    expect((await play({ seed: 4 })).artifacts).not.toEqual(first.artifacts);
    expect((await play({ seed: 3, steps: 2 })).json).toMatchObject({ steps: 2, terminated: false });
    expect((await play({ seed: 3, epsilon: 1 })).artifacts).not.toEqual(first.artifacts);
  });

  it.each([
    ["CartPole-v1", tiny],
    ["Breakout from pixels", grid],
  ])(
    "has the same bytes twice, on two threads as on one, and others of another seed: %s",
    async (_, values) => {
      const bytes = await bytesOf(values);
      expect(await bytesOf({ ...values, seed: 2 })).not.toEqual(bytes);
      const two = await useBackend(wasm({ threads: 2 }));
      try {
        expect(await bytesOf(values)).toEqual(bytes);
      } finally {
        two.dispose();
        await useBackend(backend);
      }
    },
  );

  it("runs on the reference backend", async () => {
    await useBackend(reference());
    try {
      const { history } = await dqn.train({ config: configOf(grid, { frames: 200 }), data });
      expect(history["loss"]?.every(Number.isFinite)).toBe(true);
    } finally {
      await useBackend(backend);
    }
  });

  it.each([
    ["CartPole-v1", tiny],
    ["Breakout from pixels", { ...grid, replay: "uniform", target: "hard", targetInterval: 60 }],
  ])("ends where it is told to, and goes on to the same bytes: %s", async (_, values) => {
    const config = configOf(values);
    const whole = await dqn.train({ config, data });
    const controller = new AbortController();
    let epoch = 0;
    const stop = {
      onEpochBegin: (begun: number) => {
        epoch = begun;
      },
      onBatchEnd: (batch: number) => {
        if (batch === 50 && epoch === 1) controller.abort();
      },
    };
    const begun = await dqn.train({ config, data, callbacks: [stop], signal: controller.signal });
    expect(begun.interrupted).toBe(true);
    expect(begun.history["loss"]).toHaveLength(1);
    const resume = { bytes: await begun.model.toBytes(), source: "begun.keras" };
    const rest = await dqn.train({ config, data, resume });
    expect(rest).toMatchObject({ initialEpoch: 1, initialStep: 51, interrupted: false });
    expect(rest.history["loss"]).toEqual(whole.history["loss"]!.slice(1));
    const bytes = await rest.model.toBytes();
    expect(bytes).toEqual(await whole.model.toBytes());

    await expect(dqn.train({ config, data, resume: { bytes, source: "done.keras" } })).rejects.toThrow(
      /done.keras is done, got 3 finished epochs and no state/,
    );
    const other = configOf(values, { gamma: 0.5 });
    await expect(dqn.train({ config: other, data, resume })).rejects.toThrow(/state is of other options/);
  });

  it("says what does not fit, and when learning has run away", async () => {
    expect(() => configOf({ environment: "Pong-v5" })).toThrow(/environment does not fit, got "Pong-v5"/);
    const config = configOf(tiny, { learningRate: 1e20, loss: "meanSquaredError", globalClipNorm: 0 });
    await expect(dqn.train({ config, data })).rejects.toThrow(DivergedError);
  });
});
