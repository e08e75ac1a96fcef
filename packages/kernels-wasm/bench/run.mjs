// Bundles the benchmark from source and runs it: node packages/kernels-wasm/bench/run.mjs [threads...]
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

const folder = mkdtempSync(join(tmpdir(), "hekla-bench-"));
const outfile = join(folder, "contractions.mjs");
await build({
  entryPoints: [join(import.meta.dirname, "contractions.ts")],
  outfile,
  bundle: true,
  platform: "node",
  format: "esm",
  conditions: ["@hekla/source"],
  logLevel: "warning",
});
const { status } = spawnSync(process.execPath, [outfile, ...process.argv.slice(2)], { stdio: "inherit" });
rmSync(folder, { recursive: true });
process.exitCode = status ?? 1;
