import { execFileSync } from "node:child_process";

/**
 * Register-only SIMD128 peak in GFLOP/s: with `mul` and `add`, and with `relaxed_madd` (0 where there is
 * none).
 */
export interface Peak {
  plain: number;
  fused: number;
}

/** What the probe says: the peak of one thread, and of all at the same time. */
export interface PeakMessage {
  type: "peak";
  one: Peak;
  all: Peak;
}

/** Runs the probe, a process of its own; about a second. */
export function measurePeak(program: string, threads: number): PeakMessage {
  const text = execFileSync(process.execPath, [program, String(threads)], { encoding: "utf8" });
  return JSON.parse(text) as PeakMessage;
}

/** The larger of two probes of the same machine, figure by figure: disturbance only ever lowers them. */
export function largerPeak(a: PeakMessage, b: PeakMessage): PeakMessage {
  const larger = (x: Peak, y: Peak): Peak => ({
    plain: Math.max(x.plain, y.plain),
    fused: Math.max(x.fused, y.fused),
  });
  return { type: "peak", one: larger(a.one, b.one), all: larger(a.all, b.all) };
}
