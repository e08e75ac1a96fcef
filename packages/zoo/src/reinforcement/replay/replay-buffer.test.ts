import { DataError, HostRandom } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { makeEnvironment } from "../environments/make-environment.js";
import { type Transitions, VectorEnvironment } from "../environments/vector-environment.js";
import type { ReplayBatch } from "./replay-batch.js";
import { ReplayBuffer, type ReplayOptions } from "./replay-buffer.js";

/** A replay whose batches are its slots in order. */
class InOrder extends ReplayBuffer {
  protected override draw({ indices }: ReplayBatch): void {
    for (let k = 0; k < indices.length; k++) indices[k] = k;
  }

  all(): ReplayBatch {
    const batch = this.createBatch(this.size);
    this.sample(batch);
    return batch;
  }
}

interface Step {
  readonly reward: number;
  readonly terminated: boolean;
  readonly truncated: boolean;
}

/**
 * Made-up steps `[time][environment]`; the observation of a step is [environment, time], the next one 0.5
 * later.
 */
function madeUp(environments: number, times: number, seed: number): Step[][] {
  const random = new HostRandom(seed, "test");
  return Array.from({ length: times }, () =>
    Array.from({ length: environments }, () => ({
      reward: random.normal() * 2,
      terminated: random.uniform() < 0.1,
      truncated: random.uniform() < 0.08,
    })),
  );
}

function transitionsOf(steps: readonly Step[], time: number): Transitions {
  const rows = (later: number) => ({
    data: Float32Array.from(steps.flatMap((_, environment) => [environment, time + later])),
    shape: [steps.length, 2],
  });
  return {
    observations: rows(0),
    actions: Int32Array.from(steps, (_, environment) => environment * 1000 + time),
    rewards: Float64Array.from(steps, ({ reward }) => reward),
    nextObservations: rows(0.5),
    terminated: Uint8Array.from(steps, ({ terminated }) => Number(terminated)),
    truncated: Uint8Array.from(steps, ({ truncated }) => Number(truncated)),
    returns: new Float64Array(steps.length),
    lengths: new Int32Array(steps.length),
  };
}

/**
 * Each transition as [action, reward, environment and time after it, discount], straight from the definition.
 */
function expectedTransitions(story: readonly Step[][], n: number, gamma: number, clip: number) {
  const found: { action: number; reward: number; next: [number, number]; discount: number }[] = [];
  story[0]!.forEach((_, environment) => {
    const steps = story.map((row) => row[environment]!);
    steps.forEach((_, time) => {
      let reward = 0;
      for (let k = 0; k < n; k++) {
        const step = steps[time + k];
        if (!step) return; // The story ends before it is known.
        reward += gamma ** k * Math.max(-clip, Math.min(clip, step.reward));
        if (!(step.terminated || step.truncated) && k < n - 1) continue;
        found.push({
          action: environment * 1000 + time,
          reward,
          next: [environment, time + k + 0.5],
          discount: step.terminated ? 0 : gamma ** (k + 1),
        });
        return;
      }
    });
  });
  return found.sort((a, b) => a.action - b.action);
}

describe("n-step transitions", () => {
  it.each([
    [1, 0.99, Number.POSITIVE_INFINITY],
    [3, 0.9, Number.POSITIVE_INFINITY],
    [5, 1, 1],
    [20, 0.5, 0.5],
  ])("of %d steps, gamma %d, rewards cut at %d, as defined", (steps, gamma, rewardClip) => {
    const story = madeUp(3, 120, 7);
    const options = { capacity: 400, observationShape: [2], environments: 3, seed: 1 };
    const replay = new InOrder({ ...options, steps, gamma, rewardClip });
    story.forEach((row, time) => {
      replay.add(transitionsOf(row, time));
    });
    const expected = expectedTransitions(story, steps, gamma, rewardClip);
    expect(expected.length).toBeGreaterThan(300);
    expect(replay.size).toBe(expected.length);
    const batch = replay.all();
    const order = [...batch.actions.data.keys()].sort(
      (a, b) => batch.actions.data[a]! - batch.actions.data[b]!,
    );
    order.forEach((at, k) => {
      const { action, reward, next, discount } = expected[k]!;
      expect(batch.actions.data[at]).toBe(action);
      expect([...batch.observations.data.subarray(2 * at, 2 * at + 2)]).toEqual([
        Math.floor(action / 1000),
        action % 1000,
      ]);
      expect([...batch.nextObservations.data.subarray(2 * at, 2 * at + 2)]).toEqual(next);
      expect(batch.rewards.data[at]).toBeCloseTo(reward, 5);
      expect(batch.discounts.data[at]).toBeCloseTo(discount, 6);
    });
  });
});

