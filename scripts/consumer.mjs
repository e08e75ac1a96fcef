// Packs the packages as npm would publish them, installs the tarballs into an empty folder, checks the types of the
// programs in scripts/consumer and of the READMEs' examples strictly (skipLibCheck off), and runs the programs on the
// oldest and a current Node.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeCommand } from "./node-version.mjs";
import { hiddenTypes } from "./public-types.mjs";
import { ensureBuilt, environment, root, run, tool } from "./workspace.mjs";

const packages = ["tensor", "kernels-wasm", "kernels-webgpu", "layers", "optim", "datasets", "zoo"];
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
  const surplus = packages.flatMap((name) =>
    readdirSync(installed(name), { recursive: true })
      .filter((file) => /[.]test[.]|(^|\/)(testing|fixtures|goldens)\//.test(file))
      .map((file) => `${name}/${file}`),
  );
  step("no tests in the tarballs", report(surplus));
  const entries = packages.map((name) => join(installed(name), "dist/index.d.ts"));
  step("types in public signatures are exported", report(hiddenTypes(entries)));
  writeReadmeExamples();
  const compile = (project, ...options) =>
    run(process.execPath, [tool("typescript/bin/tsc"), "-p", project, ...options], inFolder);
  const withNode = ["--types", "node", "--typeRoots", tool("@types")];
  step("strict types, as in a page (DOM, no @types/node, bundler)", compile("tsconfig.page.json"));
  step("strict types of the READMEs' examples", compile("tsconfig.readmes.json", ...withNode));
  if (!step("strict types, as in Node (@types/node, no DOM, nodenext)", compile(".", ...withNode))) return;
  for (const major of nodeVersions) {
    const [command, ...args] = nodeCommand(major);
    step(`train on Node ${major}`, run(command, [...args, "out/train.js"], inFolder));
    step(`run all programs on Node ${major}`, run(command, [...args, "out/programs.js"], inFolder));
  }
}

function installed(name) {
  return join(folder, "node_modules/@hekla", name);
}

/** Prints what is wrong; the status is that of a process. */
function report(lines) {
  for (const line of lines) process.stdout.write(`  ${line}\n`);
  return lines.length === 0 ? 0 : 1;
}

/** Each example of a README becomes a module. */
function writeReadmeExamples() {
  mkdirSync(join(folder, "readmes"));
  for (const name of packages) {
    const text = readFileSync(join(installed(name), "README.md"), "utf8");
    const examples = [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => match[1]);
    examples.forEach((example, index) => {
      writeFileSync(join(folder, "readmes", `${name}-${index + 1}.ts`), example);
    });
  }
}

function step(name, status) {
  process.stdout.write(`${status === 0 ? "ok  " : "FAIL"} ${name}\n`);
  if (status === 0) passed++;
  else failed++;
  return status === 0;
}
