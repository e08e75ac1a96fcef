import { type Backend, type Executable, type Plan, reference, type Slot, useBackend } from "@hekla/tensor";
import { DataSource, type ZooModel } from "@hekla/zoo";
import { seededRandom } from "../inputs.js";
import { smallConfig } from "./small-settings.js";

/** What a training step said: losses and metrics, as it handed them out or added them to its totals. */
export type StepFigures = readonly number[];

/** Less of the models that the reference backend takes longest for. */
const smaller: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "translate-seq2seq": { units: 16, embedding: 16, sourceWords: 300, targetWords: 300 },
  "char-lstm": { units: 32, embedding: 16, layers: 1, window: 16 },
};

/** Losses and metrics have no more elements. */
const mostElements = 8;

/** Copies of what one run handed out, and of its totals before and after. */
interface Run {
  readonly handed: readonly Slot[];
  readonly before: readonly Slot[];
  readonly after: readonly Slot[];
}

/** A plan that ran, with copies of its figures after each run. */
interface Watched {
  readonly plan: Plan;
  readonly runs: Run[];
}

/** Places among a plan's inputs of Variables that something is added to, and nothing else done with: totals of figures. */
function totalsOf(plan: Plan): number[] {
  return plan.assigned.filter((position) => {
    const buffer = plan.inputs[position]!;
    const writer = plan.steps.find((step) => step.kind === "elementwise" && step.outputs.includes(buffer));
    if (writer?.kind !== "elementwise" || plan.buffers[buffer]!.dtype !== "float32") return false;
    const ops = writer.program.instructions.map(({ op }) => op).filter((op) => op !== "input");
    return (
      ops.length === 1 && ops[0] === "add" && writer.operands.some((operand) => operand.buffer === buffer)
    );
  });
}

/** A backend that keeps the figures of the plans that assign something. */
function watched(backend: Backend, plans: Watched[]): Backend {
  const kept = (slots: readonly Slot[]): Slot[] =>
    slots
      .filter(({ size, dtype }) => size <= mostElements && dtype === "float32")
      .map((slot) => {
        const copy = backend.allocate(slot.size, "float32");
        backend.copy(copy, slot);
        return copy;
      });
  const prepare = (plan: Plan): Executable => {
    const executable = backend.prepare(plan);
    if (plan.assigned.length === 0) return executable;
    const entry: Watched = { plan, runs: [] };
    const totals = totalsOf(plan);
    plans.push(entry);
    return {
      run(inputs) {
        const ofTotals = (): Slot[] => kept(totals.map((position) => inputs[position]!));
        const before = ofTotals();
        const outputs = executable.run(inputs);
        entry.runs.push({ handed: kept(outputs), before, after: ofTotals() });
        return outputs;
      },
      dispose: () => executable.dispose(),
    };
  };
  return new Proxy(backend, {
    get(target, name) {
      if (name === "prepare") return prepare;
      if (name === "prepareEach") return undefined;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** The figures of the first steps of a model's training on a backend: those of the plan that has most steps. */
export async function stepFigures(model: ZooModel, backend: Backend, steps: number): Promise<StepFigures[]> {
  const plans: Watched[] = [];
  const main = (): Watched | undefined =>
    plans.reduce<Watched | undefined>(
      (largest, one) => (largest && largest.plan.steps.length >= one.plan.steps.length ? largest : one),
      undefined,
    );
  await useBackend(watched(backend, plans));
  try {
    const controller = new AbortController();
    const enough = (): void => {
      if ((main()?.runs.length ?? 0) >= steps) controller.abort();
    };
    await model.train({
      config: smallConfig(model, smaller[model.id]),
      data: new DataSource({ synthetic: "always" }),
      signal: controller.signal,
      callbacks: [{ onBatchEnd: enough }],
    });
    const runs = (main()?.runs ?? []).slice(0, steps);
    const read = async (slots: readonly Slot[]): Promise<number[]> =>
      (await Promise.all(slots.map((slot) => backend.read(slot)))).flatMap((values) => [...values]);
    return await Promise.all(
      runs.map(async ({ handed, before, after }) => {
        const totals = await read(before);
        return [...(await read(handed)), ...(await read(after)).map((total, at) => total - totals[at]!)];
      }),
    );
  } finally {
    await useBackend(reference());
  }
}

/**
 * A backend whose data and initial weights are off by up to half a unit in the last place of 1 (6e-8): as exact as what is
 * computed with them, and what no backend owes the others. What begins as 0, such as an optimizer's averages, stays.
 */
export function inexact(backend: Backend): Backend {
  const random = seededRandom("inexact");
  const upload: Backend["upload"] = (data, dtype) => {
    const exact = dtype !== "float32" || data.length <= mostElements || data.every((value) => value === 0);
    return backend.upload(exact ? data : data.map((value) => value + 2 ** -24 * random()), dtype);
  };
  return new Proxy(backend, {
    get(target, name) {
      if (name === "upload") return upload;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** By how much the figures of a step differ at worst, relative to those expected (of 0.001 at least). */
export const deviation = (actual: StepFigures, expected: StepFigures): number =>
  Math.max(
    0,
    ...expected.map((figure, at) => Math.abs(actual[at]! - figure) / Math.max(Math.abs(figure), 1e-3)),
  );
