// Weighs what a user ships: bundles small apps from the built packages, tree-shaken and minified, and gzips them.
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { ensureBuilt, root } from "./workspace.mjs";

/** Entry, gzip limit in KB (1000 bytes), and packages that may add at most so many bytes before gzip. */
const apps = [
  { name: "MLP app", entry: "scripts/bundle/mlp.ts", limit: 60, share: {} },
  { name: "digits without tensors", entry: "scripts/bundle/digits.ts", limit: 10, share: { tensor: 2000 } },
];

const listsFiles = process.argv.includes("--files"); // npm run bundle -- --files
ensureBuilt("./packages/*");
let failed = 0;
for (const { name, entry, limit, share } of apps) {
  if (listsFiles) await listFiles(entry);
  const result = await bundle(entry);
  const size = gzipSync(result.outputFiles[0].contents, { level: 9 }).length;
  const bytes = bytesByPackage(result.metafile);
  const parts = Object.entries(bytes).map(([part, count]) => `${part} ${count}`);
  report(
    size <= limit * 1000,
    `${name}: ${(size / 1000).toFixed(1)} KB gzip, at most ${limit} (minified bytes: ${parts.join(", ")})`,
  );
  for (const [part, most] of Object.entries(share)) {
    report((bytes[part] ?? 0) <= most, `${name}: ${bytes[part] ?? 0} bytes of ${part}, at most ${most}`);
  }
}
process.exitCode = failed === 0 ? 0 : 1;

function bundle(entry, conditions) {
  return build({
    entryPoints: [join(root, entry)],
    bundle: true,
    minify: true,
    treeShaking: true,
    write: false,
    metafile: true,
    format: "esm",
    target: "es2022",
    platform: "browser",
    external: ["node:*"],
    absWorkingDir: root,
    logLevel: "warning",
    ...(conditions && { conditions }),
  });
}

/** Prints the largest source files of a bundle. */
async function listFiles(entry) {
  const { metafile } = await bundle(entry, ["@hekla/source"]);
  const files = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs));
  const largest = files.sort(([, a], [, b]) => b.bytesInOutput - a.bytesInOutput).slice(0, 40);
  for (const [path, { bytesInOutput }] of largest) process.stdout.write(`${bytesInOutput}\t${path}\n`);
}

function report(ok, text) {
  process.stdout.write(`${ok ? "ok  " : "FAIL"} ${text}\n`);
  if (!ok) failed++;
}

/** Minified bytes each package adds to the only output. */
function bytesByPackage(metafile) {
  const totals = {};
  for (const output of Object.values(metafile.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(output.inputs)) {
      const part = path.match(/packages\/([^/]+)\//)?.[1] ?? "app";
      totals[part] = (totals[part] ?? 0) + bytesInOutput;
    }
  }
  return totals;
}
