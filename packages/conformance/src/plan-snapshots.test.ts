import { type Backend, describePlan, isOn, type Plan, reference, useBackend } from "@hekla/tensor";
import { DataSource, resolveConfig, zoo } from "@hekla/zoo";
import { describe, expect, it } from "vitest";

/** The reference backend, keeping every plan that it is given. */
function observed(plans: Plan[]): Backend {
  const backend = reference();
  return {
    ...backend,
    prepare(plan) {
      plans.push(plan);
      return backend.prepare(plan);
    },
  };
}

const allOn = (["FUSE", "ARENA", "COMPILE"] as const).every(isOn);

/** Settings under which a first step of any model is quick. */
const small: Readonly<Record<string, number>> = {
  batchSize: 2,
  limit: 64,
  shards: 2,
  // dqn: what is played once is learnt from at once
  learningStarts: 1,
  nSteps: 1,
  trainFrequency: 1,
  // latent-physics: little to simulate
  grid: 16,
  simulations: 1,
  validationSimulations: 1,
};

// A change here is a change of what a training step costs: accept it (vitest -u) when it is meant.
describe.runIf(allOn)("plans of the zoo's training steps, batch 2", () => {
  it.each(zoo.map((model) => [model.id, model] as const))("%s", { timeout: 60_000 }, async (_id, model) => {
    const plans: Plan[] = [];
    await useBackend(observed(plans));
    const wanted = Object.entries(small).filter(([name]) => name in model.config);
    const controller = new AbortController();
    let before = 0;
    await model.train({
      config: resolveConfig(model.config, Object.fromEntries(wanted)),
      data: new DataSource({ synthetic: "always" }),
      signal: controller.signal,
      onReady: () => {
        before = plans.length;
      },
      callbacks: [{ onBatchEnd: () => controller.abort() }],
    });
    const made = plans.slice(before);
    const step = made.reduce((largest, plan) => (plan.steps.length > largest.steps.length ? plan : largest));
    expect(describePlan(step)).toMatchSnapshot();
    await useBackend(reference());
  });
});
