import { Adam } from "@hekla/optim";
import { type Backend, describePlan, isOn, type Plan, reference, useBackend } from "@hekla/tensor";
import { resolveConfig, zoo } from "@hekla/zoo";
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

// A change here is a change of what a training step costs: accept it (vitest -u) when it is meant.
describe.runIf(allOn)("plans of the zoo's training steps, batch 2", () => {
  it.each(zoo.map((model) => [model.id, model] as const))("%s", async (_id, model) => {
    const plans: Plan[] = [];
    await useBackend(observed(plans));
    const network = model.build(resolveConfig(model.config, {}));
    network.compile({ optimizer: new Adam(), loss: "categoricalCrossentropy", metrics: ["accuracy"] });
    const shape = [2, ...(network.batchInputShape!.slice(1) as number[])];
    const size = shape.reduce((product, length) => product * length, 1);
    const y = { data: Float32Array.from({ length: 20 }, (_, at) => (at % 11 === 0 ? 1 : 0)), shape: [2, 10] };
    const before = plans.length;
    await network.fit({ data: new Float32Array(size).fill(0.5), shape }, y, { batchSize: 2, epochs: 1 });
    const made = plans.slice(before);
    const step = made.reduce((largest, plan) => (plan.steps.length > largest.steps.length ? plan : largest));
    expect(describePlan(step)).toMatchSnapshot();
    await useBackend(reference());
  });
});
