import { type Backend, type Executable, type Plan, reference, type Slot, useBackend } from "@hekla/tensor";
import { DataSource, type ZooModel } from "@hekla/zoo";
import { smallConfig } from "./small-settings.js";

/** What a training step said and kept: every small tensor that its plan hands out or assigns, losses among them, in order. */
export type StepFigures = readonly number[];

/** Sums of losses and metrics, and counters have no more. */
const mostElements = 4;

/** A plan that ran, with copies of its scalars after each run. */
interface Watched {
  readonly plan: Plan;
  readonly runs: (readonly Slot[])[];
}

/** A backend that keeps the scalars of the plans that assign something. */
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
    plans.push(entry);
    return {
      run(inputs) {
        const outputs = executable.run(inputs);
        entry.runs.push(kept([...outputs, ...plan.assigned.map((position) => inputs[position]!)]));
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

/** The scalars of the first steps of a model's training on a backend: those of the plan that has most steps. */
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
      config: smallConfig(model),
      data: new DataSource({ synthetic: "always" }),
      signal: controller.signal,
      callbacks: [{ onBatchEnd: enough }],
    });
    const runs = (main()?.runs ?? []).slice(0, steps);
    return await Promise.all(
      runs.map(async (slots) => {
        const values = await Promise.all(slots.map((slot) => backend.read(slot)));
        return values.flatMap((some) => [...some]);
      }),
    );
  } finally {
    await useBackend(reference());
  }
}

/** The first step in which a figure is off, and by how much, in one line; undefined where all agree. */
export function disagreement(
  actual: readonly StepFigures[],
  expected: readonly StepFigures[],
  relative: number,
): string | undefined {
  if (actual.length !== expected.length) return `got ${actual.length} steps, expected ${expected.length}`;
  for (const [step, figures] of expected.entries()) {
    for (const [at, figure] of figures.entries()) {
      const got = actual[step]![at]!;
      const error = Math.abs(got - figure);
      if (error <= relative * Math.max(Math.abs(figure), 1e-3)) continue;
      return `step ${step + 1}, figure ${at}: got ${got}, expected ${figure}, ${(error / Math.abs(figure)).toExponential(1)} off`;
    }
  }
  return undefined;
}
