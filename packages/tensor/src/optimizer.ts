import type { Tensor } from "./tensor.js";
import type { Variable } from "./variable.js";

/** What training needs of an optimizer; `@hekla/optim` has them, any object of this form will do. */
export interface Optimizer {
  /** State that belongs into a checkpoint: the step count, moments, the learning rate. */
  readonly variables: readonly Variable[];
  /** Makes the state for these variables ahead of the first `apply`. */
  build(variables: readonly Variable[]): void;
  /** One update: assigns new values to the keys of `grads`. Recorded like any op. */
  apply(grads: ReadonlyMap<Variable, Tensor>): void;
  /** Name and options, from which an equal optimizer can be made. */
  getConfig(): Readonly<Record<string, unknown>>;
}
