import { DataError, HostRandom } from "@hekla/tensor";
import type { Transitions } from "../environments/vector-environment.js";
import { arraysFromBytes, arraysToBytes, type KeptArray } from "./array-bytes.js";
import { type ObservationStorage, ObservationStore } from "./observation-store.js";
import { RecentSteps } from "./recent-steps.js";
import { type ReplayBatch, replayBatch } from "./replay-batch.js";

/** Size and shape of a replay. */
export interface ReplayOptions {
  /** Transitions that are kept; then the oldest makes room. */
  readonly capacity: number;
  readonly observationShape: readonly number[];
  /** "bits" for observations of 0 and 1 only, in a 32nd of the memory. Default "float32". */
  readonly storage?: ObservationStorage;
  /** Environments whose steps are added side by side. Default 1. */
  readonly environments?: number;
  /** Steps that a transition spans (n of n-step returns), fewer at an episode's end. Default 1. */
  readonly steps?: number;
  /** Discount a step, 0 to 1. Default 0.99. */
  readonly gamma?: number;
  /** Rewards are cut to -rewardClip .. rewardClip before they are added up. Default Infinity. */
  readonly rewardClip?: number;
  readonly seed: number;
}

/** Plain values of a kept replay, and its arrays. */
export interface KeptReplay {
  readonly values: Readonly<Record<string, unknown>>;
  readonly arrays: Record<string, KeptArray>;
}

/**
 * Transitions of the past, drawn with equal probability.
 *
 * A step's transition is kept once n steps are known: reward `sum_{k < m} gamma^k r_k` and discount
 * `gamma^m`, where m is n, or what was left of the episode. At its end the discount is 0 if it terminated; if
 * it was truncated the value of the last observation still counts. All memory is taken at the start.
 *
 * Source: Lin 1992; Mnih et al. 2015; n-step returns: Sutton and Barto 2018, equation 7.1.
 */
export class ReplayBuffer {
  readonly capacity: number;
  readonly observationShape: readonly number[];
  protected readonly random: HostRandom;
  readonly #options: Required<ReplayOptions>;
  readonly #recent: RecentSteps;
  readonly #observations: ObservationStore;
  readonly #nextObservations: ObservationStore;
  readonly #actions: Int32Array;
  readonly #rewards: Float32Array;
  readonly #discounts: Float32Array;
  #size = 0;
  #head = 0;

  constructor(options: ReplayOptions) {
    const { capacity, observationShape, seed } = options;
    const { storage = "float32", environments = 1, steps = 1, gamma = 0.99 } = options;
    const { rewardClip = Number.POSITIVE_INFINITY } = options;
    const counts = { capacity, environments, steps };
    for (const [name, value] of Object.entries(counts)) {
      if (!(Number.isInteger(value) && value >= 1)) {
        throw new DataError(`replay: ${name} is wrong, got ${value}, expected a whole number of 1 or more`);
      }
    }
    if (!(gamma >= 0 && gamma <= 1))
      throw new DataError(`replay: gamma is wrong, got ${gamma}, expected 0 to 1`);
    if (!(rewardClip > 0)) {
      throw new DataError(`replay: rewardClip is wrong, got ${rewardClip}, expected a number above 0`);
    }
    const size = observationShape.reduce((product, length) => product * length, 1);
    this.capacity = capacity;
    this.observationShape = observationShape;
    this.random = new HostRandom(seed, "replay");
    this.#options = { capacity, observationShape, storage, environments, steps, gamma, rewardClip, seed };
    this.#recent = new RecentSteps(environments, steps, size, storage);
    this.#observations = new ObservationStore(capacity, size, storage);
    this.#nextObservations = new ObservationStore(capacity, size, storage);
    this.#actions = new Int32Array(capacity);
    this.#rewards = new Float32Array(capacity);
    this.#discounts = new Float32Array(capacity);
  }

  /** Transitions that can be drawn. */
  get size(): number {
    return this.#size;
  }

  /**
   * Adds one step of each environment.
   * @throws DataError if they are of another number of environments or another shape, or are no bits where
   * bits are kept
   */
  add(transitions: Transitions): void {
    const { environments, gamma, rewardClip, steps } = this.#options;
    const { observations, actions, rewards, nextObservations, terminated, truncated } = transitions;
    if (
      actions.length !== environments ||
      observations.data.length !== environments * this.#observations.size
    ) {
      throw new DataError(
        `replay: steps do not fit, got observations [${observations.shape}], ` +
          `expected [${[environments, ...this.observationShape]}]`,
      );
    }
    const recent = this.#recent;
    for (let environment = 0; environment < environments; environment++) {
      const reward = Math.min(Math.max(rewards[environment]!, -rewardClip), rewardClip);
      recent.push(environment, observations.data, actions[environment]!, reward);
      const over = terminated[environment] === 1 || truncated[environment] === 1;
      while (recent.counts[environment] === steps || (over && recent.counts[environment]! > 0)) {
        const discount = terminated[environment] === 1 ? 0 : gamma ** recent.counts[environment]!;
        this.#insert(environment, nextObservations.data, discount);
        recent.shift(environment);
      }
    }
  }

