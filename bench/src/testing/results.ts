import type { BundleResult, ComparisonResult, Conditions, ScaleResult, StartupResult } from "../results.js";
import type { CaseResult } from "../runner.js";

/** Conditions of a quiet machine whose one thread reaches 50 GFLOP/s, 40 without fused multiply-add. */
export const quiet: Conditions = {
  date: "2026-01-02T03:04:05.000Z",
  threads: 2,
  machine: {
    processor: "Test",
    cores: 2,
    memoryGigabytes: 8,
    system: "none",
    node: "20.0.0",
    v8: "11",
    load: 0.1,
    busyCores: 0.01,
  },
  peak: { type: "peak", one: { plain: 40, fused: 50 }, all: { plain: 80, fused: 100 } },
};

/** Conditions of a machine on which something else ran. */
export const disturbed: Conditions = { ...quiet, machine: { ...quiet.machine, busyCores: 1.5 } };

/** A peer's result on a case with one round of equal steps. */
export function caseResult(
  peer: string,
  name: string,
  milliseconds: number,
  more: Partial<CaseResult> = {},
): CaseResult {
  return {
    peer,
    case: name,
    version: peer,
    detail: "",
    threads: 1,
    samples: [{ round: 0, milliseconds, loss: 1 }],
    losses: [1],
    first: [milliseconds],
    peakBytes: [150 * 2 ** 20],
    bareBytes: [50 * 2 ** 20],
    note: undefined,
    ...more,
  };
}

/** A comparison of these results; every step has 1 GFLOP and 10 samples. */
export function comparison(name: string, cases: CaseResult[], conditions = quiet): ComparisonResult {
  const amounts = Object.fromEntries(cases.map((result) => [result.case, { flops: 1e9, samples: 10 }]));
  const title = `work ${name}`;
  return {
    kind: "comparison",
    name,
    title,
    conditions,
    rounds: 1,
    steps: 1,
    warmup: 0,
    batch: 10,
    amounts,
    cases,
  };
}

/** A work along an axis with one unit a step for each value, from pairs of value and milliseconds. */
export function scale(name: string, points: readonly (readonly [number, number])[]): ScaleResult {
  return {
    kind: "scale",
    name,
    title: `growing ${name}`,
    work: "MLP",
    axis: "batch (samples)",
    unit: "sample",
    conditions: quiet,
    rounds: 1,
    points: points.map(([value]) => ({ value, units: value, flops: value * 1e6 })),
    cases: points.map(([value, milliseconds]) => caseResult("hekla", String(value), milliseconds)),
  };
}

/** Start-up times of this project's MLP. */
export function startup(milliseconds: number[]): StartupResult {
  const works = [{ work: "mlp", peer: "hekla", milliseconds, note: undefined }];
  return { kind: "startup", name: "startup", title: "start-up", conditions: quiet, rounds: 3, works };
}

/** The size of this project's app. */
export function bundle(start: number): BundleResult {
  const apps = [{ name: "hekla", start, later: 1, files: 0 }];
  return { kind: "bundle", name: "bundle", title: "size", conditions: quiet, apps };
}
