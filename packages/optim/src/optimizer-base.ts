import {
  add,
  cast,
  HeklaError,
  multiply,
  type Optimizer,
  scope,
  subtract,
  type Tensor,
  Variable,
  zeros,
} from "@hekla/tensor";
import { type ClippingOptions, checkClipping, clipGradients } from "./clipping.js";
import type { Schedule } from "./schedule.js";

/** Settings that every optimizer takes. */
export interface OptimizerOptions extends ClippingOptions {
  /** Decoupled weight decay: before each step `weight -= learningRate * weightDecay * weight`. Default 0: none. */
  readonly weightDecay?: number;
}

/**
 * What all optimizers share: the step count, the learning rate or its schedule, weight decay, clipping of
 * gradients, and state Variables by weight. The order of a step is that of Keras 3: clip, decay, update, count.
 */
export abstract class OptimizerBase implements Optimizer {
  /** Name kept in saved files. */
  abstract readonly className: string;
  readonly #initialRate: number;
  readonly #schedule: Schedule | undefined;
  readonly #options: OptimizerOptions;
  readonly #state = new Map<Variable, Map<string, Variable>>();
  #counters: { iterations: Variable; learningRate: Variable } | undefined;

  /** @throws HeklaError for a negative or unfinished number among the settings */
  constructor(learningRate: number | Schedule, options: OptimizerOptions) {
    if (typeof learningRate === "number") checkNumber("learningRate", learningRate);
    if (options.weightDecay !== undefined) checkNumber("weightDecay", options.weightDecay);
    checkClipping(options);
    this.#schedule = typeof learningRate === "number" ? undefined : learningRate;
    this.#initialRate = typeof learningRate === "number" ? learningRate : 0;
    this.#options = options;
  }

  /** Names of the state Variables kept for each weight. */
  protected abstract slotNames(): readonly string[];

  /** Assigns the weight and its state; `rate` is what `stepRate` gave. */
  protected abstract update(weight: Variable, gradient: Tensor, rate: Tensor): void;

  /** The rate shared by all weights of a step; `step` counts from 1 (float32 scalar). */
  protected stepRate(learningRate: Tensor, _step: Tensor): Tensor {
    return learningRate;
  }

  // Made late, so that an optimizer may be made before a backend is chosen.
  get #scalars(): { iterations: Variable; learningRate: Variable } {
    this.#counters ??= {
      iterations: new Variable(() => zeros([], { dtype: "int32" }), { name: "iterations", trainable: false }),
      learningRate: new Variable(() => add(zeros([]), this.#initialRate), {
        name: "learningRate",
        trainable: false,
      }),
    };
    return this.#counters;
  }

  /** A scalar int32 Variable: the number of steps taken. */
  get iterations(): Variable {
    return this.#scalars.iterations;
  }

  /** A scalar Variable: the rate to use next; under a schedule that of the latest step. */
  get learningRate(): Variable {
    return this.#scalars.learningRate;
  }

  get variables(): readonly Variable[] {
    return [
      this.iterations,
      this.learningRate,
      ...[...this.#state.values()].flatMap((slots) => [...slots.values()]),
    ];
  }

  build(weights: readonly Variable[]): void {
    for (const weight of weights) {
      if (this.#state.has(weight)) continue;
      const slots = this.slotNames().map((name) => {
        const options = { name: `${name}/${weight.name}`, trainable: false };
        return [name, new Variable(() => zeros(weight.shape, { dtype: weight.dtype }), options)] as const;
      });
      this.#state.set(weight, new Map(slots));
    }
  }

  /** The state Variable of a weight. */
  protected slot(weight: Variable, name: string): Variable {
    return this.#state.get(weight)!.get(name)!;
  }

  apply(gradients: ReadonlyMap<Variable, Tensor>): void {
    this.build([...gradients.keys()]);
    scope(() => {
      const taken = this.iterations.read();
      const step = add(cast(taken, "float32"), 1);
      const learningRate = this.#schedule ? this.#schedule(cast(taken, "float32")) : this.learningRate.read();
      if (this.#schedule) this.learningRate.assign(learningRate);
      const rate = this.stepRate(learningRate, step);
      const { weightDecay } = this.#options;
      for (const [weight, gradient] of clipGradients(gradients, this.#options)) {
        if (weightDecay) decay(weight, multiply(learningRate, weightDecay));
        this.update(weight, gradient, rate);
      }
      this.iterations.assign(add(taken, 1));
    });
  }

  getConfig(): Readonly<Record<string, unknown>> {
    const learningRate = this.#schedule ? (this.#schedule.config ?? null) : this.#initialRate;
    return { className: this.className, learningRate, ...this.#options };
  }

  /** Gives the memory of the state back. */
  dispose(): void {
    for (const variable of this.variables) variable.dispose();
    this.#state.clear();
    this.#counters = undefined;
  }
}

function decay(weight: Variable, amount: Tensor): void {
  const value = weight.read();
  weight.assign(subtract(value, multiply(value, amount)));
}

/** Throws unless the setting is a finite number of at least 0. */
export function checkNumber(name: string, value: number): void {
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0) {
    throw new HeklaError(`optimizer: bad ${name}, got ${value}, expected a finite number of at least 0`);
  }
}
