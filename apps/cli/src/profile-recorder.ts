import type { Callback } from "@hekla/layers";
import type { Backend, Profile, Profiler } from "@hekla/tensor";
import type { TrainingReady } from "@hekla/zoo";
import { UsageError } from "./exit-codes.js";

/** A stretch of time, in microseconds from the beginning of the profile. */
export interface Span {
  readonly start: number;
  readonly duration: number;
}

/** A profile with the steps that it was made of. */
export interface Recording extends Profile {
  /** What a step is: "training step". */
  readonly kind: string;
  readonly steps: readonly Span[];
}

/** Steps before the profile in which its code gets warm: they are timed like the others, and left out. */
const warmUp = 10;

/** @throws UsageError where it takes no times */
export function checkProfiles(backend: Backend): void {
  if (backend.profile) return;
  throw new UsageError(`--profile does not fit: the ${backend.name} backend takes no times`);
}

/** Profiles some steps of a training, as one of its callbacks. */
export class TrainingRecorder {
  readonly callback: Callback = {
    onBatchBegin: () => this.#stepBegins(),
    onBatchEnd: () => this.#stepEnds(),
  };
  readonly #steps: Span[] = [];
  #step = 0;
  #profiler: Profiler | undefined;
  #profile: Profile | undefined;
  #began = 0;

  /** @param skip steps before the first one that counts; fewer where too few would be left */
  constructor(
    private readonly backend: Backend,
    private readonly wanted: number,
    private skip: number,
  ) {}

  /** Says how many steps there will be. */
  expect({ epochs, stepsPerEpoch, initialEpoch, initialStep = 0 }: TrainingReady): void {
    const total = (epochs - initialEpoch) * stepsPerEpoch - initialStep;
    this.skip = Math.min(this.skip, Math.max(total - this.wanted, 0));
  }

  /** What was recorded; undefined where no step was. */
  async finish(): Promise<Recording | undefined> {
    const ended = await this.#profiler?.stop();
    this.#profiler = undefined;
    const profile = this.#profile ?? ended;
    return profile && this.#steps.length > 0
      ? { ...profile, kind: "training step", steps: this.#steps.map((span) => since(span, profile)) }
      : undefined;
  }

  async #stepBegins(): Promise<void> {
    const { skip } = this;
    if (this.#step === Math.max(skip - warmUp, 0)) this.#profiler = await this.backend.profile!();
    if (this.#step === skip && skip > 0) {
      await this.#profiler?.stop();
      this.#profiler = await this.backend.profile!();
    }
    this.#began = performance.now();
  }

  async #stepEnds(): Promise<void> {
    const duration = performance.now() - this.#began;
    const at = this.#step++ - this.skip;
    if (at < 0 || at >= this.wanted) return;
    this.#steps.push({ start: this.#began, duration });
    if (at + 1 < this.wanted) return;
    this.#profile = await this.#profiler?.stop();
    this.#profiler = undefined;
  }
}

/** Microseconds from the beginning of a profile, of milliseconds of `performance.now()`. */
const since = ({ start, duration }: Span, { origin }: Profile): Span => ({
  start: (start - origin) * 1000,
  duration: duration * 1000,
});

/** Does some work, and keeps what ran in the first `wanted` runs of plans. */
export async function recordWork<T>(
  backend: Backend,
  wanted: number,
  kind: string,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly recording: Recording }> {
  const profiler = await backend.profile!();
  let result: T;
  try {
    result = await work();
  } catch (error) {
    await profiler.stop();
    throw error;
  }
  const profile = await profiler.stop();
  const runs = profile.runs.slice(0, wanted);
  const end = profile.runs[wanted]?.start ?? Number.POSITIVE_INFINITY;
  const dispatches = profile.dispatches.filter(({ start }) => start < end);
  return { result, recording: { ...profile, kind, runs, dispatches, steps: runs } };
}
