import { describePlan, isOn, reference } from "@hekla/tensor";
import { zoo } from "@hekla/zoo";
import { describe, expect, it } from "vitest";
import { largestPlan, plansOfFirstStep } from "./testing/observed-backend.js";

const allOn = (["FUSE", "ARENA", "COMPILE"] as const).every(isOn);

// A change here is a change of what a training step costs: accept it (vitest -u) when it is meant.
describe.runIf(allOn)("plans of the zoo's training steps, batch 2", () => {
  it.each(zoo.map((model) => [model.id, model] as const))("%s", { timeout: 60_000 }, async (_id, model) => {
    const plans = await plansOfFirstStep(model, reference());
    expect(describePlan(largestPlan(plans))).toMatchSnapshot();
  });
});
