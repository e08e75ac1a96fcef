// The figures of docs/results.md: trains the digit models with each preset and seed on the data that the command line
// finds (HEKLA_DATA_DIR), one after the other, and prints them as tables. A run that is there already is not repeated.
//   node scripts/results.mjs [--out results] [--models mnist-cnn,...] [--presets lecture,default] [--seeds 1,2,3]
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./workspace.mjs";

const { values } = parseArgs({
  options: {
    out: { type: "string", default: "results" },
    models: { type: "string", default: "mnist-perceptron,mnist-mlp,mnist-cnn" },
    presets: { type: "string", default: "lecture,default" },
    seeds: { type: "string", default: "1,2,3" },
  },
});
const list = (text) => text.split(",").filter(Boolean);
mkdirSync(values.out, { recursive: true });

/** The report of one training, from its file or from a run. */
function report(model, preset, seed) {
  const name = `${model}-${preset}-${seed}`;
  const file = join(values.out, `${name}.json`);
  if (!existsSync(file)) {
    const weights = join(values.out, `${name}.keras`);
    const args = ["train", model, "--preset", preset, "--seed", seed, "--json", "--out", weights];
    const main = join(root, "apps/cli/dist/main.js");
    const run = spawnSync(process.execPath, [main, ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    });
    if (run.status !== 0) throw new Error(`hekla ${args.join(" ")}: exit code ${run.status}`);
    writeFileSync(`${file}.part`, run.stdout);
    renameSync(`${file}.part`, file);
  }
  return JSON.parse(readFileSync(file, "utf8"));
}

const mean = (numbers) => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
const spread = (numbers) =>
  Math.sqrt(
    numbers.reduce((sum, value) => sum + (value - mean(numbers)) ** 2, 0) / Math.max(1, numbers.length - 1),
  );
const fixed = (digits) => (value) => value.toFixed(digits);

for (const preset of list(values.presets)) {
  const rows = list(values.models).map((model) => {
    const runs = list(values.seeds).map((seed) => report(model, preset, seed));
    const accuracies = runs.map((run) => run.test.accuracy);
    const epochs = runs[0].history.loss.length;
    return [
      model,
      accuracies.map(fixed(4)).join(" "),
      `${mean(accuracies).toFixed(4)} ± ${spread(accuracies).toFixed(4)}`,
      mean(runs.map((run) => run.test.loss)).toFixed(4),
      runs[0].parameters,
      epochs,
      (mean(runs.map((run) => run.seconds.train)) / epochs).toFixed(1),
      mean(runs.map((run) => run.microsecondsPerSample.train)).toFixed(0),
      mean(runs.map((run) => run.microsecondsPerSample.evaluate)).toFixed(0),
    ];
  });
  const head = [
    "model",
    `accuracy, seeds ${values.seeds}`,
    "mean ± sd",
    "test loss",
    "parameters",
    "epochs",
    "s/epoch",
    "us/sample training",
    "us/sample test",
  ];
  process.stdout.write(`\npreset ${preset}\n\n`);
  for (const row of [head, head.map(() => "---"), ...rows]) process.stdout.write(`| ${row.join(" | ")} |\n`);
}
