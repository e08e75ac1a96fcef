import type { Tensor } from "./tensor.js";
import type { Variable } from "./variable.js";

/** What training needs of an optimizer; `@hekla/optim` has them, any object of this form will do. */
export interface Optimizer {
  /** State that belongs into a checkpoint: the step count, moments, the learning rate. */
  readonly variables: readonly Variable[];
  /** The rate to use next, a scalar, where it can be set from outside: callbacks do so. */
  readonly learningRate?: Variable;
  /** Makes the state for these variables ahead of the first `apply`. */
  build(variables: readonly Variable[]): void;
  /** One update: assigns new values to the keys of `grads`. Recorded like any op. */
  apply(grads: ReadonlyMap<Variable, Tensor>): void;
  /** What gradients are to be taken of in place of the loss: `apply` divides them by the factor again. Default: the loss. */
  scaleLoss?(loss: Tensor): Tensor;
  /** An optimizer that scales the loss and updates by this one, where it does not scale by itself: for half precision. */
  withLossScale?(): Promise<Optimizer> | undefined;
  /** Called at the end of training: averages of weights take their place, where the optimizer keeps any. */
  finalizeVariableValues?(variables: readonly Variable[]): void;
  /** Name and options, from which an equal optimizer can be made. */
  getConfig(): Readonly<Record<string, unknown>>;
}
