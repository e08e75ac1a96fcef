import { arch, availableParallelism, cpus, loadavg, platform, totalmem } from "node:os";
import { setTimeout } from "node:timers/promises";

/** What the figures depend on besides the programs. */
export interface Machine {
  processor: string;
  cores: number;
  memoryGigabytes: number;
  system: string;
  node: string;
  v8: string;
  /** The one-minute load average, 0 where the system has none; a work before this one counts in it, too. */
  load: number;
  /** How many cores other programs kept busy while the benchmark itself waited; only this shows quietness. */
  busyCores: number;
}

/** More than this many cores busy with something else, and absolute times cannot be relied upon. */
export const QUIET_CORES = 0.15;

/** Time that all cores were busy, and time that passed on them, in milliseconds. */
function processorTime(): { busy: number; total: number } {
  let busy = 0;
  let total = 0;
  for (const { times } of cpus()) {
    const active = times.user + times.nice + times.sys + times.irq;
    busy += active;
    total += active + times.idle;
  }
  return { busy, total };
}

/** Cores that are busy while this process waits for a moment; 0 where the system does not say. */
async function measureBusyCores(milliseconds: number): Promise<number> {
  const before = processorTime();
  await setTimeout(milliseconds);
  const after = processorTime();
  const total = after.total - before.total;
  return total > 0 ? ((after.busy - before.busy) / total) * cpus().length : 0;
}

/** Describes this machine, and watches it for a second. */
export async function describeMachine(): Promise<Machine> {
  return {
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGigabytes: totalmem() / 2 ** 30,
    system: `${platform()} ${arch()}`,
    node: process.versions.node,
    v8: process.versions.v8,
    load: loadavg()[0]!,
    busyCores: await measureBusyCores(1000),
  };
}

/** Whether nothing else to speak of was running before the benchmark began. */
export function isQuiet(machine: Machine): boolean {
  return machine.busyCores <= QUIET_CORES;
}

/** The machine in a sentence. */
export function formatMachine({ processor, cores, memoryGigabytes, system, node, v8 }: Machine): string {
  return (
    `${processor}, ${cores} core(s), ${memoryGigabytes.toFixed(0)} GiB of memory, ${system}, ` +
    `Node ${node} (V8 ${v8})`
  );
}
