import { describe, expect, it } from "vitest";
import { makeEnvironment } from "../environments/index.js";
import { deviationOf, meanOf, type Policy, playEpisodes } from "./play-episodes.js";

const make = () => makeEnvironment("CartPole-v1", { timeLimit: 100 });
const common = { make, seed: 4, stream: "some" };
/** Pushes the cart under the pole. */
const steady: Policy = ({ data }) =>
  Array.from({ length: data.length / 4 }, (_, row) =>
    data[4 * row + 2]! + 0.3 * data[4 * row + 3]! > 0 ? 1 : 0,
  );

describe("playEpisodes", () => {
  it("plays each from start to end, the same however many there are", async () => {
    const many = await playEpisodes({ ...common, episodes: 20, policy: steady, epsilon: 0.8 });
    const few = await playEpisodes({ ...common, episodes: 3, policy: steady, epsilon: 0.8 });
    expect(few.returns).toEqual(many.returns.slice(0, 3));
    expect(many.returns).toEqual(many.lengths);
    expect(new Set(many.returns).size).toBeGreaterThan(5);
    expect(
      await playEpisodes({ ...common, episodes: 3, stream: "other", policy: steady, epsilon: 0.8 }),
    ).not.toEqual(few);
  });

  it("asks for powers of two, no more than it needs", async () => {
    const sizes: number[] = [];
    const counted: Policy = (observations) => {
      sizes.push(observations.shape[0]!);
      return steady(observations);
    };
    const { lengths } = await playEpisodes({ ...common, episodes: 5, policy: counted, epsilon: 0.9 });
    const running = Array.from(
      { length: Math.max(...lengths) },
      (_, step) => lengths.filter((length) => length > step).length,
    );
    expect(sizes).toEqual(running.map((count) => ({ 1: 1, 2: 2, 3: 4, 4: 4, 5: 8 })[count]));
  });

  it("tells time that is up from an end, and chance from skill", async () => {
    const skill = await playEpisodes({ ...common, episodes: 10, policy: steady });
    expect(skill.truncated).toEqual(new Array(10).fill(true));
    expect(meanOf(skill.returns)).toBe(100);
    const chance = await playEpisodes({ ...common, episodes: 40 });
    expect(meanOf(chance.returns)).toBeLessThan(35);
    expect(chance.truncated).not.toContain(true);
  });
});

it("means and deviations", () => {
  expect(meanOf([1, 2, 6])).toBe(3);
  expect(deviationOf([1, 2, 6])).toBeCloseTo(Math.sqrt(14 / 3), 12);
});
