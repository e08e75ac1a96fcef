import { readFileSync } from "node:fs";
import { HostRandom } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { makeEnvironment } from "./make-environment.js";

interface Episode {
  readonly id: string;
  readonly actions: string;
  readonly states: string;
  readonly firstObservation: readonly number[];
  readonly lastObservation: readonly number[];
  readonly rewards: readonly (readonly [value: number, times: number])[];
  readonly terminated: boolean;
  readonly truncated: boolean;
}

const { episodes, source } = JSON.parse(
  readFileSync(new URL("../../../goldens/environments-classic.json", import.meta.url), "utf8"),
) as { readonly episodes: readonly Episode[]; readonly source: { steps: Record<string, number> } };

function doubles(text: string): Float64Array {
  const bytes = Uint8Array.from(Buffer.from(text, "base64"));
  return new Float64Array(bytes.buffer);
}

/**
 * Largest difference in parts of the larger of the value and 1e-3, below which angles and speeds are noise.
 */
function difference(got: readonly number[], expected: ArrayLike<number>): number {
  return Math.max(
    ...got.map((value, k) => Math.abs(value - expected[k]!) / Math.max(Math.abs(expected[k]!), 1e-3)),
  );
}

const numbersOf = (fields: object): number[] => Object.values(fields) as number[];

describe("against Gymnasium", () => {
  it.each(Object.entries(source.steps))("%s: at least 1 000 steps", (id, steps) => {
    expect(steps).toBeGreaterThanOrEqual(1000);
    const counted = episodes
      .filter((episode) => episode.id === id)
      .reduce((sum, episode) => sum + episode.actions.length, 0);
    expect(counted).toBe(steps);
  });

  const numbered = episodes.map((episode, at) => ({ name: `${episode.id}, episode ${at}`, episode }));
  it.each(numbered)("$name", ({ episode }) => {
    const environment = makeEnvironment(episode.id);
    const random = new HostRandom(0, "environment");
    const [size = 0] = environment.observationShape;
    const observation = new Float32Array(size);
    const states = doubles(episode.states);
    const names = Object.keys(environment.saveState().fields);
    const stateAt = (step: number, over: boolean) => ({
      id: episode.id,
      steps: step,
      over,
      fields: Object.fromEntries(names.map((name, k) => [name, states[step * names.length + k]!])),
    });
    const expectedRewards = episode.rewards.flatMap(([value, times]) => new Array<number>(times).fill(value));
    environment.restoreState(stateAt(0, false), random);
    environment.observe(observation);
    expect(difference([...observation], episode.firstObservation)).toBeLessThan(1e-7);
    let worst = 0;
    [...episode.actions].forEach((action, step) => {
      // From Gymnasium's own state: sines may differ in the last bit, and a pole doubles that in 0.2 s.
      environment.restoreState(stateAt(step, false), random);
      const { reward, terminated, truncated } = environment.step(Number(action), observation);
      expect(reward).toBe(expectedRewards[step]);
      const last = step === episode.actions.length - 1;
      expect([terminated, truncated]).toEqual(
        last ? [episode.terminated, episode.truncated] : [false, false],
      );
      const { fields } = environment.saveState();
      const expected = states.subarray((step + 1) * names.length, (step + 2) * names.length);
      worst = Math.max(worst, difference(numbersOf(fields), expected));
    });
    expect(worst).toBeLessThan(1e-12);
    expect(difference([...observation], episode.lastObservation)).toBeLessThan(1e-7);
  });

  // A double pendulum is chaotic: after 250 steps two last bits have grown to 1e-9.
  const predictable = { "CartPole-v1": 100, "Acrobot-v1": 100, "MountainCar-v0": 200 } as Record<
    string,
    number
  >;
  it.each(numbered.filter(({ episode: { id, actions } }) => actions.length <= predictable[id]!))(
    "$name, from the first state alone",
    ({ episode }) => {
      const environment = makeEnvironment(episode.id);
      const [size = 0] = environment.observationShape;
      const observation = new Float32Array(size);
      const states = doubles(episode.states);
      const names = Object.keys(environment.saveState().fields);
      const fields = Object.fromEntries(names.map((name, k) => [name, states[k]!]));
      environment.restoreState({ id: episode.id, steps: 0, over: false, fields }, new HostRandom(0, "x"));
      let ended = 0;
      [...episode.actions].forEach((action, step) => {
        const { terminated, truncated } = environment.step(Number(action), observation);
        const expected = states.subarray((step + 1) * names.length, (step + 2) * names.length);
        expect(difference(numbersOf(environment.saveState().fields), expected)).toBeLessThan(1e-9);
        if (terminated || truncated) ended = step + 1;
      });
      expect(ended).toBe(episode.actions.length);
    },
  );
});
