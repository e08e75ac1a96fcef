import { describe, expect, it } from "vitest";
import { formatAgreement, formatTable, makeRows } from "./report.js";
import type { CaseResult } from "./runner.js";
import { median, relativeDifference } from "./statistics.js";

function result(peer: string, times: number[][], losses: number[], note?: string): CaseResult {
  return {
    peer,
    case: "mlp",
    version: peer,
    detail: "",
    threads: 2,
    samples: times.flatMap((round, index) =>
      round.map((milliseconds) => ({ round: index, milliseconds, loss: null })),
    ),
    losses,
    first: [9],
    peakBytes: [200 * 2 ** 20],
    bareBytes: [50 * 2 ** 20],
    note,
  };
}

describe("statistics", () => {
  it("takes the middle value", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(median([])).toBeNaN();
  });

  it("finds the largest relative difference and does not accept NaN", () => {
    expect(relativeDifference([1, 2], [1, 2.2, 9])).toBeCloseTo(0.2 / 2.2);
    expect(relativeDifference([1], [Number.NaN])).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("the report", () => {
  const hekla = result(
    "hekla",
    [
      [2, 2, 2],
      [4, 4, 4],
    ],
    [2.3, 2.2],
  );
  const slow = result(
    "slow",
    [
      [20, 20],
      [20, 20],
    ],
    [2.3, 2.2001],
  );

  it("compares within rounds, so that a slow phase of the machine does not distort the ratio", () => {
    const [home, other] = makeRows([hekla, slow], () => 3e6, 128);
    expect(home!.ratio).toBe(1);
    expect(other!.ratioMin).toBe(5);
    expect(other!.ratioMax).toBe(10);
    expect(other!.bestRatio).toBe(10);
    expect(home!.gigaflopsPerSecond).toBeCloseTo(3e6 / 3e-3 / 1e9);
    expect(home!.samplesPerSecond).toBeCloseTo(128 / 3e-3);
    expect(home!.aboveNodeMegabytes).toBe(150);
  });

  it("shows peers that cannot as sentences", () => {
    const text = formatTable(
      makeRows([hekla, result("none", [], [], "cannot: no kernel")], () => 1, 1),
      true,
    );
    expect(text).toContain("mlp, none: cannot: no kernel");
    expect(text.split("\n").filter((line) => line.includes("none"))).toHaveLength(1);
  });

  it("notices a peer that computes something else", () => {
    expect(formatAgreement(makeRows([hekla, slow], () => 1, 1))).toMatch(/^Same work/);
    const wrong = result("wrong", [[1]], [2.3, 2.1]);
    expect(formatAgreement(makeRows([hekla, wrong], () => 1, 1))).toMatch(/^NOT the same work: .*wrong/);
  });
});
