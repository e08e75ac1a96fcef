import { wasm } from "@hekla/kernels-wasm";
import type { Model } from "@hekla/layers";
import { Adam, SGD } from "@hekla/optim";
import { type Backend, HostRandom, tensor, useBackend } from "@hekla/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { VectorEnvironment } from "../environments/index.js";
import { SimulatedEnvironment } from "../environments/simulated-environment.js";
import { PrioritizedReplay, ReplayBuffer, replayBatch } from "../replay/index.js";
import { QLearning, type QLearningOptions, qTargets } from "./q-learning.js";
import { qNetwork } from "./q-network.js";

let backend: Backend;
beforeAll(async () => {
  backend = await useBackend(wasm({ threads: 1 }));
});
afterAll(() => backend.dispose());

/** Places 0 to 3 and the goal behind them, which brings 1 and ends it; to the left of 0 there is a wall. */
class Chain extends SimulatedEnvironment<{ at: number }> {
  readonly id = "Chain";
  readonly observationShape = [4];
  readonly binary = true;
  readonly actionNames = ["left", "right"];
  readonly framesPerSecond = 1;

  constructor() {
    super({ at: 0 }, 6);
  }
  protected start(): void {
    this.fields.at = 0;
  }
  protected advance(action: number): boolean {
    this.fields.at = Math.max(0, this.fields.at + (action === 1 ? 1 : -1));
    this.reward = this.fields.at === 4 ? 1 : 0;
    return this.fields.at === 4;
  }
  protected write(observation: Float32Array): void {
    observation.fill(0);
    if (this.fields.at < 4) observation[this.fields.at] = 1;
  }
}

/** A network of one weight a value and place. */
const table = (dueling = false, actions = 2, places = 4): Model =>
  qNetwork({ observationShape: [places], actions, units: 1, hiddenLayers: 0, filters: 1, dueling, seed: 1 });

const places = { data: Float32Array.from({ length: 16 }, (_, k) => (k % 5 === 0 ? 1 : 0)), shape: [4, 4] };

describe("qTargets", () => {
  const three = () =>
    [
      tensor([1, 0, 2]),
      tensor([0.9, 0.81, 0]),
      tensor([
        [3, 5],
        [7, 2],
        [100, 100],
      ]),
    ] as const;

  it("adds the discounted highest value, and nothing after an end", () => {
    expect([...qTargets(...three()).dataSync()]).toEqual([1 + 0.9 * 5, 0.81 * 7, 2].map(Math.fround));
  });

  it("takes the other network's choice where there is one", () => {
    const choosing = tensor([
      [1, 0],
      [0, 1],
      [0, 1],
    ]);
    const targets = [...qTargets(...three(), choosing).dataSync()];
    [1 + 0.9 * 3, 0.81 * 2, 2].forEach((value, row) => {
      expect(targets[row]).toBeCloseTo(value, 6);
    });
  });

  it("spans three steps, fewer at an end, and goes on from where time was up", () => {
    const replay = new ReplayBuffer({ capacity: 8, observationShape: [1], steps: 3, gamma: 0.5, seed: 1 });
    const step = (at: number, reward: number, ends: "terminated" | "truncated" | "" = "") =>
      replay.add({
        observations: { data: Float32Array.of(at), shape: [1, 1] },
        actions: Int32Array.of(0),
        rewards: Float64Array.of(reward),
        nextObservations: { data: Float32Array.of(at + 1), shape: [1, 1] },
        terminated: Uint8Array.of(ends === "terminated" ? 1 : 0),
        truncated: Uint8Array.of(ends === "truncated" ? 1 : 0),
        returns: Float64Array.of(0),
        lengths: Int32Array.of(0),
      });
    [8, 4, 2, 1].forEach((reward, at) => {
      step(at, reward, at === 3 ? "terminated" : "");
    });
    step(10, 8);
    step(11, 4, "truncated");
    const batch = replay.createBatch(64);
    replay.sample(batch);
    const { data: at } = batch.observations;
    // The next value is ten times the place.
    const values = tensor([...batch.nextObservations.data].map((place) => [10 * place, 0]));
    const targets = qTargets(tensor(batch.rewards), tensor(batch.discounts), values).dataSync();
    const wanted: Record<number, number> = {
      0: 8 + 4 / 2 + 2 / 4 + 30 / 8,
      1: 4 + 2 / 2 + 1 / 4,
      2: 2 + 1 / 2,
      3: 1,
      10: 8 + 4 / 2 + 120 / 4,
      11: 4 + 120 / 2,
    };
    expect(new Set(at)).toEqual(new Set(Object.keys(wanted).map(Number)));
    at.forEach((place, sample) => {
      expect(targets[sample]).toBe(wanted[place]);
    });
  });
});

