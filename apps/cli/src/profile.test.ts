import { wasm } from "@hekla/kernels-wasm";
import type { Callback } from "@hekla/layers";
import { type Backend, type Dispatch, reference, tensor, useBackend } from "@hekla/tensor";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkProfiles, type Recording, recordWork, TrainingRecorder } from "./profile-recorder.js";
import { costliest, profileTable } from "./profile-table.js";
import { chromeTrace } from "./profile-trace.js";
import { recordingTerminal } from "./testing/recording-terminal.js";

let backend: Backend;
beforeEach(async () => {
  backend = await useBackend(wasm({ threads: 1 }));
});
afterEach(() => backend.dispose());

/** Takes steps as `fit` does; each runs plans of its own number. */
async function takeSteps({ onBatchBegin, onBatchEnd }: Callback, steps: number): Promise<void> {
  for (let batch = 0; batch < steps; batch++) {
    await onBatchBegin?.(batch);
    for (let plan = 0; plan <= batch; plan++) await tensor([1, 2, 3]).exp().data();
    await onBatchEnd?.(batch, {} as never); // cast: logs are not looked at
  }
}
const ready = (stepsPerEpoch: number) => ({ epochs: 1, stepsPerEpoch, initialEpoch: 0 }) as never; // cast: what counts

describe("TrainingRecorder", () => {
  it.each([
    // wanted, skipped, there are: the first step that counts, and how many
    [2, 3, 10, 3, 2],
    [2, 5, 10, 5, 2],
    [2, 0, 10, 0, 2],
    [4, 3, 5, 1, 4],
    [20, 3, 5, 0, 5],
    [1, 3, 1, 0, 1],
  ])("takes %d steps after %d of %d", async (wanted, skip, total, first, count) => {
    const recorder = new TrainingRecorder(backend, wanted, skip);
    recorder.expect(ready(total));
    await takeSteps(recorder.callback, total);
    const recording = (await recorder.finish())!;
    expect(recording.steps).toHaveLength(count);
    const plans = Array.from({ length: count }, (_, at) => first + at + 1).reduce((a, b) => a + b, 0);
    expect(recording.runs).toHaveLength(plans);
    expect(recording.dispatches.map(({ step }) => step.name)).toEqual(Array(plans).fill("exp"));
    for (const { start, duration } of recording.runs) {
      const inside = recording.steps.filter(
        (span) => span.start <= start && start + duration <= span.start + span.duration,
      );
      expect(inside).toHaveLength(1);
    }
    // Nothing is timed any more.
    await expect(backend.profile!()).resolves.toBeDefined();
  });

  it("keeps what there is of a training that ends early, and is nothing without a step", async () => {
    const early = new TrainingRecorder(backend, 5, 1);
    early.expect(ready(20));
    await takeSteps(early.callback, 3);
    expect((await early.finish())?.steps).toHaveLength(2);
    const none = new TrainingRecorder(backend, 5, 4);
    await takeSteps(none.callback, 3);
    expect(await none.finish()).toBeUndefined();
  });

  it("takes backends that take times", () => {
    expect(() => checkProfiles(backend)).not.toThrow();
    expect(() => checkProfiles(reference())).toThrow(
      "--profile does not fit: the reference backend takes no times",
    );
  });
});

describe("recordWork", () => {
  it("keeps the first runs, and ends its profile where the work fails", async () => {
    const work = async () => {
      for (let run = 0; run < 5; run++) await tensor([run, 2]).exp().data();
      return "done";
    };
    const { result, recording } = await recordWork(backend, 3, "plan run", work);
    expect(result).toBe("done");
    expect(recording.runs).toHaveLength(3);
    expect(recording.dispatches).toHaveLength(3);
    const failing = recordWork(backend, 3, "plan run", () => Promise.reject(new Error("no")));
    await expect(failing).rejects.toThrow("no");
    expect((await recordWork(backend, 9, "plan run", work)).recording.runs).toHaveLength(5);
  });
});

