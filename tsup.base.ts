import type { Options } from "tsup";

/** Settings shared by every package: ESM for Node 20 and current browsers, types come from tsc. */
export function library(entry: string[]): Options {
  return {
    entry,
    format: ["esm"],
    target: "es2022",
    platform: "neutral",
    dts: false,
    sourcemap: true,
    splitting: true,
    clean: false,
  };
}
