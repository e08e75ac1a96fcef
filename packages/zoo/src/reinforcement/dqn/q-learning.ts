import { huber, type Model, meanSquaredError } from "@hekla/layers";
import {
  add,
  argMax,
  compile,
  max,
  mean,
  multiply,
  type Optimizer,
  oneHot,
  reshape,
  stopGradient,
  subtract,
  sum,
  type Tensor,
  type Variable,
  valueAndGrad,
} from "@hekla/tensor";
import type { ReplayBatch } from "../replay/index.js";

/** How values are learnt. */
export interface QLearningOptions {
  readonly optimizer: Optimizer;
  /** A network of the same layers that gives the targets; without one the network itself does. */
  readonly target?: Model;
  /** Share by which the target network follows at each step; 0 where it is copied by `copyToTarget` only. */
  readonly tau: number;
  /** Lets the network choose the next action, and the target network rate it. */
  readonly double: boolean;
  readonly loss: "huber" | "meanSquaredError";
  /** Whether `learn` gives the errors, which priorities are made of. */
  readonly errors: boolean;
}

/** What a training step gives. */
export interface LearningStep {
  readonly loss: number;
  /** Target less value, a transition `[batch]`; empty unless asked for. */
  readonly errors: ArrayLike<number>;
}

type BatchTensors = Readonly<Record<Exclude<keyof ReplayBatch, "indices">, Tensor>>;

/**
 * Targets `[batch]` of values: `r + d max_a next(a)`, or, where `choosing` picks the action (double
 * Q-learning), `r + d next(argmax_a choosing(a))`. Both rate the actions of the next observation
 * `[batch, actions]`; r is the sum of n rewards and d = gamma^n, 0 after an end.
 *
 * Source: Mnih et al. 2015; van Hasselt et al. 2016, equation 4.
 */
export function qTargets(rewards: Tensor, discounts: Tensor, next: Tensor, choosing?: Tensor): Tensor {
  const value = choosing ? valuesOf(next, argMax(choosing, { axis: -1 })) : max(next, { axes: [-1] });
  return stopGradient(add(rewards, multiply(discounts, value)));
}

/** Values `[batch]` of one action each. */
function valuesOf(values: Tensor, actions: Tensor): Tensor {
  return sum(multiply(values, oneHot(actions, values.shape[1]!)), { axes: [-1] });
}

/** Q-learning of a network from batches of transitions; a training step is one plan. */
export class QLearning {
  readonly #options: QLearningOptions;
  readonly #step;
  readonly #copy;

  constructor(
    readonly network: Model,
    options: QLearningOptions,
  ) {
    this.#options = options;
    this.#step = compile((batch: BatchTensors) => this.#record(batch));
    this.#copy = compile(() => this.#follow((weight) => weight));
    options.optimizer.build(network.trainableWeights);
    this.copyToTarget();
  }

  #record(batch: BatchTensors) {
    const { network } = this;
    const { target = network, double, optimizer, tau, errors } = this.#options;
    const next = values(target, batch.nextObservations);
    const choosing = double && target !== network ? values(network, batch.nextObservations) : undefined;
    const targets = qTargets(batch.rewards, batch.discounts, next, choosing);
    const loss = this.#options.loss === "huber" ? huber : meanSquaredError;
    const column = (x: Tensor) => reshape(x, [-1, 1]);
    const step = () => {
      const value = valuesOf(values(network, batch.observations), batch.actions);
      const losses = loss(column(targets), column(value));
      return { value: mean(multiply(batch.weights, losses)), errors: subtract(targets, value) };
    };
    const result = valueAndGrad(step, network.trainableWeights)();
    optimizer.apply(result.grads);
    if (tau > 0) this.#follow((weight, old) => add(old, multiply(tau, subtract(weight, old))));
    return { loss: result.value, ...(errors && { errors: result.errors }) };
  }

  #follow(rule: (weight: Tensor, old: Tensor) => Tensor): void {
    const { target } = this.#options;
    this.network.weights.forEach((weight: Variable, at) => {
      const old = target?.weights[at];
      old?.assign(rule(weight.read(), old.read()));
    });
  }

  /** One training step. */
  async learn(batch: ReplayBatch): Promise<LearningStep> {
    const { indices: _, ...arrays } = batch;
    const { loss, errors } = this.#step(arrays);
    return { loss: await loss.item(), errors: errors ? await errors.data() : [] };
  }

  /** Makes the target network equal to the network. */
  copyToTarget(): void {
    if (this.#options.target) this.#copy();
  }

  /** Gives the memory of plans and target network back. */
  dispose(): void {
    this.#step.dispose();
    this.#copy.dispose();
    this.#options.target?.dispose();
  }
}

const values = (network: Model, observations: Tensor): Tensor => network.applyAll(observations)[0];
