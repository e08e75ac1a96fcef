import type { ConformanceOptions } from "./run-conformance.js";

/** What WGSL promises less than IEEE 754. Source: WGSL, sections 15.7.3 and 15.7.4.1. */
export const wgslAllowances = {
  flushesSubnormals: true,
  // Quotients to 2.5 units in the last place.
  allowances: { divide: { ulp: 3 } },
} as const satisfies ConformanceOptions;
