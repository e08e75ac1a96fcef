/** What environments draw from. `HostRandom` is one. */
export interface EnvironmentRandom {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Uniform whole number in [0, n). */
  integer(n: number): number;
}

/** What a step brought. */
export interface StepOutcome {
  readonly reward: number;
  /** The episode has come to an end of its own: nothing is to be gained after it. */
  readonly terminated: boolean;
  /** The time is up; the task itself would go on, so that what follows still counts. */
  readonly truncated: boolean;
}

/** Numbers, switches and lists of numbers by name. */
export type StateFields = Record<string, number | boolean | number[]>;

/** All that a running episode depends on but its random numbers, as plain values. */
export interface EnvironmentState {
  readonly id: string;
  /** Steps of the episode so far. */
  readonly steps: number;
  /** Whether it has ended, or none has begun. */
  readonly over: boolean;
  readonly fields: Readonly<Record<string, number | boolean | readonly number[]>>;
}

/**
 * A task for an agent, one episode after the other, with Gymnasium's meanings.
 *
 * Observations are written into arrays that are given, and a step allocates nothing.
 */
export interface Environment {
  /** Gymnasium's name of it. */
  readonly id: string;
  /** Shape of an observation: `[values]`, or `[channels, height, width]`. */
  readonly observationShape: readonly number[];
  /** Whether observations hold only 0 and 1. */
  readonly binary: boolean;
  /** Number of actions: 0 .. actions - 1. */
  readonly actions: number;
  readonly actionNames: readonly string[];
  /** Steps after which an episode is truncated; Infinity for no limit. */
  readonly timeLimit: number;
  /** Steps a second when people watch. */
  readonly framesPerSecond: number;
  /** Starts an episode that draws from `random` in all its steps, and writes the first observation. */
  reset(random: EnvironmentRandom, observation: Float32Array): void;
  /**
   * Acts once and writes the observation after it. The outcome is the same object each time.
   * @throws DataError if there is no such action, the episode is over or `observation` has another length
   */
  step(action: number, observation: Float32Array): StepOutcome;
  /** Writes the observation of the present state. */
  observe(observation: Float32Array): void;
  saveState(): EnvironmentState;
  /**
   * Goes on from a state, drawing from `random`.
   * @throws DataError if it is not a state of this environment
   */
  restoreState(state: EnvironmentState, random: EnvironmentRandom): void;
}
