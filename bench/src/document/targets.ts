import { HOME_APP } from "../measures/bundle-run.js";
import { productName } from "../measures/products.js";
import { SCALE_AXES } from "../measures/scale-axes.js";
import { costRise } from "../measures/scale-run.js";
import { figure, percent, type Table } from "../table.js";
import { DENSE_PRODUCT } from "../works.js";
import type { Figures } from "./figures.js";

/** What is demanded of a figure. */
export interface Target {
  demand: string;
  rule: "at least" | "at most";
  bound: number;
  measure: (figures: Figures) => number;
  /** The figure with its unit. */
  show: (value: number) => string;
}

/** A target with what was measured. */
export interface Outcome {
  target: Target;
  value: number;
  verdict: "met" | "not met" | "not measured";
  /** By which part of the bound the figure is beyond it; 0 where it is met. */
  shortfall: number;
}

const times = (value: number): string => `${figure(value)} times`;
const atLeast = (
  demand: string,
  bound: number,
  measure: Target["measure"],
  show: Target["show"] = times,
): Target => ({ demand, rule: "at least", bound, measure, show });
const atMost = (
  demand: string,
  bound: number,
  measure: Target["measure"],
  show: Target["show"] = times,
): Target => ({ demand, rule: "at most", bound, measure, show });

/** Rates of kernels are those of products that stay on the device; ratios to peers count the way to the host. */
const LARGE = [512, 1024].map(productName);
const SMALL = productName(128);
const DENSE = productName(DENSE_PRODUCT);
/** Ways to let TensorFlow.js wasm train what it cannot: with kernels composed of its ops. */
const SUPPLIED = [
  ["with its missing kernels composed", "tensorflow-composed"],
  ["with its slow kernels replaced as well", "tensorflow-tuned"],
] as const;
const fasterThanSupplied = (title: string, work: string): Target[] =>
  SUPPLIED.map(([how, peer]) =>
    atLeast(`${title}, faster than TensorFlow.js wasm ${how}`, 10, (f) => f.ratio(work, peer)),
  );

const products: Target[] = [
  ...LARGE.map((name) =>
    atLeast(
      `${name}, part of the register-only peak without relaxed SIMD, one thread`,
      0.95,
      (f) => f.share(name, "hekla-plain-one"),
      percent,
    ),
  ),
  ...LARGE.map((name) =>
    atLeast(`${name}, the same with relaxed SIMD`, 0.85, (f) => f.share(name, "hekla-one"), percent),
  ),
  ...LARGE.flatMap((name) => [
    atLeast(`${name}, all threads against one, without relaxed SIMD`, 1.9, (f) =>
      f.speedup(name, "hekla-plain", "hekla-plain-one"),
    ),
    atLeast(`${name}, all threads against one, with relaxed SIMD`, 1.9, (f) =>
      f.speedup(name, "hekla", "hekla-one"),
    ),
  ]),
  atLeast(
    `${SMALL}, part of the register-only peak, one thread`,
    0.7,
    (f) => f.share(SMALL, "hekla-one"),
    percent,
  ),
  atLeast(
    `${DENSE}, part of the register-only peak, one thread`,
    0.85,
    (f) => f.share(DENSE, "hekla-one"),
    percent,
  ),
];

const networks: Target[] = [
  ...fasterThanSupplied("CNN training", "cnn"),
  atLeast("CNN training, faster than TensorFlow.js cpu", 100, (f) => f.ratio("cnn", "tensorflow-cpu")),
  atLeast(
    "CNN training, GFLOP/s of the step against those of gemm 512",
    0.8,
    (f) => f.gigaflops("cnn") / f.gigaflops(productName(512)),
    percent,
  ),
  atMost("CNN training, time against PyTorch CPU", 2, (f) => f.inverse("cnn", "pytorch")),
  atMost("CNN training, time against PyTorch CPU: the aim", 1, (f) => f.inverse("cnn", "pytorch")),
  atMost("MLP training, time against PyTorch CPU", 1.2, (f) => f.inverse("mlp", "pytorch")),
  atLeast("SI650 LSTM training without dropout, faster than PyTorch CPU", 2, (f) =>
    f.ratio("si650-lstm", "pytorch"),
  ),
  atLeast(
    "SI650 LSTM training with all dropouts of the lecture, faster than PyTorch CPU (a loop over steps there)",
    2,
    (f) => f.ratio("si650-lstm-dropout", "pytorch"),
  ),
  ...fasterThanSupplied("SI650 LSTM training", "si650-lstm"),
  atLeast("CAE training, faster than PyTorch CPU", 2, (f) => f.ratio("cae", "pytorch")),
  ...["cnn-inference 128", "cnn-inference 1"].flatMap((name) => [
    atLeast(`${name}, faster than TensorFlow.js wasm`, 2, (f) => f.ratio(name, "tensorflow-wasm")),
    atLeast(`${name}, faster than onnxruntime-web`, 2, (f) => f.ratio(name, "onnxruntime-web")),
  ]),
];

const milliseconds = (value: number): string => `${figure(value)} ms`;

/** A cost that rises by less than this along an axis is flat: medians of two runs differ by as much. */
const FLAT = 1.1;

const surroundings: Target[] = [
  atMost(
    "MLP, process start to the end of the first training step",
    400,
    (f) => f.startup("mlp"),
    milliseconds,
  ),
  atMost(
    "CNN, process start to the end of the first training step",
    1000,
    (f) => f.startup("cnn"),
    milliseconds,
  ),
  atMost(
    "CNN training, peak memory above Node itself",
    200,
    (f) => f.memory("cnn"),
    (value) => `${figure(value)} MB`,
  ),
  atMost(
    "MLP app after gzip, at its start",
    60,
    (f) => f.bundle(HOME_APP),
    (value) => `${figure(value)} KB`,
  ),
  ...SCALE_AXES.map(({ name, axis, unit, work }) =>
    atMost(
      `${work}: cost of a ${unit} against the least of a smaller ${axis.replace(/ \(.*/, "")} (flat or ` +
        "falling)",
      FLAT,
      (f) => {
        const points = f.scale(name);
        return points.length > 0 ? costRise(points).factor : Number.NaN;
      },
    ),
  ),
];

/** Everything that the kernels are to reach, in the order of the report. */
export const TARGETS: readonly Target[] = [...products, ...networks, ...surroundings];

/** Holds figures against targets. */
export function judge(targets: readonly Target[], figures: Figures): Outcome[] {
  return targets.map((target) => {
    const value = target.measure(figures);
    if (!Number.isFinite(value)) return { target, value, verdict: "not measured", shortfall: 0 };
    const beyond = (target.rule === "at least" ? target.bound - value : value - target.bound) / target.bound;
    return { target, value, verdict: beyond <= 0 ? "met" : "not met", shortfall: Math.max(0, beyond) };
  });
}

/** The targets as a table. */
export function targetTable(outcomes: readonly Outcome[]): Table {
  return {
    headings: ["what", "target", "measured", ""],
    lines: outcomes.map(({ target, value, verdict, shortfall }) => [
      target.demand,
      `${target.rule} ${target.show(target.bound)}`,
      Number.isFinite(value) ? target.show(value) : "-",
      verdict === "not met" ? `**not met, by ${percent(shortfall)}**` : verdict,
    ]),
    left: 1,
  };
}
