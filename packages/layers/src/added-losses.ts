import type { Tensor } from "@hekla/tensor";

/** Where `Layer.addLoss` puts losses while a training step is recorded; the only state of this module. */
const state: { active: Tensor[] | undefined } = { active: undefined };

/** Runs `fn`; the scalars that layers add to the loss in it (activity regularization, say) are returned beside its result. */
export function collectLosses<T>(fn: () => T): { readonly result: T; readonly losses: readonly Tensor[] } {
  const outer = state.active;
  const losses: Tensor[] = [];
  state.active = losses;
  try {
    return { result: fn(), losses };
  } finally {
    state.active = outer;
  }
}

/** Adds a scalar to the loss of the step being recorded; outside of one nothing happens. */
export function addLoss(loss: Tensor): void {
  state.active?.push(loss);
}

/** The losses added since the last call, to whoever computes the loss in a training step of their own. */
export const takeLosses = (): readonly Tensor[] => state.active?.splice(0) ?? [];

/** Whether anybody wants added losses now. */
export const collectsLosses = (): boolean => state.active !== undefined;
