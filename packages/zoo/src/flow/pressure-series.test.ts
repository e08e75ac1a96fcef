import { HostRandom } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { codeWindows, firstFrames, framesOf } from "./latent-codes.js";
import { fieldAnimation, fieldPictures } from "./pressure-pictures.js";
import { mirror, pressureSeries, solverTimes } from "./pressure-series.js";

const small = { grid: 16, simulations: 2, frames: 3, stepsPerFrame: 1, seed: 1 };

describe("pressureSeries", () => {
  it("gives fields of mean 0 that depend on part, seed and number alone", async () => {
    const { fields, source } = await pressureSeries({ ...small, part: "train" });
    expect(fields.shape).toEqual([2, 3, 1, 16, 16]);
    expect(source).toBe("solver, rising smoke, 16 x 16 cells");
    for (let from = 0; from < fields.data.length; from += 256) {
      const field = fields.data.subarray(from, from + 256);
      expect((field as Float32Array).reduce((sum, value) => sum + value, 0) / 256).toBeCloseTo(0, 6);
      expect(Math.max(...field)).toBeGreaterThan(0.01);
    }
    const second = await pressureSeries({ ...small, part: "train", simulations: 1, first: 1 });
    expect(second.fields.data).toEqual(fields.data.subarray(3 * 256));
    for (const other of [{ part: "train", seed: 2 }, { part: "validation" }, { part: "test" }] as const) {
      expect((await pressureSeries({ ...small, ...other })).fields.data).not.toEqual(fields.data);
    }
    const tests = await pressureSeries({ ...small, part: "test" });
    expect((await pressureSeries({ ...small, part: "test", seed: 2 })).fields.data).toEqual(
      tests.fields.data,
    );
  });

  it("skips steps between frames, and ends where it is told to", async () => {
    const dense = await pressureSeries({ ...small, part: "train", frames: 5 });
    const sparse = await pressureSeries({ ...small, part: "train", stepsPerFrame: 2 });
    expect(sparse.fields.data.subarray(256, 512)).toEqual(dense.fields.data.subarray(512, 768));
    const controller = new AbortController();
    controller.abort();
    const ended = await pressureSeries({ ...small, part: "train", signal: controller.signal });
    expect(ended.fields.shape[0]).toBe(1);
  });

  it("times the solver frame by frame", () => {
    const times = solverTimes({ grid: 16, stepsPerFrame: 1, given: 2, horizon: 4 });
    expect(times).toHaveLength(4);
    expect(Math.min(...times)).toBeGreaterThan(0);
  });
});

describe("series of codes", () => {
  const codes = (from: number) => ({
    data: Float32Array.from({ length: 2 * 6 * 3 }, (_, at) => from + at),
    shape: [2, 6, 3],
  });

  it("windows are parts of one series each, of both lists, at every place", () => {
    const batches = codeWindows([codes(0), codes(1000)], { frames: 4, batchSize: 5, seed: 1 });
    const starts = new Set<number>();
    for (let batch = 0; batch < 20; batch++) {
      const [{ data, shape }] = batches.next().value as readonly [{ data: Float32Array; shape: number[] }];
      expect(shape).toEqual([5, 4, 3]);
      for (let sample = 0; sample < 5; sample++) {
        const own = data.subarray(sample * 12, sample * 12 + 12);
        for (const [at, value] of own.entries()) expect(value).toBe(own[0]! + at);
        starts.add(own[0]!);
      }
    }
    const places = [0, 3, 6, 18, 21, 24];
    expect([...starts].sort((a, b) => a - b)).toEqual([...places, ...places.map((at) => 1000 + at)]);
  });

  it("first frames, all frames, mirrored rows", () => {
    const { data, shape } = firstFrames(codes(0), 2);
    expect([Array.from(data), shape]).toEqual([
      [0, 1, 2, 3, 4, 5, 18, 19, 20, 21, 22, 23],
      [2, 2, 3],
    ]);
    expect(framesOf(codes(0)).shape).toEqual([12, 3]);
    const rows = Float32Array.of(1, 2, 3, 4, 5, 6);
    mirror(rows, 3);
    expect(Array.from(rows)).toEqual([3, 2, 1, 6, 5, 4]);
  });
});

describe("pictures of fields", () => {
  const random = new HostRandom(1, "field");
  const truth = { data: Float32Array.from({ length: 3 * 64 }, () => random.normal()), shape: [3, 8, 8] };

  it("show solver, network and difference of some frames", async () => {
    const errors = [0.1, 0.2, 0.3];
    const same = await fieldPictures("fields", { truth, foreseen: truth }, [1, 3], errors);
    const images = [...same.matchAll(/base64,([^"]+)"/g)].map(([, image]) => image);
    expect(images).toHaveLength(6);
    // Rows of two: the network's are the solver's, and all differences are one color.
    expect(images.slice(2, 4)).toEqual(images.slice(0, 2));
    expect(images[4]).toBe(images[5]);
    expect(images[0]).not.toBe(images[1]);
    expect(same).toContain("frame +3");
    expect(same).toContain("error 0.30");
  });

  it("move through all frames", async () => {
    const moving = await fieldAnimation("fields", { truth, foreseen: truth });
    expect(moving.match(/<animate /g)).toHaveLength(3);
    expect(moving).toContain('values="0;-8;-16"');
  });
});
