import { arch, availableParallelism, cpus, loadavg, platform } from "node:os";

/** What the figures depend on besides the programs. */
export interface Machine {
  processor: string;
  cores: number;
  system: string;
  node: string;
  v8: string;
  load: number;
}

/** Describes this machine; `load` is the one-minute load average, 0 where the system has none. */
export function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    system: `${platform()} ${arch()}`,
    node: process.versions.node,
    v8: process.versions.v8,
    load: loadavg()[0]!,
  };
}

/** The machine in a sentence, with a warning where something else was running before the benchmark began. */
export function formatMachine(machine: Machine): string {
  const line =
    `${machine.processor}, ${machine.cores} core(s), ${machine.system}, Node ${machine.node} (V8 ${machine.v8}), ` +
    `load ${machine.load.toFixed(2)} at the start`;
  if (machine.load < 0.5) return line;
  return `${line}\nwarning: the machine is not quiet; absolute times are noise, ratios within a round hold better`;
}
