import { DataError, HostRandom } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { PrioritizedReplay, type PrioritizedReplayOptions } from "./prioritized-replay.js";
import { ReplayBuffer } from "./replay-buffer.js";
import { SumTree } from "./sum-tree.js";

function filled(options: Partial<PrioritizedReplayOptions>, count: number): PrioritizedReplay {
  const replay = new PrioritizedReplay({ capacity: 64, observationShape: [1], seed: 2, ...options });
  for (let time = 0; time < count; time++) add(replay, time);
  return replay;
}

function add(replay: ReplayBuffer, time: number): void {
  const rows = { data: Float32Array.of(time), shape: [1, 1] };
  replay.add({
    observations: rows,
    actions: Int32Array.of(time),
    rewards: Float64Array.of(0),
    nextObservations: rows,
    terminated: Uint8Array.of(0),
    truncated: Uint8Array.of(0),
    returns: Float64Array.of(0),
    lengths: Int32Array.of(1),
  });
}

const all = (count: number) => Array.from({ length: count }, (_, k) => k);

describe("SumTree", () => {
  it.each([1, 2, 3, 64, 65, 1025])("of %d numbers finds what a running sum does", (length) => {
    const random = new HostRandom(length, "test");
    const tree = new SumTree(length);
    const values = new Array<number>(length).fill(0);
    for (let round = 0; round < 3 * length; round++) {
      const index = random.integer(length);
      // Multiples of 1/8 add up exactly, in any order.
      values[index] = random.uniform() < 0.2 ? 0 : random.integer(40) / 8;
      tree.set(index, values[index]!);
    }
    values[0] = 1;
    tree.set(0, 1);
    const total = values.reduce((a, b) => a + b);
    expect(tree.total).toBe(total);
    for (let k = 0; k < 200; k++) {
      const value = random.uniform() * total;
      let index = 0;
      for (let sum = values[0]!; sum <= value; sum += values[index]!) index += 1;
      expect(tree.find(value)).toBe(index);
    }
  });

  it("never finds an empty place, not even where rounding leads beyond the end", () => {
    const tree = new SumTree(8);
    for (const index of [0, 1, 2, 3, 4]) tree.set(index, 0.1);
    for (const value of [tree.total, tree.total * (1 + 1e-15), 0.5, 1]) expect(tree.find(value)).toBe(4);
  });
});

