import { readFileSync } from "node:fs";
import { inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { Asterix } from "./asterix.js";
import { Breakout } from "./breakout.js";
import type { EnvironmentRandom } from "./environment.js";
import { Freeway } from "./freeway.js";
import type { GridGameOptions } from "./grid-game.js";
import { SpaceInvaders } from "./space-invaders.js";

interface Game {
  readonly game: "Breakout" | "SpaceInvaders" | "Freeway" | "Asterix";
  readonly seed: number;
  readonly stickyActions: number;
  readonly difficultyRamping: boolean;
  /** Of Asterix: frames between two things that come, if not as many as at first. */
  readonly firstSpawnInterval?: number;
  readonly actions: string;
  readonly rewards: string;
  /** Steps after which the game was over and reset. */
  readonly ends: readonly number[];
  readonly draws: string;
  readonly frames: string;
}

const { games } = JSON.parse(
  readFileSync(new URL("../../../goldens/environments-minatar.json", import.meta.url), "utf8"),
) as { readonly games: readonly Game[] };

const makers = {
  Breakout: (options: GridGameOptions) => new Breakout(options),
  SpaceInvaders: (options: GridGameOptions) => new SpaceInvaders(options),
  Freeway: (options: GridGameOptions) => new Freeway(options),
  Asterix: (options: GridGameOptions) => new Asterix(options),
};

const bytesOf = (text: string): Uint8Array => inflateSync(Buffer.from(text, "base64"));

/** Gives back what MinAtar drew, and fails where something else is asked for. */
class RecordedRandom implements EnvironmentRandom {
  used = 0;
  readonly draws: Uint16Array;

  constructor(text: string) {
    this.draws = new Uint16Array(Uint8Array.from(bytesOf(text)).buffer);
  }

  #next(kind: string): number {
    const code = this.draws[this.used];
    this.used += 1;
    if (code === undefined) throw new Error(`draw ${this.used}: none recorded, a ${kind} asked for`);
    return code;
  }

  uniform(): number {
    const code = this.#next("uniform");
    expect(code).toBeLessThan(32768);
    return code / 32768;
  }

  integer(n: number): number {
    const code = this.#next("integer") - 32768;
    expect(code >> 4).toBe(n);
    return code & 15;
  }
}

/** Frame after frame as text of 0 and 1, from the bits that change. */
function framesOf(text: string, size: number): string[] {
  const bytes = bytesOf(text);
  const now = new Uint8Array(size);
  return Array.from({ length: Math.floor((bytes.length * 8) / size) }, (_, frame) => {
    for (let k = 0; k < size; k++) {
      const bit = frame * size + k;
      now[k] = now[k]! ^ ((bytes[bit >> 3]! >> (7 - (bit & 7))) & 1);
    }
    return now.join("");
  });
}

describe("against MinAtar, bit by bit", () => {
  it.each(["Breakout", "SpaceInvaders", "Freeway", "Asterix"])(
    "%s: at least 1 000 steps as they are by default",
    (game) => {
      const [first] = games.filter((entry) => entry.game === game);
      expect(first).toMatchObject({ stickyActions: 0.1, difficultyRamping: true });
      expect(first!.actions.length).toBeGreaterThanOrEqual(1000);
    },
  );

  it.each(games)("$game, seed $seed, sticky $stickyActions, ramping $difficultyRamping", (golden) => {
    const environment = makers[golden.game](golden);
    const random = new RecordedRandom(golden.draws);
    const size = environment.observationShape.reduce((product, length) => product * length, 1);
    const observation = new Float32Array(size);
    const frames = framesOf(golden.frames, size);
    let frame = 0;
    const check = (what: string) => expect(observation.join(""), what).toBe(frames[frame++]);
    environment.reset(random, observation);
    check("first frame");
    if (golden.firstSpawnInterval !== undefined) {
      const state = environment.saveState();
      const fields = { ...state.fields, spawnInterval: golden.firstSpawnInterval };
      environment.restoreState({ ...state, fields }, random);
    }
    const ends: number[] = [];
    [...golden.actions].forEach((action, step) => {
      const { reward, terminated, truncated } = environment.step(Number(action), observation);
      check(`after step ${step}`);
      expect(reward, `step ${step}`).toBe(Number(golden.rewards[step]));
      expect(truncated).toBe(false);
      if (!terminated) return;
      ends.push(step);
      environment.reset(random, observation);
      check(`after reset at step ${step}`);
    });
    expect(ends).toEqual(golden.ends);
    expect(random.used).toBe(random.draws.length);
    expect(frame).toBe(golden.actions.length + 1 + ends.length);
  });
});
