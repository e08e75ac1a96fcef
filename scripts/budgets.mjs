// Line budgets: a package stays small enough to read, a file holds one idea. Tests, what only they use (testing/) and
// goldens are not counted.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { root } from "./workspace.mjs";

/**
 * Lines of code (no blanks, no comments) of non-test TypeScript a package may have, a large one by its parts. Raise one
 * only with a reason.
 */
const budgets = [
  { name: "tensor", budget: 6950 },
  { name: "kernels-wasm", budget: 12_000 },
  { name: "kernels-webgpu: kernels of one element a thread", budget: 1900, folders: ["text", "plain"] },
  { name: "kernels-webgpu: WGSL", budget: 2900, folders: ["wgsl", "tuned"] },
  { name: "kernels-webgpu: recurrences", budget: 1200, folders: ["recurrent"] },
  { name: "kernels-webgpu: gpu.js", budget: 3000, folders: ["gpujs"] },
  { name: "kernels-webgpu: runtime", budget: 1500 },
  { name: "layers: layers", budget: 6800, folders: ["layers"] },
  { name: "layers: losses, metrics", budget: 1500, folders: ["losses", "metrics"] },
  { name: "layers: callbacks, event files", budget: 800, folders: ["callbacks", "tensorboard"] },
  { name: "layers: files", budget: 3700, folders: ["files", "formats", "keras"] },
  { name: "layers: training", budget: 1600, folders: ["training"] },
  { name: "layers: models", budget: 1000, folders: ["models"] },
  { name: "layers: what layers share", budget: 1500 },
  { name: "optim", budget: 1600 },
  { name: "datasets: text", budget: 1200, folders: ["text"] },
  { name: "datasets: series", budget: 1100, folders: ["series"] },
  { name: "datasets: spectra, scenes", budget: 1000, folders: ["spectra", "scenes"] },
  { name: "datasets: files, splits", budget: 1600, folders: ["files", "split"] },
  { name: "datasets: digits, pipelines, places", budget: 1500 },
  { name: "zoo: digits", budget: 760, folders: ["digits"] },
  {
    name: "zoo: recurrent",
    budget: 3600,
    folders: ["sentiment", "cells", "forecasting", "motion", "characters"],
  },
  { name: "zoo: translation", budget: 1600, folders: ["translation"] },
  { name: "zoo: autoencoders", budget: 1600, folders: ["autoencoders"] },
  { name: "zoo: hyperspectral", budget: 1400, folders: ["hyperspectral", "data-parallel"] },
  { name: "zoo: gan", budget: 1400, folders: ["gan"] },
  { name: "zoo: flow", budget: 1800, folders: ["flow"] },
  { name: "zoo: reinforcement", budget: 3200, folders: ["reinforcement"] },
  { name: "zoo: plots, linear algebra", budget: 800, folders: ["plots", "linear-algebra"] },
  { name: "zoo: what models share", budget: 500 },
];
const fileBudget = 400;
const sourceRoots = ["packages", "apps", "bench", "scripts"];

function sourceFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      const skipped = ["node_modules", "dist", "goldens", "golden", "fixtures", "testing", ".turbo"].includes(
        entry.name,
      );
      return skipped ? [] : sourceFiles(path);
    }
    const counted = /\.(ts|mts|tsx|mjs|js|svelte)$/.test(entry.name);
    return counted && !/(\.test\.ts|\.d\.ts|golden.*)$/.test(entry.name) ? [path] : [];
  });
}

function lineCount(path) {
  const text = readFileSync(path, "utf8");
  return text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
}

/** Docstrings are wanted, so they are not what a budget saves. */
function codeLineCount(path) {
  const isCode = (line) => !/^\s*($|\/\/|\/?\*)/.test(line);
  return readFileSync(path, "utf8").split("\n").filter(isCode).length;
}

let failed = 0;
function report(ok, text) {
  process.stdout.write(`${ok ? "ok  " : "FAIL"} ${text}\n`);
  if (!ok) failed++;
}

for (const { name, budget, folders } of budgets) {
  const [part] = name.split(":");
  const source = join(root, "packages", part, "src");
  // A part without folders is what the other parts of its package leave.
  const taken = budgets
    .filter((other) => other.name.startsWith(`${part}:`))
    .flatMap((other) => other.folders ?? []);
  const inside = (path) => {
    const [folder] = relative(source, path).split(sep);
    return folders ? folders.includes(folder) : !taken.includes(folder);
  };
  const files = sourceFiles(source).filter((path) => path.endsWith(".ts") && inside(path));
  const lines = files.reduce((sum, path) => sum + codeLineCount(path), 0);
  report(lines <= budget, `packages/${name}: ${lines} of ${budget} lines in ${files.length} files`);
}
for (const path of sourceRoots.flatMap((folder) => sourceFiles(join(root, folder)))) {
  const lines = lineCount(path);
  if (lines > fileBudget)
    report(false, `${relative(root, path)}: ${lines} lines, at most ${fileBudget} a file`);
}
process.exitCode = failed === 0 ? 0 : 1;
