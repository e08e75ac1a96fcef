// Prints how many cases of other libraries' numbers the tests compare with, for docs/results.md.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./workspace.mjs";

/** Kinds of goldens by what their files' names begin with; the first that fits counts. */
const kinds = [
  ["layers", /^layers-/],
  ["losses", /^losses/],
  ["metrics", /^metrics/],
  ["L-BFGS runs", /^optimizers-lbfgs/],
  ["schedules", /^optimizers.*schedules/],
  ["optimizers", /^optimizers\.json/],
  ["whole trainings", /^training-/],
  ["regularizers, constraints", /^regularizers/],
  ["image transforms, text, adapt", /^(affine-transform|text-preprocessing|normalization-adapt)/],
];

const folder = join(root, "packages/conformance/goldens");
const counts = new Map(kinds.map(([kind]) => [kind, 0]));
for (const file of readdirSync(folder)) {
  const kind = kinds.find(([, pattern]) => pattern.test(file))?.[0];
  if (kind === undefined) continue;
  const { cases } = JSON.parse(readFileSync(join(folder, file), "utf8"));
  counts.set(kind, counts.get(kind) + cases.length);
}
for (const [kind, count] of counts) process.stdout.write(`${String(count).padStart(5)}  ${kind}\n`);

const fixtures = join(root, "packages/layers/src/keras/fixtures");
const files = readdirSync(fixtures).filter((name) => /\.(keras|h5)$/.test(name));
process.stdout.write(`${String(files.length).padStart(5)}  model files of Keras\n`);
