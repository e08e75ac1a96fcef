import {
  type ConformanceOptions,
  describeFailure,
  modes,
  partsOf,
  runConformance,
  samples,
} from "@hekla/conformance";
import type { Backend } from "@hekla/tensor";

/** What came of the sample table, and what was to come of it: every sample in every part and mode. */
export interface Conformance {
  readonly samples: number;
  readonly checks: number;
  readonly skipped: number;
  readonly expected: { readonly samples: number; readonly checks: number };
  readonly failures: readonly string[];
}

/** Which of how many shares of the sample table; they are about as long. */
export interface Share {
  readonly part: number;
  readonly parts: number;
}

/** The sample table, or a share of it, on a backend against the reference backend. */
export async function conformanceOf(
  make: () => Backend | Promise<Backend>,
  options: ConformanceOptions = {},
  { part, parts }: Share = { part: 0, parts: 1 },
): Promise<Conformance> {
  const ops = [...new Set(samples.map(({ op }) => op))];
  const share = samples.filter(({ op }) => ops.indexOf(op) % parts === part);
  const report = await runConformance(make, { samples: share, ...options });
  return {
    samples: report.samples,
    checks: report.checks,
    skipped: report.skipped.length,
    expected: { samples: samples.length, checks: samples.flatMap(partsOf).length * modes.length },
    failures: report.failures.map(describeFailure),
  };
}
