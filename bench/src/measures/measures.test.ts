import { describe, expect, it } from "vitest";
import type { BandwidthResult } from "../results.js";
import { caseResult, quiet, scale } from "../testing/results.js";
import { BANDWIDTH_CASES, SCALAR, SIZES } from "./bandwidth-cases.js";
import { bandwidthSection } from "./bandwidth-run.js";
import { LOOPS, makeLoops, shareOf, TURN } from "./loops-by-hand.js";
import { largerPeak } from "./peak-run.js";
import { pointFlops, SCALE_AXES } from "./scale-axes.js";
import { costRise, scaleFigures, scaleSection } from "./scale-run.js";
import { startupSection } from "./startup-run.js";

describe("loops by hand", () => {
  it("copy and add what they say, and nothing beyond their bytes", () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const floats = new Float32Array(memory.buffer);
    const loops = makeLoops(memory, 1);
    const bytes = 2 * TURN;
    const count = bytes / 4;
    for (let index = 0; index < 1024; index++) floats[1024 + index] = index + 1;
    const [a, b, y] = [4096, 4096 + bytes, 4096 + 2 * bytes];
    for (const name of LOOPS) {
      floats.fill(-1, y / 4, y / 4 + count + 1);
      loops[name](y, a, b, bytes);
      for (let index = 0; index < count; index++) {
        const [left, right] = [index + 1, count + index + 1];
        expect(floats[y / 4 + index]).toBe(name === "copy" ? left : left + SCALAR * right);
      }
      expect(floats[y / 4 + count]).toBe(-1);
    }
  });

  it("are shared without gap or overlap", () => {
    for (const { bytes } of SIZES) {
      const shares = [0, 1, 2].map((thread) => shareOf(bytes, thread, 3));
      expect(shares.map(({ begin }) => begin)).toEqual([0, shares[0]!.end, shares[1]!.end]);
      expect(shares[2]!.end).toBe(bytes);
      for (const { begin } of shares) expect(begin % TURN).toBe(0);
    }
  });
});

describe("bandwidth", () => {
  it("counts every array that is read or written", () => {
    const bytesOf = (name: string) => BANDWIDTH_CASES.find((entry) => entry.name === name)!.bytes;
    expect(bytesOf("triad 64 MiB")).toBe(3 * 2 ** 26);
    expect(bytesOf("sum 8 KiB")).toBe(2 ** 13);
  });

  it("is shown in GB/s, and as a part of the loops by hand with as many threads", () => {
    const result: BandwidthResult = {
      kind: "bandwidth",
      name: "bandwidth",
      title: "bandwidth",
      conditions: quiet,
      rounds: 1,
      bytes: { "copy 1": 1e6 },
      cases: [caseResult("hekla", "copy 1", 0.1), caseResult("by hand", "copy 1", 0.08)],
    };
    const { headings, lines } = bandwidthSection(result).table;
    const cell = (heading: string) => lines[0]![headings.indexOf(heading)];
    expect(cell("hekla, GB/s")).toBe("10.0");
    expect(cell("by hand, GB/s")).toBe("12.5");
    expect(cell("hekla / by hand")).toBe("80 %");
    expect(cell("hekla-one / by hand-one")).toBe("-");
    expect(cell("hekla us/call")).toBe("100");
  });
});

describe("scale", () => {
  const result = scale("axis", [
    [1, 4],
    [2, 2],
    [4, 8],
  ]);

  it("divides by what a step does", () => {
    const figures = scaleFigures(result);
    expect(figures.map(({ microsecondsPerUnit }) => microsecondsPerUnit)).toEqual([4000, 1000, 2000]);
    expect(figures[1]!.gigaflopsPerSecond).toBeCloseTo(1);
    expect(costRise(figures)).toEqual({ factor: 2, at: 4 });
    expect(scaleSection(result).after[0]).toContain("2.00 times, at 4");
  });

  it("leaves out points without a figure", () => {
    const cases = result.cases.map((entry, index) => (index === 0 ? { ...entry, samples: [] } : entry));
    expect(scaleFigures({ ...result, cases }).map(({ value }) => value)).toEqual([2, 4]);
  });

  it("has axes whose steps grow in arithmetic, and for batches in nothing else", () => {
    for (const { points, unitsOf } of SCALE_AXES) {
      const flops = points.map(pointFlops);
      expect(flops).toEqual([...flops].sort((a, b) => a - b));
      expect(new Set(points.map(unitsOf)).size).toBe(points.length);
    }
    const batches = SCALE_AXES[0]!.points;
    expect(pointFlops(batches.at(-1)!) / pointFlops(batches[0]!)).toBe(1024);
  });
});

it("start-up is shown beside this project's, with reasons for what is missing", () => {
  const { table, after } = startupSection({
    kind: "startup",
    name: "startup",
    title: "start-up",
    conditions: quiet,
    rounds: 3,
    works: [
      { work: "mlp", peer: "hekla", milliseconds: [100, 300, 200], note: undefined },
      { work: "mlp", peer: "other", milliseconds: [500], note: undefined },
      { work: "cnn", peer: "other", milliseconds: [], note: "cannot" },
    ],
  });
  expect(table.lines).toEqual([
    ["mlp", "hekla", "200", "100..300", "1.00"],
    ["mlp", "other", "500", "500..500", "2.50"],
  ]);
  expect(after).toEqual(["cnn, other: cannot"]);
});

it("the peak is the better of two probes, figure by figure", () => {
  const one = { plain: 10, fused: 30 };
  const two = { plain: 20, fused: 25 };
  const both = { plain: 20, fused: 30 };
  expect(largerPeak({ type: "peak", one, all: two }, { type: "peak", one: two, all: one })).toEqual({
    type: "peak",
    one: both,
    all: both,
  });
});