describe("ReplayBuffer", () => {
  it("keeps the newest transitions", () => {
    const replay = new InOrder({ capacity: 10, observationShape: [2], seed: 1 });
    const step = { reward: 0, terminated: false, truncated: false };
    for (let time = 0; time < 27; time++) replay.add(transitionsOf([step], time));
    expect(replay.size).toBe(10);
    expect([...replay.all().actions.data].sort((a, b) => a - b)).toEqual([
      17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
    ]);
  });

  it("draws all with equal probability (chi-square), each weighing 1", () => {
    const replay = new ReplayBuffer({ capacity: 64, observationShape: [2], seed: 3 });
    const step = { reward: 0, terminated: false, truncated: false };
    for (let time = 0; time < 50; time++) replay.add(transitionsOf([step], time));
    const batch = replay.createBatch(25);
    const counts = new Array<number>(50).fill(0);
    for (let k = 0; k < 800; k++) {
      replay.sample(batch);
      for (const slot of batch.indices) counts[slot] = counts[slot]! + 1;
      expect(new Set(batch.weights.data)).toEqual(new Set([1]));
    }
    const chiSquare = counts.reduce((sum, count) => sum + (count - 400) ** 2 / 400, 0);
    // 49 degrees of freedom: 0.1 % lie above 85.4, 0.1 % below 23.9.
    expect(chiSquare).toBeLessThan(85.4);
    expect(chiSquare).toBeGreaterThan(23.9);
  });

  it("bits give back what floats do", () => {
    const batches = (["float32", "bits"] as const).map((storage) => {
      const vector = new VectorEnvironment({
        make: () => makeEnvironment("MinAtar/SpaceInvaders-v1"),
        count: 2,
        seed: 4,
      });
      const options = { capacity: 100, observationShape: vector.observationShape, environments: 2, steps: 3 };
      const replay = new ReplayBuffer({ ...options, storage, seed: 5 });
      for (let step = 0; step < 80; step++) replay.add(vector.step([step % 4, (step * 3) % 4]));
      const batch = replay.createBatch(16);
      replay.sample(batch);
      return batch;
    });
    expect(batches[1]).toEqual(batches[0]);
    expect(batches[0]!.observations.shape).toEqual([16, 6, 10, 10]);
    expect(batches[0]!.observations.data.reduce((a, b) => a + b)).toBeGreaterThan(16 * 20);
  });

  const options: ReplayOptions = { capacity: 50, observationShape: [2], environments: 2, steps: 4, seed: 9 };
  const filled = (times: number, more: Partial<ReplayOptions> = {}) => {
    const replay = new ReplayBuffer({ ...options, ...more });
    madeUp(2, times, 8).forEach((row, time) => {
      replay.add(transitionsOf(row, time));
    });
    return replay;
  };

  it.each([3, 20, 61])("goes on from its bytes after %d steps", (times) => {
    const replay = filled(times);
    const batch = replay.createBatch(8);
    if (replay.size > 0) replay.sample(batch);
    const other = new ReplayBuffer(options);
    other.restore(replay.toBytes());
    const otherBatch = other.createBatch(8);
    madeUp(2, 40, 11).forEach((row, time) => {
      replay.add(transitionsOf(row, time));
      other.add(transitionsOf(row, time));
      if (replay.size === 0) return;
      replay.sample(batch);
      other.sample(otherBatch);
      expect(otherBatch).toEqual(batch);
    });
    expect(other.toBytes()).toEqual(replay.toBytes());
  });

  it("says what is wrong", () => {
    const replay = filled(20);
    const bytes = replay.toBytes();
    const fresh = () => new ReplayBuffer(options);
    expect(() => fresh().restore(bytes.subarray(0, bytes.length - 8))).toThrow(/cut, got \d+ bytes/);
    expect(() => fresh().restore(bytes.subarray(0, 30))).toThrow(/cut/);
    const damaged = bytes.slice();
    damaged[20] = 0;
    expect(() => fresh().restore(damaged)).toThrow(/header is damaged/);
    expect(() => fresh().restore(Uint8Array.of(1, 2, 3))).toThrow(/not a kept state/);
    expect(() => new ReplayBuffer({ ...options, gamma: 0.5 }).restore(bytes)).toThrow(/other options/);
    expect(() => fresh().sample(replay.createBatch(2))).toThrow(/nothing to draw from/);
    expect(() => fresh().add(transitionsOf(madeUp(3, 1, 1)[0]!, 0))).toThrow(/expected \[2,2\]/);
    expect(() => filled(20, { storage: "bits" })).toThrow(/no bit/);
    for (const wrong of [{ capacity: 0 }, { steps: 1.5 }, { gamma: 2 }, { rewardClip: 0 }]) {
      expect(() => new ReplayBuffer({ ...options, ...wrong })).toThrow(DataError);
    }
  });
});
