// Packs the packages as npm would publish them, installs the tarballs into an empty folder, checks the types strictly
// (skipLibCheck off) and trains a small network on the oldest and a current Node.
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeCommand } from "./node-version.mjs";
import { ensureBuilt, environment, root, run, tool } from "./workspace.mjs";

const packages = ["tensor", "kernels-wasm", "layers", "optim", "datasets", "zoo"];
const nodeVersions = [20, 24];

ensureBuilt("./packages/*", "build");
const folder = mkdtempSync(join(tmpdir(), "hekla-consumer-"));
const inFolder = { cwd: folder, env: { ...environment, HEKLA_DATA_DIR: "" } };
let passed = 0;
let failed = 0;
try {
  main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

function main() {
  const paths = packages.map((name) => join(root, "packages", name));
  const packing = ["pack", "--silent", "--pack-destination", folder, ...paths];
  if (!step("npm pack", run("npm", packing, { stdio: ["ignore", "ignore", "inherit"] }))) return;
  const tarballs = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  writeFileSync(join(folder, "package.json"), '{ "name": "consumer", "private": true, "type": "module" }\n');
  cpSync(join(root, "scripts/consumer"), folder, { recursive: true });
  const installing = [
    "install",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
    ...tarballs.map((t) => `./${t}`),
  ];
  if (!step(`install ${tarballs.length} tarballs into an empty folder`, run("npm", installing, inFolder)))
    return;
  const compile = (...options) =>
    run(process.execPath, [tool("typescript/bin/tsc"), "-p", ".", ...options], inFolder);
  const inPage = ["--noEmit", "--lib", "ES2022,DOM", "--module", "ESNext", "--moduleResolution", "bundler"];
  step("strict types, skipLibCheck off, as in a page (DOM, no @types/node)", compile(...inPage));
  const inNode = ["--types", "node", "--typeRoots", tool("@types")];
  if (!step("strict types, skipLibCheck off, as in Node (@types/node, no DOM)", compile(...inNode))) return;
  for (const major of nodeVersions) {
    const [command, ...args] = nodeCommand(major);
    step(`train on Node ${major}`, run(command, [...args, "out/train.js"], inFolder));
  }
}

function step(name, status) {
  process.stdout.write(`${status === 0 ? "ok  " : "FAIL"} ${name}\n`);
  if (status === 0) passed++;
  else failed++;
  return status === 0;
}
