import { compile, HeklaError, type Tensor, tensor } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import {
  constant,
  cosineDecay,
  cosineDecayRestarts,
  exponentialDecay,
  inverseTimeDecay,
  linearWarmup,
  oneCycle,
  piecewiseConstant,
  polynomialDecay,
  type Schedule,
  scheduleFromConfig,
} from "../index.js";

// The numbers of every schedule are checked against Keras and PyTorch in packages/conformance.

const steps = [0, 1, 2, 5, 9, 10, 11, 20, 1000];

function rates(schedule: Schedule, at: readonly number[] = steps): number[] {
  const rate = compile((step: Tensor) => schedule(step));
  const found = at.map((step) => rate(tensor(step)).dataSync()[0]!);
  rate.dispose();
  return found;
}

const rows: readonly [string, Schedule][] = [
  ["constant", constant(0.3)],
  ["cosineDecay", cosineDecay(0.5, 10, { alpha: 0.1, warmupTarget: 0.7, warmupSteps: 5 })],
  ["cosineDecayRestarts", cosineDecayRestarts(0.5, 4, { tMul: 1.5, mMul: 0.9, alpha: 0.1 })],
  ["exponentialDecay", exponentialDecay(0.5, 4, 0.9, { staircase: true })],
  ["inverseTimeDecay", inverseTimeDecay(0.5, 4, 0.9)],
  ["oneCycle", oneCycle(0.5, 20, { pctStart: 0.4, annealStrategy: "linear", threePhase: true })],
  ["piecewiseConstant", piecewiseConstant([2, 10], [1, 0.5, 0.25])],
  ["polynomialDecay", polynomialDecay(0.5, 7, { power: 2, cycle: true })],
  ["linearWarmup of a rate", linearWarmup(0.4, 8)],
  ["linearWarmup of a warm-up", linearWarmup(linearWarmup(cosineDecay(0.4, 9), 3), 2)],
];

describe.each(rows)("%s", (_, schedule) => {
  it("is the same from its config", () => {
    const copy = scheduleFromConfig(JSON.parse(JSON.stringify(schedule.config)));
    expect(rates(copy)).toEqual(rates(schedule));
    expect(copy.config).toEqual(JSON.parse(JSON.stringify(schedule.config)));
  });

  it("stays finite and in the range of its rates", () => {
    for (const rate of rates(schedule)) {
      expect(rate).toBeGreaterThanOrEqual(0);
      expect(rate).toBeLessThanOrEqual(1);
    }
  });
});

describe("schedules", () => {
  it("restart at the exact step, however late", () => {
    const schedule = cosineDecayRestarts(0.5, 10);
    for (let k = 1; k < 20; k++) {
      const start = 10 * (2 ** k - 1);
      const [before, at] = rates(schedule, [start - 1, start]);
      expect(at).toBeCloseTo(0.5, 6);
      expect(before).toBeLessThan(0.02);
    }
  });

  it("stay at the last rate after a one-cycle, exactly", () => {
    const last = Math.fround(0.5 / 25 / 1e4);
    expect(rates(oneCycle(0.5, 20), [19, 20, 500])).toEqual([last, last, last]);
    expect(rates(oneCycle(0.5, 20, { annealStrategy: "linear" }), [19, 20])).toEqual([last, last]);
  });

  it("take a one-cycle without a rise or a fall", () => {
    expect(rates(oneCycle(1, 10, { pctStart: 0 }), [0])[0]).toBeLessThanOrEqual(1);
    expect(rates(oneCycle(1, 10, { pctStart: 0.1 }), [0])).toEqual([1]);
    expect(rates(oneCycle(1, 10, { pctStart: 1 }), [0, 9])).toEqual([Math.fround(1 / 25), 1]);
  });

  it("warm up in a straight line to the first rate of what follows", () => {
    const found = rates(linearWarmup(exponentialDecay(0.8, 1, 0.5), 4), [0, 1, 2, 3, 4, 5]);
    [0, 0.2, 0.4, 0.6, 0.8, 0.4].forEach((rate, at) => {
      expect(found[at]).toBeCloseTo(rate, 6);
    });
  });

  it("have no config around a function of the user's", () => {
    expect(linearWarmup((step) => step.multiply(0.1), 3).config).toBeUndefined();
    expect(
      rates(
        linearWarmup((step) => step.add(1), 4),
        [2, 4, 5],
      ),
    ).toEqual([0.5, 1, 2]);
  });

  it.each([
    [() => cosineDecay(0.1, 0), /cosineDecay: bad decaySteps, got 0/],
    [() => cosineDecayRestarts(0.1, 0), /firstDecaySteps, got 0/],
    [() => cosineDecayRestarts(0.1, 5, { tMul: 0.5 }), /tMul, got 0.5, expected a number of at least 1/],
    [() => exponentialDecay(0.1, -1, 0.9), /decaySteps, got -1/],
    [() => inverseTimeDecay(0.1, Number.NaN, 0.9), /decaySteps, got NaN/],
    [() => polynomialDecay(0.1, 0), /polynomialDecay: bad decaySteps, got 0/],
    [() => piecewiseConstant([1], [1]), /1 boundaries and 1 values/],
    [() => oneCycle(0.1, 0), /totalSteps, got 0/],
    [() => oneCycle(0.1, 9, { pctStart: 2 }), /pctStart, got 2/],
    [() => oneCycle(0.1, 9, { divFactor: 0 }), /divFactor, got 0, expected a number above 0/],
    [() => oneCycle(0.1, 9, { annealStrategy: "exp" as "cos" }), /annealStrategy, got "exp"/],
    [() => linearWarmup(0.1, 0), /warmupSteps, got 0/],
    [() => scheduleFromConfig({ schedule: "linear", args: [] }), /got "linear", expected one of constant/],
  ])("refuse bad settings %#", (bad, message) => {
    expect(bad).toThrow(HeklaError);
    expect(bad).toThrow(message);
  });
});
