import { DataError } from "@hekla/tensor";
import { describe, expect, test } from "vitest";
import { type FlowDataOptions, flowChannels, flowData, writeFlowFrame } from "./flow-data.js";
import { randomFlow } from "./random-flow.js";

const small = { height: 16, width: 20, steps: 5, seed: 1 } as const;

describe("flowData", () => {
  test.each(["plume", "vortices"] as const)("%s: frames that move, all different", (scene) => {
    const { frames, channels, frameTime, millisecondsPerStep, source } = flowData({
      ...small,
      runs: 3,
      scene,
    });
    expect(frames.shape).toEqual([3, 5, 16, 20, 4]);
    expect(channels).toEqual(flowChannels);
    expect(frameTime).toBe(0.05);
    expect(millisecondsPerStep).toBeGreaterThan(0);
    expect(source).toBe(`solver, ${scene}, 16 x 20 cells, seed 1`);
    const length = 16 * 20 * 4;
    const all = Array.from({ length: 15 }, (_, at) => frames.data.subarray(at * length, (at + 1) * length));
    expect(new Set(all.map((frame) => `${frame}`)).size).toBe(15);
    for (const frame of all) {
      expect(frame.every(Number.isFinite)).toBe(true);
      for (let channel = 0; channel < 4; channel += 1) {
        const values = frame.filter((_, at) => at % 4 === channel);
        expect(Math.max(...values) - Math.min(...values)).toBeGreaterThan(0.01);
        expect(Math.max(...values.map(Math.abs))).toBeLessThan(5);
      }
    }
  });

  test("the same seed gives the same bytes; a run depends on its number alone", () => {
    const all = flowData({ ...small, runs: 3 }).frames;
    const length = 5 * 16 * 20 * 4;
    expect(flowData({ ...small, runs: 1, first: 2 }).frames.data).toEqual(all.data.subarray(2 * length));
    expect(flowData({ ...small, runs: 1, seed: 2 }).frames.data).not.toEqual(all.data.subarray(0, length));
  });

  test("eddies come from a stream function: no divergence from the start, no faster than said", () => {
    for (let run = 0; run < 5; run += 1) {
      const flow = randomFlow(1, run, { ...small, scene: "vortices" });
      const fastest = Math.max(...flow.u.map(Math.abs), ...flow.v.map(Math.abs));
      expect(flow.maxDivergence()).toBeLessThan(1e-11);
      expect(fastest).toBeGreaterThanOrEqual(0.5);
      expect(fastest).toBeLessThan(1);
    }
  });

  test("channels that are asked for, steps between frames, steps before the first", () => {
    const frames = flowData({ ...small, runs: 1 }).frames.data;
    const chosen = flowData({
      ...small,
      runs: 1,
      steps: 2,
      stepsPerFrame: 3,
      channels: ["velocityY", "pressure"],
    }).frames;
    expect(chosen.shape).toEqual([1, 2, 16, 20, 2]);
    for (const cell of [0, 100, 319]) {
      expect(chosen.data[320 * 2 + 2 * cell]).toBe(frames[3 * 1280 + 4 * cell + 3]);
      expect(chosen.data[320 * 2 + 2 * cell + 1]).toBe(frames[3 * 1280 + 4 * cell]);
    }
    const flow = randomFlow(1, 0, small);
    for (let step = 0; step < 8; step += 1) flow.step();
    const frame = new Float32Array(1280);
    writeFlowFrame(flow, flowChannels, frame);
    expect(frame).toEqual(frames.subarray(0, 1280));
  });

  test("velocities are the means of a cell's faces", () => {
    const flow = randomFlow(1, 0, { height: 4, width: 5 });
    const frame = new Float32Array(40);
    writeFlowFrame(flow, ["velocityX", "velocityY"], frame);
    // Row 2, column 3: faces 2 * 6 + 3 and 4 to the right of them; 2 * 5 + 3 and one row below.
    expect(frame[2 * 13]).toBe(Math.fround((flow.u[15]! + flow.u[16]!) / 2));
    expect(frame[2 * 13 + 1]).toBe(Math.fround((flow.v[13]! + flow.v[18]!) / 2));
  });

  test.each<[FlowDataOptions, string]>([
    [{ runs: 0 }, "flowData: bad runs, got 0, expected an integer from 1"],
    [{ warmUp: 0 }, "bad warmUp, got 0"],
    [{ stepsPerFrame: 1.5 }, "bad stepsPerFrame, got 1.5"],
    [{ channels: [] }, "bad channels, got [], expected one or more of pressure, smoke, velocityX, velocityY"],
    [{ channels: ["smoke", "smoke"] }, "bad channels, got [smoke,smoke]"],
    [{ runs: 10_000, steps: 1000 }, "too much for memory, got 10000 runs of 1000 frames of 16384 values"],
    [{ height: 2 }, "FlowSolver: bad height, got 2"],
  ])("refuses %j", (options, message) => {
    expect(() => flowData(options)).toThrow(DataError);
    expect(() => flowData(options)).toThrow(message);
  });
});