const dispatch = (name: string, start: number, duration: number, bytes: number, flops: number): Dispatch => ({
  step: { name, label: `net/${name}`, kind: "matmul", shape: "[2,3] [3,4] -> [2,4]", bytes, flops },
  start,
  duration,
});
const recording: Recording = {
  device: "wasm, 2 threads",
  kind: "training step",
  origin: 17,
  steps: [{ start: 0, duration: 1200 }],
  runs: [{ steps: 3, start: 10, duration: 1100 }],
  dispatches: [
    dispatch("cheap", 10, 100, 4000, 0),
    dispatch("dear", 110, 600, 3_000_000, 60_000_000),
    dispatch("dear", 710, 300, 3_000_000, 60_000_000),
  ],
};

describe("chromeTrace", () => {
  it("has a row each for steps, plans and dispatches, and rates with each dispatch", () => {
    const { traceEvents, displayTimeUnit } = JSON.parse(chromeTrace(recording, "hekla train net"));
    expect(displayTimeUnit).toBe("ms");
    const named = (name: string) => traceEvents.filter((event: { name: string }) => event.name === name);
    expect(named("process_name")[0].args.name).toBe("hekla train net");
    expect(named("thread_name").map((event: { args: { name: string } }) => event.args.name)).toEqual([
      "training steps",
      "plans",
      "wasm, 2 threads",
    ]);
    expect(named("dear")[0]).toEqual({
      ...{ ph: "X", pid: 1, tid: 3, name: "dear", cat: "matmul", ts: 110, dur: 600 },
      args: {
        label: "net/dear",
        shape: "[2,3] [3,4] -> [2,4]",
        bytes: 3_000_000,
        flops: 60_000_000,
        "GB/s": 5,
        "GFLOP/s": 100,
      },
    });
    for (const event of traceEvents) expect(["M", "X"]).toContain(event.ph);
  });
});

describe("the table", () => {
  it("puts equal dispatches together, the costliest first, with shares of all", () => {
    const rows = costliest(recording.dispatches, 10);
    expect(rows.map(({ name, calls }) => [name, calls])).toEqual([
      ["dear", 2],
      ["cheap", 1],
    ]);
    expect(rows[0]).toMatchObject({ milliseconds: 0.9, share: 0.9 });
    expect(rows[0]?.gigabytesPerSecond).toBeCloseTo(6_000_000 / 900e3, 9);
    expect(rows[0]?.gigaflopsPerSecond).toBeCloseTo(120_000_000 / 900e3, 9);
    expect(costliest(recording.dispatches, 1)).toHaveLength(1);
    expect(costliest([], 10)).toEqual([]);
  });

  it("says what to do where nothing ran", () => {
    const text = profileTable({ ...recording, dispatches: [], runs: [] }, recordingTerminal());
    expect(text).toBe(
      "profile: 1 training step in 1.20 ms; 0 dispatches took 0.00 us on wasm, 2 threads\n" +
        "nothing ran: --profile-skip takes later steps of a training\n",
    );
  });

  it("fits into the terminal", () => {
    const text = (columns: number) => profileTable(recording, recordingTerminal({ columns }));
    expect(text(200)).toBe(
      "profile: 1 training step in 1.20 ms; 3 dispatches took 1.00 ms on wasm, 2 threads\n" +
        "  share   calls        ms    GB/s  GFLOP/s  dispatch\n" +
        " 90.0 %       2      0.90     6.7    133.3  dear net/dear [2,3] [3,4] -> [2,4]\n" +
        " 10.0 %       1      0.10     0.0      0.0  cheap net/cheap [2,3] [3,4] -> [2,4]\n",
    );
    for (const line of text(60).split("\n").slice(1)) expect(line.length).toBeLessThanOrEqual(60);
    expect(text(60)).toContain("dear net/dear […");
    expect(text(20)).toContain("133.3");
  });
});
