// The figures of docs/results.md: trains models of the zoo with each preset and seed on the data that the command line
// finds (HEKLA_DATA_DIR), one after the other, and prints them as tables. A run that is there already is not repeated.
//   node scripts/results.mjs [--out results] [--models mnist-cnn,...] [--presets lecture,default] [--seeds 1,2,3]
//     [--figures accuracy,loss] [--flags "--attention none"] [--threads 2]
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
    figures: { type: "string", default: "accuracy,loss" },
    flags: { type: "string", default: "" },
    threads: { type: "string" },
  },
});
const list = (text) => text.split(",").filter(Boolean);
const flags = values.flags.split(" ").filter(Boolean);
mkdirSync(values.out, { recursive: true });

/** The report of one training, from its file or from a run. */
function report(model, preset, seed) {
  const name = [model, preset, ...flags.map((flag) => flag.replace(/^-+/, "")), seed].join("-");
  const file = join(values.out, `${name}.json`);
  if (!existsSync(file)) {
    const outputs = [
      "--out",
      join(values.out, `${name}.keras`),
      "--report",
      join(values.out, `${name}-report`),
    ];
    const threads = values.threads ? ["--threads", values.threads] : [];
    const args = [
      "train",
      model,
      "--preset",
      preset,
      "--seed",
      seed,
      ...flags,
      ...threads,
      "--json",
      ...outputs,
    ];
    const main = join(root, "apps/cli/dist/main.js");
    const run = spawnSync(process.execPath, [main, ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
      maxBuffer: 2 ** 28,
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
const digits = (value) =>
  Math.abs(value) >= 1000 ? value.toFixed(0) : Math.abs(value) >= 10 ? value.toFixed(2) : value.toFixed(4);

for (const preset of list(values.presets)) {
  const rows = list(values.models).map((model) => {
    const runs = list(values.seeds).map((seed) => report(model, preset, seed));
    const epochs = runs[0].history.loss.length;
    const figures = list(values.figures).flatMap((figure) => {
      const numbers = runs.map((run) => run.test[figure]);
      return [numbers.map(digits).join(" "), `${digits(mean(numbers))} ± ${digits(spread(numbers))}`];
    });
    return [
      model,
      ...figures,
      runs[0].parameters,
      epochs,
      (mean(runs.map((run) => run.seconds.train)) / epochs).toFixed(1),
      mean(runs.map((run) => run.microsecondsPerSample.train)).toFixed(0),
      mean(runs.map((run) => run.microsecondsPerSample.evaluate)).toFixed(0),
    ];
  });
  const head = [
    "model",
    ...list(values.figures).flatMap((figure) => [`${figure}, seeds ${values.seeds}`, "mean ± sd"]),
    "parameters",
    "epochs",
    "s/epoch",
    "us/sample training",
    "us/sample test",
  ];
  process.stdout.write(`\npreset ${preset} ${values.flags}\n\n`);
  for (const row of [head, head.map(() => "---"), ...rows]) process.stdout.write(`| ${row.join(" | ")} |\n`);
}
