// node packages/zoo/bench/run.mjs NAME [ARGS]: bundles NAME.ts from source, as it stands, and runs it.
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const [name = "data-parallel"] = process.argv.slice(2);
// Inside of the project, as the optional package "webgpu" is looked for from there.
const folder = mkdtempSync(
  fileURLToPath(new URL("../../../node_modules/.hekla-zoo-bench-", import.meta.url)),
);
const outfile = join(folder, "main.mjs");
await build({
  entryPoints: [join(fileURLToPath(new URL(".", import.meta.url)), `${name}.ts`)],
  outfile,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  conditions: ["@hekla/source"],
  logLevel: "warning",
});
try {
  await import(pathToFileURL(outfile).href);
} finally {
  rmSync(folder, { recursive: true });
}
