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

/** The whole sample table on a backend against the reference backend. */
export async function conformanceOf(
  make: () => Backend | Promise<Backend>,
  options: ConformanceOptions = {},
): Promise<Conformance> {
  const report = await runConformance(make, { samples, ...options });
  return {
    samples: report.samples,
    checks: report.checks,
    skipped: report.skipped.length,
    expected: { samples: samples.length, checks: samples.flatMap(partsOf).length * modes.length },
    failures: report.failures.map(describeFailure),
  };
}
