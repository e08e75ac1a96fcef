import { HeklaError } from "@hekla/tensor";
import type { History } from "./callback.js";

/** What gave the first bad value. */
export interface BadPlace {
  /** Layers by name, "sequential_1/dense_2"; " gradient" behind it on the way back; empty outside of layers. */
  readonly layer: string;
  readonly op: string;
  readonly shape: readonly number[];
  readonly value: "NaN" | "Infinity";
}

/** Training has run away: the loss is NaN or infinite, and so are the weights. */
export class DivergedError extends HeklaError {
  /** What was recorded of the epochs before. */
  readonly history: History;
  /** The epoch in which it was seen, from 0. */
  readonly epoch: number;
  /** Where it began and in which step of the epoch, from 0; with the option `nanGuard` of `fit`. */
  readonly place: (BadPlace & { readonly batch: number }) | undefined;

  constructor(epoch: number, loss: number, history: History, place?: BadPlace & { readonly batch: number }) {
    const where = place
      ? `, first ${place.value} in step ${place.batch + 1} from ${place.op} [${place.shape}]` +
        `${place.layer ? ` of ${place.layer}` : ""}`
      : "";
    const hint = place ? "" : "; nanGuard: true finds the layer";
    super(
      `fit: training diverged in epoch ${epoch + 1}${where}, got loss ${loss}, expected a finite number; ` +
        `try a smaller learning rate or clipped gradients${hint}`,
    );
    this.epoch = epoch;
    this.history = history;
    this.place = place;
  }
}
