import { HeklaError, tensor } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import {
  constant,
  cosineDecay,
  exponentialDecay,
  piecewiseConstant,
  type Schedule,
  scheduleFromConfig,
} from "./schedule.js";

const steps = [0, 1, 2, 5, 9, 10, 11, 20, 1000];

const rates = (schedule: Schedule): number[] => steps.map((step) => schedule(tensor(step)).dataSync()[0]!);

/** Each schedule beside Keras 3's formula in plain numbers. */
const rows: readonly [string, Schedule, (step: number) => number][] = [
  ["constant", constant(0.3), () => 0.3],
  [
    "cosineDecay",
    cosineDecay(0.5, 10, { alpha: 0.1 }),
    (step) => 0.5 * (0.9 * 0.5 * (1 + Math.cos((Math.PI * Math.min(step, 10)) / 10)) + 0.1),
  ],
  [
    "cosineDecay with warm-up",
    cosineDecay(0.1, 10, { warmupTarget: 0.7, warmupSteps: 5 }),
    (step) =>
      step < 5 ? 0.1 + 0.6 * (step / 5) : 0.7 * 0.5 * (1 + Math.cos((Math.PI * Math.min(step - 5, 10)) / 10)),
  ],
  ["exponentialDecay", exponentialDecay(0.5, 4, 0.9), (step) => 0.5 * 0.9 ** (step / 4)],
  [
    "exponentialDecay by steps",
    exponentialDecay(0.5, 4, 0.9, { staircase: true }),
    (step) => 0.5 * 0.9 ** Math.floor(step / 4),
  ],
  [
    "piecewiseConstant",
    piecewiseConstant([2, 10], [1, 0.5, 0.25]),
    (step) => (step <= 2 ? 1 : step <= 10 ? 0.5 : 0.25),
  ],
];

describe.each(rows)("%s", (_, schedule, formula) => {
  it("follows the formula", () => {
    rates(schedule).forEach((rate, k) => {
      const expected = formula(steps[k]!);
      expect(Math.abs(rate - expected)).toBeLessThan(1e-6 * (Math.abs(expected) + 0.01));
    });
  });

  it("is the same from its config", () => {
    expect(rates(scheduleFromConfig(JSON.parse(JSON.stringify(schedule.config))))).toEqual(rates(schedule));
  });
});

describe("schedules", () => {
  it.each([
    [() => cosineDecay(0.1, 0), /decaySteps, got 0/],
    [() => exponentialDecay(0.1, -1, 0.9), /decaySteps, got -1/],
    [() => piecewiseConstant([1], [1]), /1 boundaries and 1 values/],
    [() => scheduleFromConfig({ schedule: "linear", args: [] }), /got "linear", expected one of constant/],
  ])("refuse bad settings %#", (bad, message) => {
    expect(bad).toThrow(HeklaError);
    expect(bad).toThrow(message);
  });
});
