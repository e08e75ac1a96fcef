import { HeklaError } from "@hekla/tensor";
import type { History } from "./callback.js";

/** Training has run away: the loss is NaN or infinite, and so are the weights. */
export class DivergedError extends HeklaError {
  /** What was recorded of the epochs before. */
  readonly history: History;
  /** The epoch in which it was seen, from 0. */
  readonly epoch: number;

  constructor(epoch: number, loss: number, history: History) {
    super(
      `fit: training diverged in epoch ${epoch + 1}, got loss ${loss}, expected a finite number; ` +
        "try a smaller learning rate or clipped gradients",
    );
    this.epoch = epoch;
    this.history = history;
  }
}
