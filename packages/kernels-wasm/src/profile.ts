import {
  type Dispatch,
  type Plan,
  type PlanRun,
  type Profile,
  type ProfiledStep,
  type Profiler,
  profiledStep,
} from "@hekla/tensor";
import type { StepTimer } from "./runtime/plan-executable.js";

/** Notes when each step ran, and how long. */
export class WasmProfiler implements Profiler, StepTimer {
  readonly #dispatches: Dispatch[] = [];
  readonly #runs: PlanRun[] = [];
  readonly #steps = new Map<Plan, readonly ProfiledStep[]>();
  readonly #origin = performance.now();

  constructor(
    private readonly threads: number,
    private readonly end: () => void,
  ) {}

  time(plan: Plan, runStep: (step: number) => void): void {
    const steps = this.#stepsOf(plan);
    const began = this.#now();
    for (let at = 0; at < steps.length; at++) {
      const start = this.#now();
      runStep(at);
      this.#dispatches.push({ step: steps[at]!, start, duration: this.#now() - start });
    }
    this.#runs.push({ steps: steps.length, start: began, duration: this.#now() - began });
  }

  async stop(): Promise<Profile> {
    this.end();
    const device = `wasm, ${this.threads} ${this.threads === 1 ? "thread" : "threads"}`;
    return { device, dispatches: this.#dispatches, runs: this.#runs, origin: this.#origin };
  }

  #now(): number {
    return (performance.now() - this.#origin) * 1000;
  }

  #stepsOf(plan: Plan): readonly ProfiledStep[] {
    let steps = this.#steps.get(plan);
    if (!steps) {
      steps = plan.steps.map((step) => profiledStep(plan, step));
      this.#steps.set(plan, steps);
    }
    return steps;
  }
}
