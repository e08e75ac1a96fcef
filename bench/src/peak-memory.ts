import { readFileSync } from "node:fs";

/**
 * Largest resident set of this process so far, in bytes.
 *
 * On Linux from VmHWM: `resourceUsage().maxRSS` starts at the parent's value after fork and exec.
 */
export function peakMemory(): number {
  if (process.platform === "linux") {
    const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"));
    if (line) return Number(line[1]) * 1024;
  }
  return process.resourceUsage().maxRSS * 1024;
}
