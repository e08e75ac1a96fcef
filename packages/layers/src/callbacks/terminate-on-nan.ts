import type { Callback } from "../training/callback.js";
import type { DivergedError } from "../training/diverged-error.js";

/**
 * Ends training where the loss becomes NaN or infinite, as `model.stopTraining` does: `fit` returns the epochs before
 * instead of throwing. Source: Keras 3 `TerminateOnNaN`.
 */
export class TerminateOnNaN implements Callback {
  /** Why training ended; undefined where it did not. */
  error: DivergedError | undefined;

  onTrainBegin(): void {
    this.error = undefined;
  }

  onDiverged(error: DivergedError): boolean {
    this.error = error;
    return true;
  }
}
