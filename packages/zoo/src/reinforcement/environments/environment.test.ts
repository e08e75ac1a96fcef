import { DataError, HostRandom } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import type { EnvironmentRandom } from "./environment.js";
import { environmentIds, makeEnvironment } from "./make-environment.js";

/** Steps with actions and game from one seed; what is seen, as text. */
function play(id: string, seed: number, steps: number): string[] {
  const environment = makeEnvironment(id);
  const random = new HostRandom(seed, "environment");
  const actions = new HostRandom(seed, "actions");
  const observation = new Float32Array(environment.observationShape.reduce((a, b) => a * b, 1));
  environment.reset(random, observation);
  const seen = [observation.join(" ")];
  for (let step = 0; step < steps; step++) {
    const outcome = environment.step(actions.integer(environment.actions), observation);
    seen.push(`${observation.join(" ")} ${JSON.stringify(outcome)}`);
    if (outcome.terminated || outcome.truncated) environment.reset(random, observation);
  }
  return seen;
}

describe.each(environmentIds)("%s", (id) => {
  it("the same seed plays the same, another one does not", () => {
    expect(play(id, 3, 300)).toEqual(play(id, 3, 300));
    expect(play(id, 4, 300)).not.toEqual(play(id, 3, 300));
  });

  it("goes on from a state as if nothing had been", () => {
    const observation = new Float32Array(makeEnvironment(id).observationShape.reduce((a, b) => a * b, 1));
    const environment = makeEnvironment(id);
    const random = new HostRandom(5, "environment");
    environment.reset(random, observation);
    for (let step = 0; step < 3; step++) environment.step(step % environment.actions, observation);
    const state = JSON.parse(JSON.stringify(environment.saveState()));
    const other = makeEnvironment(id);
    const otherRandom = new HostRandom(5, "environment");
    otherRandom.counter = random.counter;
    other.restoreState(state, otherRandom);
    const otherObservation = new Float32Array(observation.length);
    other.observe(otherObservation);
    expect(otherObservation).toEqual(observation);
    for (let step = 0; step < 3; step++) {
      const outcome = { ...environment.step(step % environment.actions, observation) };
      expect(other.step(step % environment.actions, otherObservation)).toEqual(outcome);
      expect(otherObservation).toEqual(observation);
    }
    // What was saved is a copy.
    expect(environment.saveState()).not.toEqual(state);
  });

  it("ends with the time limit, not as if the task were over", () => {
    const environment = makeEnvironment(id, { timeLimit: 5 });
    const observation = new Float32Array(environment.observationShape.reduce((a, b) => a * b, 1));
    environment.reset(new HostRandom(1, "environment"), observation);
    for (let step = 1; step <= 5; step++) {
      expect(environment.step(0, observation)).toMatchObject({ terminated: false, truncated: step === 5 });
    }
    expect(() => environment.step(0, observation)).toThrow(/over, expected reset/);
  });

  it("says what is wrong", () => {
    const environment = makeEnvironment(id);
    const observation = new Float32Array(environment.observationShape.reduce((a, b) => a * b, 1));
    const random = new HostRandom(1, "environment");
    expect(() => environment.step(0, observation)).toThrow(DataError);
    expect(() => environment.reset(random, new Float32Array(1))).toThrow(/got 1 values, expected/);
    environment.reset(random, observation);
    for (const action of [-1, environment.actions, 0.5, Number.NaN]) {
      expect(() => environment.step(action, observation)).toThrow(/no such action/);
    }
    const { steps, over } = environment.saveState();
    expect(() => environment.restoreState({ id, steps, over, fields: { x: 1 } }, random)).toThrow(
      /the state does not fit/,
    );
  });
});

describe("makeEnvironment", () => {
  it("knows no other names and no impossible options", () => {
    expect(() => makeEnvironment("CartPole-v2")).toThrow(/got "CartPole-v2", expected one of CartPole-v1, /);
    expect(() => makeEnvironment("toString")).toThrow(DataError);
    expect(() => makeEnvironment("CartPole-v1", { timeLimit: 0 })).toThrow(DataError);
    expect(() => makeEnvironment("MinAtar/Freeway-v1", { stickyActions: 2 })).toThrow(DataError);
  });

  it("-v1 has MinAtar's minimal action sets, which mean the same", () => {
    const minimal = {
      Breakout: [0, 1, 3],
      SpaceInvaders: [0, 1, 3, 5],
      Freeway: [0, 2, 4],
      Asterix: [0, 1, 2, 3, 4],
    };
    for (const [name, places] of Object.entries(minimal)) {
      const [all, few] = ["v0", "v1"].map((version) => makeEnvironment(`MinAtar/${name}-${version}`));
      expect(few!.actionNames).toEqual(places.map((place) => all!.actionNames[place]));
      const [seenAll, seenFew] = [all!, few!].map((game) => {
        const random = new HostRandom(2, "environment");
        const observation = new Float32Array(game.observationShape.reduce((a, b) => a * b, 1));
        game.reset(random, observation);
        const seen: string[] = [];
        for (let step = 0; step < 20; step++) {
          const choice = step % places.length;
          const { terminated } = game.step(game === all ? places[choice]! : choice, observation);
          seen.push(observation.join(""));
          if (terminated) break;
        }
        return seen;
      });
      expect(seenFew).toEqual(seenAll);
    }
  });
});

describe("first states", () => {
  const constant = (value: number): EnvironmentRandom => ({ uniform: () => value, integer: () => 0 });
  it.each([
    ["CartPole-v1", [-0.05, 0.05]],
    ["Acrobot-v1", [-0.1, 0.1]],
    ["MountainCar-v0", [-0.6, -0.4]],
  ] as const)("%s lies in Gymnasium's range", (id, [low, high]) => {
    const environment = makeEnvironment(id);
    const observation = new Float32Array(environment.observationShape[0]!);
    for (const share of [0, 0.25, 1 - 2 ** -32]) {
      environment.reset(constant(share), observation);
      const [first] = Object.values(environment.saveState().fields) as number[];
      expect(first).toBeCloseTo(low + (high - low) * share, 6);
    }
  });
});

describe("MinAtar's switches", () => {
  it("sticky actions repeat the last one as often as said", () => {
    const game = makeEnvironment("MinAtar/Breakout-v0", { stickyActions: 0.25 });
    const random = new HostRandom(8, "environment");
    const observation = new Float32Array(400);
    game.reset(random, observation);
    let repeated = 0;
    let last = 0;
    for (let step = 0; step < 4000; step++) {
      const wanted = step % 6;
      const { terminated } = game.step(wanted, observation);
      const { lastAction } = game.saveState().fields as { lastAction: number };
      if (lastAction === last) repeated += 1;
      else expect(lastAction).toBe(wanted);
      last = lastAction;
      if (terminated) game.reset(random, observation);
    }
    // No two wishes in a row are the same, so what is the same was repeated; but for five repeats in a row, 1
    // in 1 000.
    const spread = Math.sqrt(4000 * 0.25 * 0.75);
    expect(Math.abs(repeated - 1000)).toBeLessThan(4 * spread);
  });
});
