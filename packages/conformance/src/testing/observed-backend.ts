import { type Backend, type Plan, reference, useBackend } from "@hekla/tensor";
import { DataSource, type ZooModel } from "@hekla/zoo";
import { smallConfig } from "./small-settings.js";

/** A backend, keeping every plan that it is given. */
function observed(backend: Backend, plans: Plan[]): Backend {
  return new Proxy(backend, {
    get(target, name) {
      if (name === "prepareEach") return undefined;
      if (name === "prepare") {
        return (plan: Plan) => {
          plans.push(plan);
          return target.prepare(plan);
        };
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** The plans that a model's training makes from its first step until the end of that step. */
export async function plansOfFirstStep(model: ZooModel, backend: Backend): Promise<readonly Plan[]> {
  const plans: Plan[] = [];
  await useBackend(observed(backend, plans));
  const controller = new AbortController();
  let before = 0;
  await model.train({
    config: smallConfig(model),
    data: new DataSource({ synthetic: "always" }),
    signal: controller.signal,
    onReady: () => {
      before = plans.length;
    },
    callbacks: [{ onBatchEnd: () => controller.abort() }],
  });
  await useBackend(reference());
  return plans.slice(before);
}

/** That of the step itself: no other has so many steps. */
export const largestPlan = (plans: readonly Plan[]): Plan =>
  plans.reduce((largest, plan) => (plan.steps.length > largest.steps.length ? plan : largest));
