import { describe, expect, it } from "vitest";
import type { PeakMessage } from "./measures/peak-run.js";
import { formatAgreement, makeRows, notesOf, rowTable } from "./report.js";
import type { CaseResult } from "./runner.js";
import { median, relativeDifference } from "./statistics.js";

const amounts = () => ({ flops: 3e6, samples: 128 });
const peak: PeakMessage = { type: "peak", one: { plain: 15, fused: 20 }, all: { plain: 30, fused: 40 } };

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
    const [home, other] = makeRows([hekla, slow], amounts, peak);
    expect(home!.ratio).toBe(1);
    expect(other!.ratioMin).toBe(5);
    expect(other!.ratioMax).toBe(10);
    expect(other!.bestRatio).toBe(10);
    expect(home!.gigaflopsPerSecond).toBeCloseTo(3e6 / 3e-3 / 1e9);
    expect(home!.samplesPerSecond).toBeCloseTo(128 / 3e-3);
    expect(home!.aboveNodeMegabytes).toBe(150);
    expect(home!.registerShare).toBeCloseTo(1 / 40, 6);
  });

  it("holds a peer against the peak of its threads and instructions", () => {
    const plain = { ...hekla, threads: 1, detail: "wasm without relaxed SIMD, 1 thread" };
    expect(makeRows([plain], amounts, peak)[0]!.registerShare).toBeCloseTo(1 / 15, 6);
    expect(makeRows([{ ...plain, detail: "" }], amounts, peak)[0]!.registerShare).toBeCloseTo(1 / 20, 6);
    expect(makeRows([plain], amounts)[0]!.registerShare).toBeNaN();
  });

  it("shows peers that cannot as sentences", () => {
    const rows = makeRows([hekla, result("none", [], [], "cannot: no kernel")], amounts);
    expect(notesOf(rows)).toEqual(["mlp, none: cannot: no kernel"]);
    const { headings, lines } = rowTable(rows);
    expect(lines.map(([, peer]) => peer)).toEqual(["hekla"]);
    expect(lines[0]![headings.indexOf("ms/step median (min..max)")]).toBe("3.00 (2.00..4.00)");
    expect(lines[0]![headings.indexOf("peer/hekla")]).toBe("1.00");
  });

  it("notices a peer that computes something else", () => {
    expect(formatAgreement(makeRows([hekla, slow], amounts))).toMatch(/^Same work/);
    const wrong = result("wrong", [[1]], [2.3, 2.1]);
    expect(formatAgreement(makeRows([hekla, wrong], amounts))).toMatch(/^NOT the same work: .*wrong/);
  });

  it("does not call losses equal that were not compared", () => {
    const random = { ...hekla, losses: [null, null] };
    const text = formatAgreement(makeRows([random, { ...random, peer: "other" }], amounts));
    expect(text).toBe("Same work: each program draws its own dropout, so that losses are not compared.");
  });
});