  #insert(environment: number, next: Float32Array, discount: number): void {
    const recent = this.#recent;
    const slot = this.#head;
    const oldest = recent.place(environment, 0);
    this.#observations.copy(slot, recent.observations, oldest);
    this.#nextObservations.write(slot, next, environment * this.#nextObservations.size);
    this.#actions[slot] = recent.actions[oldest]!;
    this.#rewards[slot] = recent.discountedRewards(environment, this.#options.gamma);
    this.#discounts[slot] = discount;
    this.#head = (slot + 1) % this.capacity;
    this.#size = Math.min(this.#size + 1, this.capacity);
    this.inserted(slot);
  }

  /** Called for each slot that has got a new transition. */
  protected inserted(_slot: number): void {}

  /** Arrays for a batch of this replay's transitions. */
  createBatch(size: number): ReplayBatch {
    return replayBatch(size, this.observationShape);
  }

  /**
   * Fills a batch with transitions, drawn with replacement.
   * @throws DataError if there are none yet
   */
  sample(batch: ReplayBatch): void {
    if (this.#size === 0) {
      throw new DataError("replay: nothing to draw from, got 0 transitions, expected 1 or more");
    }
    this.draw(batch);
    const { indices, observations, nextObservations } = batch;
    const { size } = this.#observations;
    for (let sample = 0; sample < indices.length; sample++) {
      const slot = indices[sample]!;
      this.#observations.read(slot, observations.data, sample * size);
      this.#nextObservations.read(slot, nextObservations.data, sample * size);
      batch.actions.data[sample] = this.#actions[slot]!;
      batch.rewards.data[sample] = this.#rewards[slot]!;
      batch.discounts.data[sample] = this.#discounts[slot]!;
    }
  }

  /** Fills `batch.indices` and `batch.weights`. */
  protected draw({ indices, weights }: ReplayBatch): void {
    for (let sample = 0; sample < indices.length; sample++) indices[sample] = this.random.integer(this.#size);
    weights.data.fill(1);
  }

  /** All that later draws depend on, as bytes; only what is filled is kept. */
  toBytes(): Uint8Array {
    const { values, arrays } = this.keep();
    return arraysToBytes(values, arrays);
  }

  /**
   * Goes on from bytes of a replay with the same options and seed.
   * @throws DataError if they are not such bytes, cut, or of a replay with other options
   */
  restore(bytes: Uint8Array): void {
    const { values, arrays } = arraysFromBytes(bytes, "replay");
    this.take({ values: values as KeptReplay["values"], arrays });
  }

  /** Arrays by name with the length that is in use. */
  #arrays(size: number): [name: string, array: KeptArray, length: number][] {
    const recent = this.#recent;
    return [
      ["observations", this.#observations.data, size * this.#observations.stride],
      ["nextObservations", this.#nextObservations.data, size * this.#nextObservations.stride],
      ["actions", this.#actions, size],
      ["rewards", this.#rewards, size],
      ["discounts", this.#discounts, size],
      ["recentObservations", recent.observations.data, recent.observations.data.length],
      ["recentActions", recent.actions, recent.actions.length],
      ["recentRewards", recent.rewards, recent.rewards.length],
      ["recentCounts", recent.counts, recent.counts.length],
      ["recentStarts", recent.starts, recent.starts.length],
    ];
  }

  #description(): string {
    return JSON.stringify({ ...this.#options, rewardClip: String(this.#options.rewardClip) });
  }

  protected keep(): KeptReplay {
    const arrays = this.#arrays(this.#size).map(([name, array, length]) => [name, array.subarray(0, length)]);
    const [size, head, draws, options] = [this.#size, this.#head, this.random.counter, this.#description()];
    return { values: { size, head, draws, options }, arrays: Object.fromEntries(arrays) };
  }

  protected take({ values, arrays }: KeptReplay): void {
    const { options, size, head, draws } = values as { options?: string } & Record<string, number>;
    if (options !== this.#description()) {
      throw new DataError(
        `replay: the state is of other options, got ${options}, expected ${this.#description()}`,
      );
    }
    for (const [name, array, length] of this.#arrays(size!)) {
      const kept = arrays[name];
      if (kept?.constructor !== array.constructor || kept.length !== length) {
        throw new DataError(
          `replay: the state does not fit, got ${kept?.length ?? "no"} values of ${name}, expected ${length}`,
        );
      }
      array.set(kept);
    }
    this.#size = size!;
    this.#head = head!;
    this.random.counter = draws!;
  }
}
