import {
  DeviceError,
  type Dispatch,
  type Plan,
  type PlanRun,
  type ProfiledStep,
  type Profiler,
  profiledStep,
} from "@hekla/tensor";
import { copySource, copyTarget, mapRead, queryResolve, readMode } from "./buffer-usage.js";
import type { GpuDevice } from "./gpu-device.js";
import type { Machine } from "./machine.js";

/** One run of a plan that the time is taken of. */
export interface TimedRun {
  /** What the pass of a dispatch begins with. */
  pass(dispatch: number): GPUComputePassDescriptor;
  resolve(encoder: GPUCommandEncoder): void;
  submitted(): void;
}

/** Queries of a set, at most. Source: WebGPU, section 21.1. */
const mostQueries = 4096;
const bytesPerQuery = 8;

/** When the passes of a run began and ended, in nanoseconds on the device's clock. */
interface Times {
  readonly plan: Plan;
  /** By dispatch: the step that it is part of. */
  readonly steps: readonly number[];
  readonly submitted: number;
  readonly encoded: number;
  readonly nanoseconds: BigUint64Array;
}

/** Has the device note when each dispatch begins and ends. */
export class Timer {
  readonly #pending: Promise<Times | undefined>[] = [];

  constructor(readonly device: GpuDevice) {}

  begin(plan: Plan, steps: readonly number[]): TimedRun {
    const { device } = this.device;
    const began = performance.now();
    const count = 2 * steps.length;
    const sets = Array.from({ length: Math.ceil(count / mostQueries) }, (_, at) =>
      device.createQuerySet({ type: "timestamp", count: Math.min(mostQueries, count - at * mostQueries) }),
    );
    const size = Math.max(1, count) * bytesPerQuery;
    const resolved = device.createBuffer({ label: "times", size, usage: queryResolve | copySource });
    const staging = device.createBuffer({ label: "times", size, usage: mapRead | copyTarget });
    return {
      pass: (dispatch) => {
        const first = 2 * dispatch;
        return {
          timestampWrites: {
            querySet: sets[Math.floor(first / mostQueries)]!,
            beginningOfPassWriteIndex: first % mostQueries,
            endOfPassWriteIndex: (first % mostQueries) + 1,
          },
        };
      },
      resolve: (encoder) => {
        for (const [at, set] of sets.entries()) {
          encoder.resolveQuerySet(set, 0, set.count, resolved, at * mostQueries * bytesPerQuery);
        }
        if (count > 0) encoder.copyBufferToBuffer(resolved, 0, staging, 0, size);
      },
      submitted: () => {
        const encoded = performance.now();
        const times = staging.mapAsync(readMode).then(
          () => {
            const nanoseconds = new BigUint64Array(staging.getMappedRange().slice(0));
            return { plan, steps, submitted: began, encoded, nanoseconds };
          },
          () => undefined, // the device was lost
        );
        this.#pending.push(
          times.finally(() => {
            for (const one of [...sets, resolved, staging]) one.destroy();
          }),
        );
      },
    };
  }

  async finish(): Promise<Times[]> {
    return (await Promise.all(this.#pending)).filter((times) => times !== undefined);
  }
}

/** Notes when each step runs on the device, and how long it takes, until it is stopped. */
export function beginProfile(machine: Machine): Profiler {
  const { device } = machine;
  if (!device.hasTimestamps) {
    throw new DeviceError(`webgpu: ${device.info.name} does not tell times (it has no timestamp-query)`);
  }
  if (machine.timer) throw new DeviceError("webgpu: a profile is being made, expected one at a time");
  const timer = new Timer(device);
  machine.timer = timer;
  const origin = performance.now();
  return {
    async stop() {
      if (machine.timer === timer) machine.timer = undefined;
      const all = await timer.finish();
      return { device: device.info.name, ...profileOf(all, origin), origin };
    },
  };
}

function profileOf(
  all: readonly Times[],
  origin: number,
): { readonly dispatches: Dispatch[]; readonly runs: PlanRun[] } {
  const dispatches: Dispatch[] = [];
  const runs: PlanRun[] = [];
  const known = new Map<Plan, readonly ProfiledStep[]>();
  const first = all.find(({ nanoseconds }) => nanoseconds.length > 1);
  // The clocks of host and device have no common beginning: that of the first dispatch stands where it was submitted.
  const offset = first ? (first.encoded - origin) * 1000 - Number(first.nanoseconds[0]) / 1000 : 0;
  for (const { plan, steps, submitted, encoded, nanoseconds } of all) {
    const profiled = known.get(plan) ?? plan.steps.map((step) => profiledStep(plan, step));
    known.set(plan, profiled);
    let last = -1;
    for (const [at, step] of steps.entries()) {
      const [from, to] = [2 * at, 2 * at + 1].map((query) => Number(nanoseconds[query]) / 1000 + offset);
      const duration = Math.max(0, to! - from!);
      const before = dispatches.at(-1);
      // A step may be several dispatches.
      if (step === last && before)
        dispatches[dispatches.length - 1] = { ...before, duration: before.duration + duration };
      else dispatches.push({ step: profiled[step]!, start: from!, duration });
      last = step;
    }
    const start = (submitted - origin) * 1000;
    runs.push({ steps: plan.steps.length, start, duration: (encoded - submitted) * 1000 });
  }
  return { dispatches, runs };
}
