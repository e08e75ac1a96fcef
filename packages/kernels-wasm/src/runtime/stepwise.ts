import type { Plan } from "@hekla/tensor";
import { type Machine, PlanExecutable, type StepTimer } from "./plan-executable.js";

interface Stepwise {
  timer: StepTimer;
  /** Plans that have been timed, ready for the next profile. */
  readonly executables: Map<Plan, PlanExecutable>;
}

const states = new WeakMap<Machine["timing"], Stepwise>();

/**
 * From now on plans of this machine run step by step, each step with all threads, under a timer. Plans for several inputs
 * run for one after the other. Results have the same bits. Gives what ends it.
 */
export function timeSteps(machine: Machine, timer: StepTimer): () => void {
  const { timing } = machine;
  const state = states.get(timing) ?? { timer, executables: new Map() };
  states.set(timing, state);
  const [runBefore, timerBefore] = [timing.run, state.timer];
  state.timer = timer;
  timing.run ??= (plan, inputs) => {
    let executable = state.executables.get(plan);
    if (!executable) {
      executable = new PlanExecutable(plan, machine, (...step) => state.timer(...step));
      state.executables.set(plan, executable);
    }
    return executable.run(inputs);
  };
  return () => {
    timing.run = runBefore;
    state.timer = timerBefore;
  };
}
