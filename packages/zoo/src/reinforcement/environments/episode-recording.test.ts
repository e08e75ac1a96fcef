import { DataError, HostRandom } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { type EpisodeRecording, episodeFrame, readEpisode, recordEpisode } from "./episode-recording.js";
import { environmentIds, makeEnvironment } from "./make-environment.js";

function record(id: string, mostSteps = 40): Promise<EpisodeRecording> {
  const environment = makeEnvironment(id);
  const actions = new HostRandom(4, "actions");
  const random = new HostRandom(4, "environment");
  return recordEpisode({ environment, random, act: () => actions.integer(environment.actions), mostSteps });
}

describe.each(environmentIds)("%s", (id) => {
  it("is read back from JSON as it was played", async () => {
    const recording = readEpisode(JSON.stringify(await record(id)));
    const environment = makeEnvironment(id);
    const observation = new Float32Array(environment.observationShape.reduce((a, b) => a * b, 1));
    environment.reset(new HostRandom(4, "environment"), observation);
    let sum = 0;
    let end = {};
    for (let step = 0; step <= recording.actions.length; step++) {
      const frame = episodeFrame(recording, step);
      // Six digits, or bits.
      frame.forEach((value, k) => {
        const close = environment.binary ? 0 : 1e-5 * Math.max(1, Math.abs(value));
        expect(Math.abs(value - observation[k]!)).toBeLessThanOrEqual(close);
      });
      if (step === recording.actions.length) break;
      const { reward, terminated, truncated } = environment.step(recording.actions[step]!, observation);
      expect(recording.rewards[step]).toBe(reward);
      sum += reward;
      end = { terminated, truncated };
    }
    expect(recording).toMatchObject({ environment: id, return: sum, ...end });
    expect(recording.actions.length).toBeGreaterThan(5);
  });
});

describe("readEpisode", () => {
  it("says what is wrong", async () => {
    const recording = await record("MinAtar/Breakout-v1", 5);
    const changed = (change: object) => () =>
      readEpisode(JSON.stringify({ ...recording, ...change }), "a.json");
    expect(() => readEpisode("{", "a.json")).toThrow(/a.json: not a recording, got no JSON/);
    expect(() => readEpisode("null", "a.json")).toThrow(/got format undefined/);
    expect(changed({ version: 2 })).toThrow(/version 2, expected hekla-episode version 1/);
    expect(changed({ rewards: [1] })).toThrow(/got 1 rewards and 6 frames, expected 5 and 6/);
    expect(changed({ frames: "x" })).toThrow(/frames are wrong, expected a list of strings/);
    expect(changed({ framesPerSecond: 0 })).toThrow(DataError);
    const frames = (text: string) => [text, ...recording.frames.slice(1)];
    expect(changed({ frames: frames("A".repeat(64)) })).toThrow(/frame 0 is damaged, got "AAA/);
    expect(changed({ frames: frames("?!") })).toThrow(/frame 0 is damaged/);
    const pole = await record("CartPole-v1", 3);
    for (const text of ["1 2 3", "1 2 3 x"]) {
      const broken = { ...pole, frames: [text, ...pole.frames.slice(1)] };
      expect(() => readEpisode(JSON.stringify(broken))).toThrow(/expected 4 values/);
    }
    expect(() => episodeFrame(pole, 4)).toThrow(/no such frame, got 4, expected 0 to 3/);
  });
});
