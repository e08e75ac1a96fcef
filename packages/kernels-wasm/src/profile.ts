import {
  DeviceError,
  type Dispatch,
  type Plan,
  type PlanRun,
  type ProfiledStep,
  type Profiler,
  profiledStep,
} from "@hekla/tensor";
import type { Machine, StepTimer } from "./runtime/plan-executable.js";
import { timeSteps } from "./runtime/stepwise.js";

/** Machines with a profile in the making. */
const profiled = new WeakSet<Machine["timing"]>();

/** Notes when each step runs, and how long it takes, until it is stopped. */
export async function beginProfile(machine: Machine): Promise<Profiler> {
  const { pool, timing } = machine;
  await pool.complete().catch(() => {}); // times are those of all threads that there are
  if (profiled.has(timing)) {
    throw new DeviceError("wasm: a profile is being made, expected one at a time");
  }
  profiled.add(timing);
  const dispatches: Dispatch[] = [];
  const runs: PlanRun[] = [];
  const stepsOf = stepsOfPlans();
  const origin = performance.now();
  const now = (): number => (performance.now() - origin) * 1000;
  const timer: StepTimer = (plan, runStep) => {
    const steps = stepsOf(plan);
    const began = now();
    for (let at = 0; at < steps.length; at++) {
      const start = now();
      runStep(at);
      dispatches.push({ step: steps[at]!, start, duration: now() - start });
    }
    runs.push({ steps: steps.length, start: began, duration: now() - began });
  };
  let end: (() => void) | undefined = timeSteps(machine, timer);
  return {
    async stop() {
      if (end) profiled.delete(timing);
      end?.();
      end = undefined;
      const device = `wasm, ${pool.threads} ${pool.threads === 1 ? "thread" : "threads"}`;
      return { device, dispatches, runs, origin };
    },
  };
}

/** What there is to say of the steps of a plan, found out once. */
function stepsOfPlans(): (plan: Plan) => readonly ProfiledStep[] {
  const known = new Map<Plan, readonly ProfiledStep[]>();
  return (plan) => {
    let steps = known.get(plan);
    if (!steps) {
      steps = plan.steps.map((step) => profiledStep(plan, step));
      known.set(plan, steps);
    }
    return steps;
  };
}
