// Line budgets: a package stays small enough to read, a file holds one idea. Tests, what only they use (testing/) and
// goldens are not counted.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { root } from "./workspace.mjs";

/** Lines of code (no blanks, no comments) of non-test TypeScript a package may have. Raise one only with a reason. */
const packageBudgets = {
  tensor: 4500,
  "kernels-wasm": 7000,
  "kernels-webgpu": 3000,
  layers: 4000,
  optim: 600,
  datasets: 1200,
};
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

for (const [name, budget] of Object.entries(packageBudgets)) {
  const files = sourceFiles(join(root, "packages", name, "src")).filter((path) => path.endsWith(".ts"));
  const lines = files.reduce((sum, path) => sum + codeLineCount(path), 0);
  report(lines <= budget, `packages/${name}: ${lines} of ${budget} lines in ${files.length} files`);
}
for (const path of sourceRoots.flatMap((folder) => sourceFiles(join(root, folder)))) {
  const lines = lineCount(path);
  if (lines > fileBudget)
    report(false, `${relative(root, path)}: ${lines} lines, at most ${fileBudget} a file`);
}
process.exitCode = failed === 0 ? 0 : 1;
