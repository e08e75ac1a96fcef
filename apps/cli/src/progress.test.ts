import { describe, expect, it } from "vitest";
import { clock, duration, progressCallback, progressLine } from "./progress.js";
import { recordingTerminal } from "./testing/recording-terminal.js";

describe("progressLine", () => {
  it("shows steps, time left, time a step and metrics", () => {
    const metrics = { loss: 0.31209, accuracy: 0.9012 };
    const line = progressLine({ batch: 9, batches: 469, seconds: 0.801, metrics, done: false });
    expect(line).toBe(
      "  9/469 ──────────────────────── 0:41 left · 89.0 ms/step · loss 0.3121 · accuracy 0.9012",
    );
  });

  it("shows the whole time at the end, and validation metrics after the others", () => {
    const metrics = { loss: 0.1, val_loss: 0.2 };
    const line = progressLine({ batch: 4, batches: 4, seconds: 90, metrics, done: true });
    expect(line).toBe("4/4 ━━━━━━━━━━━━━━━━━━━━━━━━ 1:30 · 22.5 s/step · loss 0.1000 · val_loss 0.2000");
  });
});

describe("times", () => {
  it.each([
    [0.4, "0:00"],
    [41.2, "0:41"],
    [725, "12:05"],
    [3723, "1:02:03"],
  ])("clock(%d) is %s", (seconds, text) => expect(clock(seconds)).toBe(text));

  it.each([
    [0.0000123, "12.3 us"],
    [0.000888, "888 us"],
    [0.0012, "1.20 ms"],
    [0.0895, "89.5 ms"],
    [2.5, "2.50 s"],
  ])("duration(%d) is %s", (seconds, text) => expect(duration(seconds)).toBe(text));
});

describe("progressCallback", () => {
  const run = (redraws: boolean, columns = 120) => {
    const terminal = recordingTerminal({ redraws, columns });
    const callback = progressCallback(terminal, 2, 3);
    for (const epoch of [0, 1]) {
      callback.onEpochBegin?.(epoch);
      for (const batch of [0, 1, 2]) {
        const counts = { batch, batches: 3, samples: 32 * (batch + 1), secondsPerStep: 0.01 };
        callback.onBatchEnd?.(batch, { loss: 1, accuracy: 0.5, ...counts });
      }
      callback.onEpochEnd?.(epoch, { loss: 0.5, accuracy: 0.75, val_loss: 0.6 });
    }
    return terminal.errText();
  };

  it("shows the returns of agents, and no other figures", () => {
    const terminal = recordingTerminal({ redraws: false, columns: 120 });
    const callback = progressCallback(terminal, 1, 1);
    callback.onEpochBegin?.(0);
    callback.onEpochEnd?.(0, { loss: 0.5, return: 12, epsilon: 0.3, val_return: 20 });
    expect(terminal.errText()).toMatch(/ · loss 0.5000 · return 12.0000 · val_return 20.0000\n$/);
  });

  it("writes one plain line an epoch where it cannot redraw", () => {
    const lines = run(false).split("\n");
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(
      /^epoch 1\/2 3\/3 ━{24} 0:00 · .*\/step · loss 0.5000 · accuracy 0.7500 · val_loss 0.6000$/,
    );
    expect(lines[1]).toMatch(/^epoch 2\/2 /);
    expect(run(false)).not.toMatch(/[\r\x1b]/);
  });

  it("draws over the line on a TTY, at most ten times a second", () => {
    const text = run(true);
    expect(text.split("\n")).toHaveLength(3);
    expect(text.match(/\r/g)).toHaveLength(4);
  });

  it("shrinks the bar to the width of the terminal", () => {
    for (const line of run(false, 100).split("\n")) expect(line.length).toBeLessThanOrEqual(100);
  });
});

describe("a narrow terminal", () => {
  const progress = { batch: 1, batches: 2, seconds: 1, metrics: { loss: 1, accuracy: 1 }, done: false };

  it("gets a shorter bar, then a shorter line", () => {
    expect(progressLine(progress, 61)).toBe("1/2 ━━━━──── 0:01 left · 1.00 s/step · loss 1.0000 · accurac…");
    expect(progressLine(progress, 70)).toBe(
      "1/2 ━━━━━───── 0:01 left · 1.00 s/step · loss 1.0000 · accuracy 1.0000",
    );
  });

  it("gets all of it once the epoch is done", () => {
    expect(progressLine({ ...progress, done: true }, 20)).toContain("accuracy 1.0000");
  });
});
