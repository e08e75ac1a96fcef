// Bundles a benchmark from source and runs it: node packages/kernels-webgpu/bench/run.mjs products [small]
// [plain] [part of a name...]
// On a processor that plays a GPU: "small", and "gpu" to run the kernels for GPUs all the same.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const entries = ["products"];
const words = process.argv.slice(2);
const entry = entries.includes(words[0]) ? words.shift() : entries[0];
// Inside of the project, as the optional package "webgpu" is looked for from there.
const folder = mkdtempSync(join(import.meta.dirname, "../../../node_modules/.hekla-bench-"));
const outfile = join(folder, "benchmark.mjs");
try {
  await build({
    entryPoints: [join(import.meta.dirname, `${entry}.ts`)],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    conditions: ["@hekla/source"],
    external: ["webgpu"],
    logLevel: "warning",
  });
  const { status } = spawnSync(process.execPath, [outfile, ...words], { stdio: "inherit" });
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true });
}