describe("a training step", () => {
  const learner = (options: Partial<QLearningOptions> = {}) => {
    const [network, target] = [table(false, 2, 1), table(false, 2, 1)];
    network.weights[0]!.write([1, 2]);
    const settings = { target, tau: 0, double: false, loss: "huber", errors: true, ...options } as const;
    return { network, target, learning: new QLearning(network, { optimizer: new SGD(0.5), ...settings }) };
  };
  /** Two samples of observation 1, with action 0 and reward 4, with action 1 and reward 2.5. */
  const batch = () => {
    const one = replayBatch(2, [1]);
    one.observations.data.fill(1);
    one.nextObservations.data.fill(1);
    one.actions.data.set([0, 1]);
    one.rewards.data.set([4, 2.5]);
    one.weights.data.set([1, 0.5]);
    return one;
  };

  it("follows Huber's loss, weights samples, and tells the errors", async () => {
    const { network, learning } = learner();
    const { loss, errors } = await learning.learn(batch());
    expect(Array.from(errors)).toEqual([3, 0.5]);
    expect(loss).toBe((3 - 0.5 + 0.5 * (0.5 * 0.25)) / 2);
    // Gradients: -1 beyond 1, else the error; the weight's and that of the mean before them.
    expect([...network.weights[0]!.dataSync()]).toEqual([1 + 0.5 * (1 / 2), 2 + 0.5 * ((0.5 * 0.5) / 2)]);
  });

  it("follows the squared error where it is asked for", async () => {
    const { network, learning } = learner({ loss: "meanSquaredError", errors: false });
    const { loss, errors } = await learning.learn(batch());
    expect(Array.from(errors)).toEqual([]);
    expect(loss).toBe((9 + 0.5 * 0.25) / 2);
    expect([...network.weights[0]!.dataSync()]).toEqual([1 + 0.5 * (6 / 2), 2 + 0.5 * ((0.5 * 1) / 2)]);
  });

  it("takes values from the target network, which stays, follows, or is the network itself", async () => {
    const next = batch();
    next.discounts.data.fill(1);
    const stays = learner();
    stays.target.weights[0]!.write([10, 0]);
    expect(Array.from((await stays.learning.learn(next)).errors)).toEqual([4 + 10 - 1, 2.5 + 10 - 2]);
    expect([...stays.target.weights[0]!.dataSync()]).toEqual([10, 0]);
    stays.learning.copyToTarget();
    expect(stays.target.weights[0]!.dataSync()).toEqual(stays.network.weights[0]!.dataSync());

    const follows = learner({ tau: 0.25 });
    await follows.learning.learn(batch());
    const [weight] = follows.network.weights[0]!.dataSync();
    expect(follows.target.weights[0]!.dataSync()[0]).toBeCloseTo(1 + 0.25 * (weight! - 1), 6);

    const double = learner({ double: true });
    double.target.weights[0]!.write([10, 0]);
    expect(Array.from((await double.learning.learn(next)).errors)).toEqual([4 + 0 - 1, 2.5 + 0 - 2]);

    const network = table(false, 2, 1);
    network.weights[0]!.write([1, 2]);
    const none = { optimizer: new SGD(0.5), tau: 0, double: true, loss: "huber", errors: true } as const;
    const itself = new QLearning(network, none);
    expect(Array.from((await itself.learn(next)).errors)).toEqual([4 + 2 - 1, 2.5 + 2 - 2]);
    // No gradient flows through the target.
    expect([...network.weights[0]!.dataSync()]).toEqual([1 + 0.5 / 2, 2 + 0.25 / 2]);
  });
});

describe("Q-learning of a chain with a wall", () => {
  const gamma = 0.9;
  const value = (place: number) => gamma ** (3 - place);
  const optimal = [0, 1, 2, 3].flatMap((at) => [gamma * value(Math.max(at - 1, 0)), value(at)]);

  /** Values `[4 x 2]` learnt from random play, which time ends after 6 steps. */
  const learnt = async (options: Partial<QLearningOptions>, prioritized = false, dueling = false) => {
    const chain = new VectorEnvironment({ make: () => new Chain(), count: 2, seed: 3 });
    const random = new HostRandom(3, "actions");
    const settings = { capacity: 2000, observationShape: [4], environments: 2, gamma, seed: 3 };
    const replay = prioritized ? new PrioritizedReplay(settings) : new ReplayBuffer(settings);
    for (let step = 0; step < 600; step++) replay.add(chain.step([random.integer(2), random.integer(2)]));
    const network = table(dueling);
    const optimizer = new Adam(0.02);
    const target = table(dueling);
    const all = { optimizer, target, tau: 0.05, double: false, loss: "huber", errors: prioritized } as const;
    const learning = new QLearning(network, { ...all, ...options });
    const batch = replay.createBatch(32);
    for (let step = 0; step < 1500; step++) {
      replay.sample(batch);
      const { errors } = await learning.learn(batch);
      if (replay instanceof PrioritizedReplay) replay.updatePriorities(batch.indices, errors);
    }
    return [...network.apply(tensor(places)).dataSync()];
  };

  it.each([
    ["as it is", {}, false, false],
    ["double, dueling", { double: true }, false, true],
    ["prioritized, squared errors", { loss: "meanSquaredError" }, true, false],
  ] as const)("finds the values of the best play: %s", async (_, options, prioritized, dueling) => {
    const values = await learnt(options, prioritized, dueling);
    optimal.forEach((wanted, at) => {
      expect(values[at]).toBeCloseTo(wanted, 2);
    });
  });
});
