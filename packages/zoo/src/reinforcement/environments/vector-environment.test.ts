import { HostRandom } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { makeEnvironment } from "./make-environment.js";
import { VectorEnvironment } from "./vector-environment.js";

const four = (seed = 1, stream?: string) =>
  new VectorEnvironment({
    make: () => makeEnvironment("CartPole-v1", { timeLimit: 30 }),
    count: 4,
    seed,
    ...(stream ? { stream } : {}),
  });

const row = (data: ArrayLike<number>, index: number) => Array.from(data).slice(index * 4, index * 4 + 4);

describe("VectorEnvironment", () => {
  it("plays each as if it were alone, and shows ends and new starts", () => {
    const vector = four();
    const actions = new HostRandom(2, "actions");
    const singles = Array.from({ length: 4 }, (_, index) => {
      const environment = makeEnvironment("CartPole-v1", { timeLimit: 30 });
      const random = new HostRandom(1, "environment", index);
      const observation = new Float32Array(4);
      environment.reset(random, observation);
      return { environment, random, observation, sum: 0, length: 0 };
    });
    const ends = { terminated: 0, truncated: 0 };
    for (let step = 0; step < 200; step++) {
      // The first two are steered, so that some reach the limit.
      const chosen = singles.map(({ observation }, index) =>
        index < 2 ? (observation[2]! + 0.3 * observation[3]! > 0 ? 1 : 0) : actions.integer(2),
      );
      const transitions = vector.step(chosen);
      expect(transitions).toBe(vector.transitions);
      singles.forEach((single, index) => {
        expect(row(transitions.observations.data, index)).toEqual([...single.observation]);
        const outcome = single.environment.step(chosen[index]!, single.observation);
        single.sum += outcome.reward;
        single.length += 1;
        expect(row(transitions.nextObservations.data, index)).toEqual([...single.observation]);
        expect(transitions.actions[index]).toBe(chosen[index]);
        expect(transitions.rewards[index]).toBe(outcome.reward);
        expect(transitions.terminated[index]).toBe(outcome.terminated ? 1 : 0);
        expect(transitions.truncated[index]).toBe(outcome.truncated ? 1 : 0);
        expect(transitions.returns[index]).toBe(single.sum);
        expect(transitions.lengths[index]).toBe(single.length);
        if (outcome.terminated || outcome.truncated) {
          ends[outcome.terminated ? "terminated" : "truncated"] += 1;
          single.environment.reset(single.random, single.observation);
          single.sum = 0;
          single.length = 0;
        }
        expect(row(vector.observations.data, index)).toEqual([...single.observation]);
      });
    }
    expect(ends.terminated).toBeGreaterThan(5);
    expect(ends.truncated).toBeGreaterThan(5);
  });

  it("another stream of the seed plays otherwise", () => {
    expect(four(1, "evaluation").observations.data).not.toEqual(four(1).observations.data);
  });

  it("goes on from a state", () => {
    const vector = four();
    for (let step = 0; step < 57; step++) vector.step([0, 1, step % 2, 1]);
    const state = JSON.parse(JSON.stringify(vector.saveState()));
    const other = four();
    other.restoreState(state);
    expect(other.observations).toEqual(vector.observations);
    for (let step = 0; step < 80; step++) {
      expect(other.step([1, 0, 1, step % 2])).toEqual(vector.step([1, 0, 1, step % 2]));
      expect(other.observations).toEqual(vector.observations);
    }
    expect(other.saveState()).toEqual(vector.saveState());
  });

  it("says what is wrong", () => {
    expect(() => four().step([0, 1])).toThrow(/got 2, expected 4/);
    const make = () => makeEnvironment("CartPole-v1");
    expect(() => new VectorEnvironment({ make, count: 0, seed: 1 })).toThrow(/got 0/);
    const two = new VectorEnvironment({ make, count: 2, seed: 1 });
    expect(() => four().restoreState(two.saveState())).toThrow(/\[2,2,2,2\] entries, expected 4/);
  });
});
