import type { Choices } from "../wgsl/dispatch.js";

/** What was found to be fastest on one kind of device: the name of a way by problem. Plain JSON. */
export interface TuningCache {
  /** The device, as its adapter names it; what was measured on another one is not taken. */
  readonly device: string;
  readonly fastest: { readonly [problem: string]: string };
}

/**
 * Ways to compute something: until they are measured the first, by rule of thumb. A choice holds for as long
 * as a plan does.
 */
export class Tuning implements Choices {
  readonly #fastest = new Map<string, string>();
  readonly #met = new Map<string, readonly string[]>();
  #forced: string | undefined;

  constructor(
    readonly device: string,
    cache?: TuningCache,
  ) {
    if (cache?.device !== device) return;
    for (const [problem, name] of Object.entries(cache.fastest)) this.#fastest.set(problem, name);
  }

  choose(problem: string, names: readonly string[]): number {
    const fastest = this.#fastest.get(problem);
    if (this.#forced === undefined && fastest === undefined) this.#met.set(problem, names);
    return Math.max(0, names.indexOf(this.#forced ?? fastest ?? names[0]!));
  }

  /** Problems that were met and not measured yet, with the ways to compute each. */
  get open(): ReadonlyMap<string, readonly string[]> {
    return this.#met;
  }

  /** Has a way taken for whatever `prepare` prepares. */
  forced<T>(name: string, prepare: () => T): T {
    this.#forced = name;
    try {
      return prepare();
    } finally {
      this.#forced = undefined;
    }
  }

  settle(problem: string, name: string): void {
    this.#fastest.set(problem, name);
    this.#met.delete(problem);
  }

  /** What to save, and to give to a later session. */
  get cache(): TuningCache {
    return { device: this.device, fastest: Object.fromEntries(this.#fastest) };
  }
}
