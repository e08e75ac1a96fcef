import { DataError, HostRandom } from "@hekla/tensor";
import type { Environment, EnvironmentState } from "./environment.js";

/** Float32 values with their shape, ready for `tensor(data, { shape })`. */
export interface FloatArray {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** What one step of several environments brought; row `i` is of environment `i`. */
export interface Transitions {
  /** What was acted on `[environments, ...observation]`. */
  readonly observations: FloatArray;
  readonly actions: Int32Array;
  readonly rewards: Float64Array;
  /** Where the step led: the last observation of an episode where it ended, not the first of the next. */
  readonly nextObservations: FloatArray;
  /** 1 where an episode terminated. */
  readonly terminated: Uint8Array;
  /** 1 where an episode's time was up. */
  readonly truncated: Uint8Array;
  /** Sums of the rewards of the episodes that the step belongs to, this step's included. */
  readonly returns: Float64Array;
  /** Their steps so far, this one included. */
  readonly lengths: Int32Array;
}

/** All that several environments depend on, as plain values. */
export interface VectorEnvironmentState {
  readonly environments: readonly EnvironmentState[];
  /** Random numbers that each has drawn. */
  readonly draws: readonly number[];
  readonly returns: readonly number[];
  readonly lengths: readonly number[];
}

/** How several environments are run. */
export interface VectorEnvironmentOptions {
  /** Makes one of them. */
  readonly make: () => Environment;
  /** How many. */
  readonly count: number;
  readonly seed: number;
  /** Name of the random stream; another one keeps evaluations apart from training. Default "environment". */
  readonly stream?: string;
}

/**
 * Several environments side by side. One whose episode has ended starts the next in the same step
 * (Gymnasium's `AutoresetMode.SAME_STEP`): `transitions.nextObservations` has the end, `observations` the new
 * start.
 *
 * Environment `i` draws from stream `i` of the seed, so that it plays the same whatever the others do.
 */
export class VectorEnvironment {
  readonly environments: readonly Environment[];
  readonly observationShape: readonly number[];
  readonly actions: number;
  /** What to act on next `[environments, ...observation]`. */
  readonly observations: FloatArray;
  /** The last step; the same object each time. */
  readonly transitions: Transitions;
  readonly #randoms: readonly HostRandom[];
  readonly #now: readonly Float32Array[];
  readonly #next: readonly Float32Array[];

  /** Makes the environments and starts an episode in each. */
  constructor({ make, count, seed, stream = "environment" }: VectorEnvironmentOptions) {
    if (!(Number.isInteger(count) && count >= 1)) {
      throw new DataError(`VectorEnvironment: the count is wrong, got ${count}, expected 1 or more`);
    }
    this.environments = Array.from({ length: count }, make);
    const [first] = this.environments as [Environment];
    this.observationShape = first.observationShape;
    this.actions = first.actions;
    this.#randoms = this.environments.map((_, index) => new HostRandom(seed, stream, index));
    const size = first.observationShape.reduce((product, length) => product * length, 1);
    const rows = (): FloatArray => ({
      data: new Float32Array(count * size),
      shape: [count, ...first.observationShape],
    });
    const views = ({ data }: FloatArray) =>
      this.environments.map((_, index) => data.subarray(index * size, (index + 1) * size));
    this.observations = rows();
    this.transitions = {
      observations: rows(),
      actions: new Int32Array(count),
      rewards: new Float64Array(count),
      nextObservations: rows(),
      terminated: new Uint8Array(count),
      truncated: new Uint8Array(count),
      returns: new Float64Array(count),
      lengths: new Int32Array(count),
    };
    this.#now = views(this.observations);
    this.#next = views(this.transitions.nextObservations);
    this.reset();
  }

  get count(): number {
    return this.environments.length;
  }

  /** Ends all episodes and starts new ones. */
  reset(): void {
    this.environments.forEach((environment, index) => {
      environment.reset(this.#randoms[index]!, this.#now[index]!);
    });
    const { terminated, truncated, returns, lengths } = this.transitions;
    for (const list of [terminated, truncated, returns, lengths]) list.fill(0);
  }

  /**
   * Acts in each environment, and starts a new episode where one has ended.
   * @param actions one for each environment
   * @throws DataError if there is no such action
   */
  step(actions: ArrayLike<number>): Transitions {
    const { transitions } = this;
    if (actions.length !== this.count) {
      throw new DataError(
        `VectorEnvironment: actions do not fit, got ${actions.length}, ` +
          `expected ${this.count}, one an environment`,
      );
    }
    transitions.observations.data.set(this.observations.data);
    for (let index = 0; index < actions.length; index++) {
      const environment = this.environments[index]!;
      const next = this.#next[index]!;
      const newEpisode = transitions.terminated[index] === 1 || transitions.truncated[index] === 1;
      const { reward, terminated, truncated } = environment.step(actions[index]!, next);
      transitions.actions[index] = actions[index]!;
      transitions.rewards[index] = reward;
      transitions.returns[index] = (newEpisode ? 0 : transitions.returns[index]!) + reward;
      transitions.lengths[index] = (newEpisode ? 0 : transitions.lengths[index]!) + 1;
      transitions.terminated[index] = terminated ? 1 : 0;
      transitions.truncated[index] = truncated ? 1 : 0;
      if (terminated || truncated) environment.reset(this.#randoms[index]!, this.#now[index]!);
      else this.#now[index]!.set(next);
    }
    return transitions;
  }

  /** The state between two steps. */
  saveState(): VectorEnvironmentState {
    const { terminated, truncated, returns, lengths } = this.transitions;
    const running = (list: ArrayLike<number>) =>
      Array.from(list, (value, index) => (terminated[index] || truncated[index] ? 0 : value));
    return {
      environments: this.environments.map((environment) => environment.saveState()),
      draws: this.#randoms.map((random) => random.counter),
      returns: running(returns),
      lengths: running(lengths),
    };
  }

  /**
   * Goes on from a state, made with the same seed.
   * @throws DataError if it is of other environments or of another number of them
   */
  restoreState(state: VectorEnvironmentState): void {
    const { environments, draws, returns, lengths } = state;
    const counts = [environments, draws, returns, lengths].map((list) => list.length);
    if (counts.some((count) => count !== this.count)) {
      throw new DataError(
        `VectorEnvironment: the state does not fit, got [${counts}] entries, expected ${this.count} each`,
      );
    }
    this.environments.forEach((environment, index) => {
      const random = this.#randoms[index]!;
      random.counter = draws[index]!;
      environment.restoreState(environments[index]!, random);
      environment.observe(this.#now[index]!);
    });
    this.transitions.terminated.fill(0);
    this.transitions.truncated.fill(0);
    this.transitions.returns.set(returns);
    this.transitions.lengths.set(lengths);
  }
}
