import { cast, type Dtype, full, type Optimizer, type Tensor, Variable, zeros } from "@hekla/tensor";
import { atLeastZero, checkRange } from "./ranges.js";
import type { Schedule } from "./schedules/schedule.js";

/** The counters as a step begins. */
export interface Now {
  /** Steps taken so far, int32 and as a float: scalars. */
  readonly taken: Tensor;
  readonly count: Tensor;
  /** The rate of this step, a scalar. */
  readonly learningRate: Tensor;
}

/** What all optimizers share: the step count, and the learning rate or its schedule. */
export abstract class OptimizerBase implements Optimizer {
  /** Name kept in saved files. */
  abstract readonly className: string;
  readonly #initialRate: number;
  readonly #schedule: Schedule | undefined;
  #dtype: Dtype = "float32";
  #counters: { iterations: Variable; learningRate: Variable } | undefined;

  /** @throws HeklaError for a rate that is negative or not finite */
  constructor(learningRate: number | Schedule) {
    if (typeof learningRate === "number") checkRange("optimizer", "learningRate", learningRate, atLeastZero);
    this.#schedule = typeof learningRate === "number" ? undefined : learningRate;
    this.#initialRate = typeof learningRate === "number" ? learningRate : 0;
  }

  abstract build(weights: readonly Variable[]): void;
  abstract apply(gradients: ReadonlyMap<Variable, Tensor>): void;

  /** State besides the counters, in the order in which Keras keeps it. */
  protected abstract get stateVariables(): readonly Variable[];

  /** A `LossScaleOptimizer` around this optimizer, where it is of a kind that goes with one and does not scale itself. */
  withLossScale(): Promise<OptimizerBase> | undefined {
    return undefined;
  }

  /** Overwrites weights by their averages, where the optimizer keeps any. */
  finalizeVariableValues(_weights?: readonly Variable[]): void {}

  /** Options besides the learning rate. */
  protected abstract get options(): object;

  /** The float type to compute rates in, that of the weights; has no effect once the counters are made. */
  protected useDtype(dtype: Dtype): void {
    this.#dtype = dtype;
  }

  // Made late, so that an optimizer may be made before a backend is chosen.
  get #scalars(): { iterations: Variable; learningRate: Variable } {
    const dtype = this.#dtype;
    this.#counters ??= {
      iterations: new Variable(() => zeros([], { dtype: "int32" }), { name: "iterations", trainable: false }),
      learningRate: new Variable(() => full([], this.#initialRate, { dtype }), {
        name: "learningRate",
        trainable: false,
      }),
    };
    return this.#counters;
  }

  /** A scalar int32 Variable: how often `apply` was called. */
  get iterations(): Variable {
    return this.#scalars.iterations;
  }

  /** A scalar Variable: the rate to use next; under a schedule that of the latest step. */
  get learningRate(): Variable {
    return this.#scalars.learningRate;
  }

  get variables(): readonly Variable[] {
    return [this.iterations, this.learningRate, ...this.stateVariables];
  }

  /** Reads the counters and sets the learning rate that its schedule gives. Inside a scope only. */
  protected begin(): Now {
    const taken = this.iterations.read();
    const count = cast(taken, this.learningRate.dtype);
    if (!this.#schedule) return { taken, count, learningRate: this.learningRate.read() };
    const learningRate = this.#schedule(count);
    this.learningRate.assign(learningRate);
    return { taken, count, learningRate };
  }

  getConfig(): Readonly<Record<string, unknown>> {
    const learningRate = this.#schedule ? (this.#schedule.config ?? null) : this.#initialRate;
    return { className: this.className, learningRate, ...this.options };
  }

  /** Gives the memory of the state back; the next `build` starts anew. */
  dispose(): void {
    for (const variable of this.variables) variable.dispose();
    this.#counters = undefined;
  }
}
