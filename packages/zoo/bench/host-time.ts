// JavaScript's part of a training step on WebGPU: `node packages/zoo/bench/run.mjs host-time [ID[:PRESET]...]`
// Steps run on Dawn's "null" backend, which takes every call and computes nothing, so that what is measured is binding,
// encoding, uploading and submitting. Shown is the plan of each training that has most steps: dispatches, and the median and least
// time of its runs after the first 20.
import { type GpuSource, webgpu } from "@hekla/kernels-webgpu";
import { type Backend, type Executable, type Plan, useBackend } from "@hekla/tensor";
import { resolveConfig } from "../src/config.js";
import { DataSource } from "../src/data-source.js";
import { findModel } from "../src/registry.js";

const [, , , ...ids] = process.argv;
const wanted = ids.length > 0 ? ids : ["mnist-perceptron", "mnist-mlp", "mnist-cnn", "si650-lstm", "cae"];
const warmUp = 20;
const enough = 220;
/** So many samples are enough for some hundred steps, and no figure of theirs is looked at. */
const limit = 2048;

interface Seen {
  readonly plan: Plan;
  readonly dispatches: number;
  readonly times: number[];
}

/** The backend, taking the time of every run of a plan. */
function timed(backend: Backend, seen: Seen[]): Backend {
  return new Proxy(backend, {
    get(target, name) {
      if (name === "prepare") {
        return (plan: Plan): Executable => {
          const executable = target.prepare(plan);
          const { dispatches } = executable as unknown as { dispatches: readonly unknown[] }; // cast: this backend's own
          const entry: Seen = { plan, dispatches: dispatches.length, times: [] };
          seen.push(entry);
          return {
            run(inputs) {
              const began = performance.now();
              const outputs = executable.run(inputs);
              entry.times.push(performance.now() - began);
              return outputs;
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

const dawn = "webgpu";
const { create } = (await import(dawn)) as { create(flags: readonly string[]): GpuSource };
const source = create(["backend=null"]);

for (const name of wanted) {
  const [id = "", preset = "default"] = name.split(":");
  const model = findModel(id);
  if (!model?.presets[preset]) throw new Error(`host-time: no such model or preset, got ${name}`);
  const seen: Seen[] = [];
  const backend = await useBackend(timed(await webgpu({ gpu: source }), seen));
  const controller = new AbortController();
  const main = (): Seen | undefined =>
    seen.reduce<Seen | undefined>(
      (most, one) => (most && most.plan.steps.length >= one.plan.steps.length ? most : one),
      undefined,
    );
  const own = "limit" in model.config ? { limit } : {};
  await model.train({
    config: resolveConfig(model.config, { ...model.presets[preset].values, ...own }),
    data: new DataSource({ synthetic: "always" }),
    signal: controller.signal,
    callbacks: [{ onBatchEnd: () => (main()?.times.length ?? 0) >= enough && controller.abort() } as never],
  });
  const { dispatches = 0, times = [], plan } = main() ?? {};
  const kept = times.slice(warmUp).sort((a, b) => a - b);
  const [least, median] = [kept[0] ?? Number.NaN, kept[kept.length >> 1] ?? Number.NaN];
  console.log(
    `${name}: ${plan?.steps.length} steps, ${dispatches} dispatches, ${kept.length} runs, ` +
      `median ${median.toFixed(3)} ms, least ${least.toFixed(3)} ms of JavaScript a step`,
  );
  await backend.dispose();
}
process.exit(0); // Dawn keeps its threads
