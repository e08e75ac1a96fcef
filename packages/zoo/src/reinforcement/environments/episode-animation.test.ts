import { HostRandom } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { episodeAnimation, episodePicture } from "./episode-animation.js";
import { type EpisodeRecording, episodeFrame, recordEpisode } from "./episode-recording.js";
import { environmentIds, makeEnvironment } from "./make-environment.js";

function record(id: string): Promise<EpisodeRecording> {
  const environment = makeEnvironment(id);
  const actions = new HostRandom(6, "actions");
  const random = new HostRandom(6, "environment");
  return recordEpisode({
    environment,
    random,
    act: () => actions.integer(environment.actions),
    mostSteps: 60,
  });
}

/** Attributes of all elements of a name. */
function attributesOf(svg: string, name: string): Record<string, string>[] {
  return [...svg.matchAll(new RegExp(`<${name} ([^>]*?)/?>`, "g"))].map(([, text = ""]) =>
    Object.fromEntries(
      [...text.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key = "", value = ""]) => [key, value]),
    ),
  );
}

/** Whether each element that is opened is closed. */
function isBalanced(svg: string): boolean {
  const open: string[] = [];
  for (const [, slash, name = "", end] of svg.matchAll(/<(\/?)(\w+)[^>]*?(\/?)>/g)) {
    if (slash) {
      if (open.pop() !== name) return false;
    } else if (!end) open.push(name);
  }
  return open.length === 0;
}

describe.each(environmentIds)("%s", (id) => {
  it("moves as often as there are frames, in time", async () => {
    const recording = await record(id);
    const svg = episodeAnimation(recording, { framesPerSecond: 10, pause: 2 });
    expect(isBalanced(svg)).toBe(true);
    expect(svg).toContain(`${recording.actions.length} steps`);
    const moving = [...attributesOf(svg, "animate"), ...attributesOf(svg, "animateTransform")];
    expect(moving.length).toBeGreaterThan(0);
    for (const { values = "", keyTimes = "", dur } of moving) {
      const times = keyTimes.split(";").map(Number);
      expect(times).toHaveLength(values.split(";").length);
      expect(times[0]).toBe(0);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(times.at(-1)).toBeLessThanOrEqual(1);
      expect(Number.parseFloat(dur!)).toBeCloseTo((recording.frames.length - 1) / 10 + 2, 2);
      expect(values).not.toContain("NaN");
    }
  });

  it("a picture stands still", async () => {
    const svg = episodePicture(await record(id), 3);
    expect(isBalanced(svg)).toBe(true);
    expect(svg).not.toContain("<animate");
  });
});

describe("episodeAnimation", () => {
  it("a cell has at each frame the color of its picture", async () => {
    const recording = await record("MinAtar/Freeway-v1");
    const colorsIn = (svg: string) => {
      const colors = new Map<string, { fill: string; animate?: Record<string, string> }>();
      for (const [, rect = "", , animate] of svg.matchAll(/<rect ([^>]*?)(\/>|>(<animate [^>]*>)?)/g)) {
        const [{ x, y, fill = "" } = {}] = attributesOf(`<rect ${rect}/>`, "rect");
        if (x === undefined || y === undefined || rect.includes("ground")) continue;
        const [moving] = animate ? attributesOf(animate, "animate") : [];
        colors.set(`${x},${y}`, { fill, ...(moving ? { animate: moving } : {}) });
      }
      return colors;
    };
    const moving = colorsIn(episodeAnimation(recording, { framesPerSecond: 20, pause: 1 }));
    const total = (recording.frames.length - 1) / 20 + 1;
    const empty = "#10151c";
    let compared = 0;
    recording.frames.forEach((_, frame) => {
      const still = colorsIn(episodePicture(recording, frame));
      const now = (frame / 20 + 0.001) / total;
      for (const [place, { fill, animate }] of moving) {
        const times = animate?.["keyTimes"]?.split(";").map(Number) ?? [0];
        const at = times.findLastIndex((time) => time <= now);
        const color = animate?.["values"]?.split(";")[at] ?? fill;
        expect(color).toBe(still.get(place)?.fill ?? empty);
        if (color !== empty) compared += 1;
      }
      for (const place of still.keys()) expect(moving.has(place)).toBe(true);
    });
    expect(compared).toBeGreaterThan(recording.frames.length * 8);
  });

  it("draws the pole and the links where they are", async () => {
    const pole = await record("CartPole-v1");
    const [x = 0, , angle = 0] = episodeFrame(pole, 5);
    const still = episodePicture(pole, 5);
    const hundredth = (value: number) => Math.round(value * 100) / 100;
    expect(still).toContain(`rotate(${hundredth((angle * 180) / Math.PI)})`);
    expect(still).toContain(`translate(${hundredth(200 + (x * 400) / 4.8)} `);
    const [{ values = "" } = {}] = attributesOf(episodeAnimation(pole), "animateTransform");
    expect(values.split(";")[5]).toBe(`${hundredth(200 + (x * 400) / 4.8)} 178`);
  });

  it("angles go on beyond half a turn, they do not jump back", () => {
    const turns = [170, 179, -172, -160, 175].map((degree) => (degree * Math.PI) / 180);
    const recording = {
      ...{ environment: "Acrobot-v1", framesPerSecond: 15, observationShape: [6], binary: false },
      ...{ format: "hekla-episode", version: 1, actionNames: ["-1", "0", "+1"], actions: [0, 0, 0, 0] },
      ...{ rewards: [-1, -1, -1, -1], return: -4, terminated: false, truncated: false },
      frames: turns.map((turn) => `${Math.cos(turn)} ${Math.sin(turn)} 1 0 0 0`),
    } as EpisodeRecording;
    const [{ values } = {}] = attributesOf(episodeAnimation(recording), "animateTransform");
    expect(values).toBe("-170;-179;-188;-200;-175;-175");
  });

  it("says what is wrong", async () => {
    const pole = await record("CartPole-v1");
    expect(() => episodePicture({ ...pole, environment: "CartPole-v9" }, 0)).toThrow(
      /got environment "CartPole-v9"/,
    );
    expect(() => episodePicture(pole, 999)).toThrow(/no such frame/);
    expect(() => episodeAnimation(pole, { pause: 0 })).toThrow(/pause is wrong, got 0/);
  });
});
