import { bundle } from "./install.js";
import { describeMachine, isQuiet } from "./machine.js";
import { largerPeak, measurePeak } from "./measures/peak-run.js";
import type { Conditions } from "./results.js";
import type { Settings } from "./settings.js";

/**
 * Looks at the machine, does the work, and looks again: what was measured, with the conditions that it was
 * under.
 */
export async function underConditions<T extends object>(
  settings: Settings,
  work: () => Promise<T>,
): Promise<T & { conditions: Conditions }> {
  const { threads } = settings;
  const probe = await bundle(settings.bench, "src/measures/register-peak.ts");
  const machine = await describeMachine();
  const date = new Date().toISOString();
  const before = measurePeak(probe, threads);
  const measured = await work();
  const peak = largerPeak(before, measurePeak(probe, threads));
  return { ...measured, conditions: { date, machine, threads, peak } };
}

/**
 * When, with how many threads, how quiet the machine was and how fast it is: a sentence, and a warning
 * where due.
 */
export function formatConditions({ date, machine, threads, peak }: Conditions): string[] {
  const rate = (name: "plain" | "fused") => `${peak.one[name].toFixed(1)} and ${peak.all[name].toFixed(1)}`;
  const line =
    `${date.slice(0, 16).replace("T", " ")} UTC, ${threads} thread(s). Before it: load ` +
    `${machine.load.toFixed(2)}, ` +
    `${machine.busyCores.toFixed(2)} core(s) busy with other programs. Register-only SIMD128 peak on 1 ` +
    `and on ${threads} ` +
    `thread(s): ${rate("plain")} GFLOP/s with mul + add, ${rate("fused")} with relaxed_madd.`;
  if (isQuiet(machine)) return [line];
  return [
    line,
    "**Warning: the machine was not quiet.** Absolute times are noise; ratios within a round hold better.",
  ];
}
