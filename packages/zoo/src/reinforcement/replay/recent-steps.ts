import { type ObservationStorage, ObservationStore } from "./observation-store.js";

/**
 * The last steps of each of several environments, in rings, for returns over n steps. Entries count from the
 * oldest.
 */
export class RecentSteps {
  readonly observations: ObservationStore;
  readonly actions: Int32Array;
  readonly rewards: Float64Array;
  /** Steps held, and the place of the oldest, of each environment. */
  readonly counts: Int32Array;
  readonly starts: Int32Array;

  constructor(
    environments: number,
    /** Steps of one ring. */
    readonly steps: number,
    observationSize: number,
    storage: ObservationStorage,
  ) {
    this.observations = new ObservationStore(environments * steps, observationSize, storage);
    this.actions = new Int32Array(environments * steps);
    this.rewards = new Float64Array(environments * steps);
    this.counts = new Int32Array(environments);
    this.starts = new Int32Array(environments);
  }

  /** Where an environment's entry is kept. */
  place(environment: number, entry: number): number {
    return environment * this.steps + ((this.starts[environment]! + entry) % this.steps);
  }

  /** Adds a step to a ring that has room. */
  push(environment: number, observations: Float32Array, action: number, reward: number): void {
    const place = this.place(environment, this.counts[environment]!);
    this.observations.write(place, observations, environment * this.observations.size);
    this.actions[place] = action;
    this.rewards[place] = reward;
    this.counts[environment] = this.counts[environment]! + 1;
  }

  /** Forgets the oldest step. */
  shift(environment: number): void {
    this.starts[environment] = (this.starts[environment]! + 1) % this.steps;
    this.counts[environment] = this.counts[environment]! - 1;
  }

  /** Sum over all entries of gamma^entry times reward. */
  discountedRewards(environment: number, gamma: number): number {
    let sum = 0;
    for (let entry = this.counts[environment]! - 1; entry >= 0; entry--) {
      sum = this.rewards[this.place(environment, entry)]! + gamma * sum;
    }
    return sum;
  }
}
