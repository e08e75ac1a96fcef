import { type Plan, stepCost } from "@hekla/tensor";
import type { GpuDevice } from "./gpu-device.js";

/** A submit may take so long, in milliseconds: systems take a GPU for hung that does not answer for some seconds. */
const longest = 500;
/** What is aimed at, as times are estimated. */
const wanted = 250;
/** How fast a device is taken to be until a run has shown it: operations and bytes in a millisecond. */
const assumed = { hardware: 1e8, software: 1e5 };

/** Divides the dispatches of a plan into submits that are none too long, by how long runs of it have taken. */
export class Pace {
  #device: GpuDevice | undefined;
  #cuts: readonly number[] = [];
  /** Milliseconds of each dispatch, as far as is known. */
  #estimates: readonly number[] = [];
  #measuring = false;
  #measured = false;
  #runs = 0;

  /** Ends of the submits, the last of which is the number of dispatches. */
  cuts(device: GpuDevice, plan: Plan, steps: readonly number[]): readonly number[] {
    if (this.#device === device) return this.#cuts;
    this.#device = device;
    this.#measured = false;
    this.#runs = 0;
    const rate = assumed[device.info.software ? "software" : "hardware"];
    const times = new Map<number, number>();
    for (const step of steps) times.set(step, (times.get(step) ?? 0) + 1);
    this.#estimates = steps.map((step) => {
      const { bytes, flops } = stepCost(plan, plan.steps[step]!);
      return (bytes + flops) / rate / times.get(step)!;
    });
    this.#cuts = divided(this.#estimates);
    return this.#cuts;
  }

  /** Takes the time of the second run, as kernels are compiled in the first, and divides anew where the estimate was far off. */
  ran(device: GpuDevice): void {
    if (++this.#runs < 2 || this.#measured || this.#measuring) return;
    this.#measuring = true;
    const began = performance.now();
    void device.queue.onSubmittedWorkDone().then(
      () => {
        this.#measuring = false;
        if (device !== this.#device) return;
        this.#measured = true;
        const took = performance.now() - began;
        const expected = this.#estimates.reduce((sum, one) => sum + one, 0);
        if (took < longest || expected <= 0) return;
        this.#cuts = divided(this.#estimates.map((one) => (one * took) / expected));
      },
      () => {
        this.#measuring = false; // the device was lost
      },
    );
  }
}

/** Ends of pieces that take about the time that is wanted. */
function divided(estimates: readonly number[]): number[] {
  const ends: number[] = [];
  let sum = 0;
  for (const [at, estimate] of estimates.entries()) {
    if (sum > 0 && sum + estimate > wanted) {
      ends.push(at);
      sum = 0;
    }
    sum += estimate;
  }
  return [...ends, estimates.length];
}
