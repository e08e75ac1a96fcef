// Time of the training steps of zoo models on one thread, and how fast their products are:
//   node packages/zoo/bench/run.mjs steps [PEAK=59.1] [ID[:PRESET]...]
// Shown is each plan that a training runs time and again and that has a tenth of its products or more: median and least time, GFLOP,
// GFLOP/s at the least time and their share of PEAK, the rate of multiply-adds in registers (`npm run bench -- peak` measures it).
// A product counts as multiply + add; what is not a product (pooling, norms, losses, the optimizer) counts as nothing.
import { wasm } from "@hekla/kernels-wasm";
import { type Backend, type Executable, type Plan, type Routine, useBackend } from "@hekla/tensor";
import { resolveConfig } from "../src/config.js";
import { DataSource } from "../src/data-source.js";
import { findModel } from "../src/registry.js";

const [, , , peak = "59.1", ...ids] = process.argv;
const wanted =
  ids.length > 0
    ? ids
    : [
        "cae",
        "cae:colors",
        "vae",
        "hyperspectral-ae",
        "latent-physics",
        "gan",
        "gan:wasserstein",
        "dqn",
        "dqn:breakout",
      ];
/** Training ends when its heaviest plan has run as often. */
const enough = 40;
/** Less data, where making them takes long. */
const less: Readonly<Record<string, number>> = {
  simulations: 6,
  validationSimulations: 1,
  autoencoderEpochs: 1,
  learningStarts: 100,
};

interface Seen {
  readonly plan: Plan;
  readonly flop: number;
  readonly times: number[];
}

/** Multiply-adds of a routine, twice. */
function flopOf(routine: Routine): number {
  switch (routine.name) {
    case "matmul":
      return 2 * routine.batch * routine.m * routine.n * routine.k;
    case "conv2d":
    case "conv2dInputGradient":
    case "conv2dKernelGradient": {
      const { batch, channels, outputSize, windowSize } = routine.window;
      const places = outputSize[0] * outputSize[1] * windowSize[0] * windowSize[1];
      return 2 * batch * routine.filters * channels * places;
    }
    case "matmulGathered":
    case "matmulGatheredTableGradient":
    case "matmulGatheredKernelGradient":
      return 2 * routine.count * routine.inner * routine.columns;
    case "lstmSequence":
    case "lstmSequenceGradient":
      return 8 * routine.batch * routine.steps * routine.units ** 2;
    case "gruSequence":
    case "gruSequenceGradient":
      return 6 * routine.batch * routine.steps * routine.units ** 2;
    default:
      return 0;
  }
}

/** The wasm backend, taking the time of every run of a plan. */
function timed(backend: Backend, seen: Seen[]): Backend {
  const note = (plan: Plan, calls: number): Seen => {
    const steps = plan.steps.map((step) => (step.kind === "routine" ? flopOf(step.routine) : 0));
    const entry = { plan, flop: calls * steps.reduce((sum, flop) => sum + flop, 0), times: [] };
    seen.push(entry);
    return entry;
  };
  const clocked = <T>({ times }: Seen, run: () => T): T => {
    const began = performance.now();
    const result = run();
    times.push(performance.now() - began);
    return result;
  };
  return new Proxy(backend, {
    get(target, name) {
      if (name === "prepare") {
        return (plan: Plan): Executable => {
          const executable = target.prepare(plan);
          const entry = note(plan, 1);
          return {
            run: (inputs) => clocked(entry, () => executable.run(inputs)),
            dispose: () => executable.dispose(),
          };
        };
      }
      if (name === "prepareEach") {
        return (plan: Plan): ReturnType<NonNullable<Backend["prepareEach"]>> => {
          const executable = target.prepareEach!(plan);
          let entry: Seen | undefined;
          return {
            runEach(inputs) {
              entry ??= note(plan, inputs.length);
              return clocked(entry, () => executable.runEach(inputs));
            },
            dispose: () => executable.dispose(),
          };
        };
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

for (const name of wanted) {
  const [id = "", preset = "default"] = name.split(":");
  const model = findModel(id);
  if (!model?.presets[preset]) throw new Error(`steps: no such model or preset, got ${name}`);
  const own = Object.fromEntries(Object.entries(less).filter(([field]) => field in model.config));
  const config = resolveConfig(model.config, { ...model.presets[preset].values, ...own });
  const seen: Seen[] = [];
  const backend = await useBackend(timed(await wasm({ threads: 1 }), seen));
  const controller = new AbortController();
  const heaviest = () => seen.reduce((most, one) => (one.flop > most.flop ? one : most), seen[0]!);
  const watch = {
    onBatchEnd: () => heaviest().times.length >= enough && !("simulations" in own) && controller.abort(),
  };
  const data = new DataSource({ synthetic: "standIn" });
  await model.train({ config, data, callbacks: [watch as never], signal: controller.signal });
  const all = seen.reduce((sum, { flop, times }) => sum + flop * times.length, 0);
  for (const { flop, times } of seen.filter(
    (one) => one.times.length >= 10 && one.flop * one.times.length >= all / 10,
  )) {
    const least = Math.min(...times);
    const rate = flop / least / 1e6;
    console.log(
      `${name}: ${times.length} runs, median ${median(times).toPrecision(3)} ms, least ${least.toPrecision(3)} ms, ` +
        `${(flop / 1e9).toPrecision(3)} GFLOP, ${rate.toFixed(1)} GFLOP/s, ${((100 * rate) / Number(peak)).toFixed(0)} % of the peak`,
    );
  }
  await backend.dispose();
}
