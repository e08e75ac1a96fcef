// Bundles a benchmark from source and runs it: node packages/kernels-wasm/bench/run.mjs [names...] [threads...]
// or: node packages/kernels-wasm/bench/run.mjs convolution-ops
// or: node packages/kernels-wasm/bench/run.mjs bandwidth [threads] [words of case names...]
// or: node packages/kernels-wasm/bench/run.mjs gathered [threads]
// or: node packages/kernels-wasm/bench/run.mjs ulp [stride] [names of functions...]
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

const entries = ["contractions", "convolution-ops", "bandwidth", "ulp", "gathered"];
const words = process.argv.slice(2);
const entry = entries.includes(words[0]) ? words.shift() : entries[0];
const folder = mkdtempSync(join(tmpdir(), "hekla-bench-"));
const outfile = join(folder, "benchmark.mjs");
await build({
  entryPoints: [join(import.meta.dirname, `${entry}.ts`)],
  outfile,
  bundle: true,
  platform: "node",
  format: "esm",
  conditions: ["@hekla/source"],
  logLevel: "warning",
});
const { status } = spawnSync(process.execPath, [outfile, ...words], { stdio: "inherit" });
rmSync(folder, { recursive: true });
process.exitCode = status ?? 1;
