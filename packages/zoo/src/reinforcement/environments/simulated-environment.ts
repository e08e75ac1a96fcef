import { DataError } from "@hekla/tensor";
import type {
  Environment,
  EnvironmentRandom,
  EnvironmentState,
  StateFields,
  StepOutcome,
} from "./environment.js";

/** What all environments have in common: episodes, their time limit, checks, and states to keep. */
export abstract class SimulatedEnvironment<S extends StateFields> implements Environment {
  abstract readonly id: string;
  abstract readonly observationShape: readonly number[];
  abstract readonly binary: boolean;
  abstract readonly actionNames: readonly string[];
  abstract readonly framesPerSecond: number;
  readonly timeLimit: number;
  /** Of the step in progress. */
  protected reward = 0;
  readonly #outcome = { reward: 0, terminated: false, truncated: false };
  #random: EnvironmentRandom | undefined;
  #steps = 0;
  #over = true;

  /** @param fields all that an episode depends on, changed in place */
  constructor(
    protected readonly fields: S,
    timeLimit: number,
  ) {
    if (!(timeLimit >= 1)) {
      throw new DataError(`environment: the time limit is wrong, got ${timeLimit}, expected 1 step or more`);
    }
    this.timeLimit = timeLimit;
  }

  /** Sets the fields to an episode's start. */
  protected abstract start(random: EnvironmentRandom): void;
  /** Changes the fields by one step and sets the reward; tells whether the episode has terminated. */
  protected abstract advance(action: number, random: EnvironmentRandom): boolean;
  protected abstract write(observation: Float32Array): void;

  get actions(): number {
    return this.actionNames.length;
  }

  reset(random: EnvironmentRandom, observation: Float32Array): void {
    this.#random = random;
    this.#steps = 0;
    this.#over = false;
    this.start(random);
    this.observe(observation);
  }

  step(action: number, observation: Float32Array): StepOutcome {
    if (this.#over || !this.#random) {
      throw new DataError(`${this.id}: step without an episode, got one that is over, expected reset before`);
    }
    if (!(Number.isInteger(action) && action >= 0 && action < this.actionNames.length)) {
      throw new DataError(
        `${this.id}: no such action, got ${action}, expected 0 to ${this.actionNames.length - 1}`,
      );
    }
    const outcome = this.#outcome;
    outcome.terminated = this.advance(action, this.#random);
    outcome.reward = this.reward;
    this.#steps += 1;
    outcome.truncated = this.#steps >= this.timeLimit;
    this.#over = outcome.terminated || outcome.truncated;
    this.observe(observation);
    return outcome;
  }

  observe(observation: Float32Array): void {
    const length = this.observationShape.reduce((product, size) => product * size, 1);
    if (observation.length !== length) {
      throw new DataError(
        `${this.id}: the array for an observation does not fit, got ${observation.length} values, ` +
          `expected ${length} for [${this.observationShape}]`,
      );
    }
    this.write(observation);
  }

  saveState(): EnvironmentState {
    return { id: this.id, steps: this.#steps, over: this.#over, fields: structuredClone(this.fields) };
  }

  restoreState(state: EnvironmentState, random: EnvironmentRandom): void {
    const kind = (value: unknown) => (Array.isArray(value) ? `${value.length} numbers` : typeof value);
    const kinds = (fields: object) =>
      Object.entries(fields)
        .map(([name, value]) => `${name}: ${kind(value)}`)
        .sort()
        .join(", ");
    const wanted = `${this.id} {${kinds(this.fields)}}`;
    const got = `${state.id} {${kinds(state.fields)}}`;
    if (got !== wanted) {
      throw new DataError(`${this.id}: the state does not fit, got ${got}, expected ${wanted}`);
    }
    Object.assign(this.fields, structuredClone(state.fields));
    this.#random = random;
    this.#steps = state.steps;
    this.#over = state.over;
  }
}