describe("PrioritizedReplay", () => {
  it.each([1, 0.6, 0])("draws by priority to the power of %d (chi-square)", (alpha) => {
    const count = 40;
    const replay = filled({ alpha }, count);
    const errors = all(count).map((k) => (k % 2 === 0 ? 1 : -1) * (0.2 + (k % 7)));
    replay.updatePriorities(all(count), errors);
    const powers = errors.map((error) => (Math.abs(error) + 1e-6) ** alpha);
    const total = powers.reduce((a, b) => a + b);
    const batch = replay.createBatch(1);
    const counts = new Array<number>(count).fill(0);
    const draws = 40_000;
    for (let k = 0; k < draws; k++) {
      replay.sample(batch);
      counts[batch.indices[0]!] = counts[batch.indices[0]!]! + 1;
    }
    let chiSquare = 0;
    powers.forEach((power, slot) => {
      expect(replay.probability(slot)).toBeCloseTo(power / total, 12);
      const expected = (draws * power) / total;
      chiSquare += (counts[slot]! - expected) ** 2 / expected;
    });
    // 39 degrees of freedom: 0.1 % lie above 72.1, 0.1 % below 17.3.
    expect(chiSquare).toBeLessThan(72.1);
    expect(chiSquare).toBeGreaterThan(17.3);
  });

  it("a batch takes one draw from each equal part of the sum", () => {
    const replay = filled({ alpha: 1 }, 16);
    const batch = replay.createBatch(16);
    for (let k = 0; k < 20; k++) {
      replay.sample(batch);
      expect([...batch.indices]).toEqual(all(16));
    }
  });

  it("weights are (N P)^-beta over the batch's largest, and beta rises to 1", () => {
    const replay = filled({ beta: 0.4, betaBatches: 10 }, 30);
    replay.updatePriorities(
      all(30),
      all(30).map((k) => 0.1 + k),
    );
    const batch = replay.createBatch(12);
    for (let round = 0; round < 15; round++) {
      const beta = Math.min(0.4 + 0.06 * round, 1);
      expect(replay.beta).toBeCloseTo(beta, 12);
      replay.sample(batch);
      const raw = Array.from(batch.indices, (slot) => (30 * replay.probability(slot)) ** -beta);
      const largest = Math.max(...raw);
      raw.forEach((weight, sample) => {
        expect(batch.weights.data[sample]).toBeCloseTo(weight / largest, 6);
      });
    }
  });

  it("with full correction weighted draws have the mean of equal ones", () => {
    const replay = filled({ alpha: 0.7, beta: 1 }, 32);
    replay.updatePriorities(
      all(32),
      all(32).map((k) => 0.5 + (k % 5)),
    );
    const batch = replay.createBatch(1);
    const smallest = Math.min(...all(32).map((slot) => replay.probability(slot)));
    let sum = 0;
    let squares = 0;
    const draws = 20_000;
    for (let k = 0; k < draws; k++) {
      replay.sample(batch);
      // A batch of one has weight 1; the weights' own rule is taken over all slots here.
      const [slot = 0] = batch.indices;
      const value = (smallest / replay.probability(slot)) * slot;
      sum += value;
      squares += value ** 2;
    }
    const scale = 1 / (32 * smallest);
    const mean = (sum / draws) * scale;
    const deviation = Math.sqrt(squares / draws - (sum / draws) ** 2) * scale;
    expect(Math.abs(mean - 15.5)).toBeLessThan((4 * deviation) / Math.sqrt(draws));
  });

  it("new transitions come with the largest priority so far, old ones make room", () => {
    const replay = filled({ capacity: 8, alpha: 1, epsilon: 1e-9 }, 8);
    replay.updatePriorities(all(8), [1, 2, 3, 4, 5, 6, 7, 8]);
    replay.updatePriorities([7], [1]);
    add(replay, 100);
    expect(replay.probability(0)).toBeCloseTo(8 / (8 + 2 + 3 + 4 + 5 + 6 + 7 + 1), 8);
  });

  it("goes on from its bytes", () => {
    const options = { capacity: 20, observationShape: [1], seed: 6, betaBatches: 30 };
    const [replay, other] = [new PrioritizedReplay(options), new PrioritizedReplay(options)];
    const [batch, otherBatch] = [replay.createBatch(4), replay.createBatch(4)];
    const learn = (from: PrioritizedReplay, into: typeof batch, time: number) => {
      add(from, time);
      from.sample(into);
      from.updatePriorities(
        into.indices,
        Array.from(into.indices, (slot) => ((slot * 7 + time) % 11) - 5),
      );
    };
    for (let time = 0; time < 33; time++) learn(replay, batch, time);
    add(other, 1);
    other.restore(replay.toBytes());
    for (let time = 33; time < 60; time++) {
      learn(replay, batch, time);
      learn(other, otherBatch, time);
      expect(otherBatch).toEqual(batch);
    }
    expect(other.beta).toBe(replay.beta);
    expect(other.toBytes()).toEqual(replay.toBytes());
  });

  it("says what is wrong", () => {
    const replay = filled({}, 10);
    expect(() => replay.updatePriorities([1, 2], [1])).toThrow(/got 1, expected 2/);
    expect(() => replay.updatePriorities([1], [Number.NaN])).toThrow(/not finite, got NaN/);
    expect(() => filled({ alpha: 0.5 }, 1).restore(replay.toBytes())).toThrow(
      /got {"alpha":0.6,.* expected {"alpha":0.5,/,
    );
    const uniform = new ReplayBuffer({ capacity: 64, observationShape: [1], seed: 2 });
    add(uniform, 1);
    expect(() => replay.restore(uniform.toBytes())).toThrow(/got no priorities/);
    for (const wrong of [{ alpha: 2 }, { beta: -1 }, { betaBatches: 0 }, { epsilon: 0 }]) {
      expect(() => filled(wrong, 1)).toThrow(DataError);
    }
  });
});
