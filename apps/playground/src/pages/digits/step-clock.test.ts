import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Curves } from "./curves.js";
import { StepClock } from "./step-clock.js";

describe("the time of a step", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  /** An epoch whose first step takes `first` ms, the others `each`. */
  function epoch(clock: StepClock, first: number, each: number, steps: number): void {
    for (let batch = 0; batch < steps; batch++) {
      vi.advanceTimersByTime(batch === 0 ? first : each);
      clock.onBatchEnd(batch);
    }
    clock.onTestBegin();
    vi.advanceTimersByTime(700); // validation
    clock.onEpochEnd();
  }

  it("is that of the fastest epoch, without its first step and without validation", () => {
    const clock = new StepClock();
    expect(clock.milliseconds).toBeNaN();
    epoch(clock, 900, 8, 11);
    expect(clock.milliseconds).toBe(8);
    epoch(clock, 5, 6, 11);
    epoch(clock, 5, 7, 11);
    expect(clock.milliseconds).toBe(6);
  });

  it("is not known after epochs of one step", () => {
    const clock = new StepClock();
    epoch(clock, 100, 0, 1);
    expect(clock.milliseconds).toBeNaN();
  });
});

describe("curves", () => {
  it("have a point for each new figure and one an epoch, with what is held out", () => {
    const step = { kind: "step", epoch: 0, secondsPerStep: 0.01 } as const;
    const curves = new Curves(2, 4)
      .withStep({ ...step, batch: 0, figures: { loss: 2, accuracy: 0.1 } })
      .withStep({ ...step, batch: 1, figures: { loss: 2, accuracy: 0.1 } })
      .withStep({ ...step, batch: 2, figures: { loss: 1, accuracy: 0.5 } })
      .withEpoch(0, { loss: 0.9, accuracy: 0.6, val_loss: 0.8, val_accuracy: 0.7 });
    expect(curves.loss).toEqual([
      [0.25, 0.75, 1],
      [2, 1, 0.9],
      [null, null, 0.8],
    ]);
    expect(curves.accuracy).toEqual([
      [0.25, 0.75, 1],
      [0.1, 0.5, 0.6],
      [null, null, 0.7],
    ]);
  });
});
