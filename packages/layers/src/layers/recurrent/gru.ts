import type { Config } from "../../layer.js";
import { cellOptions, FlatRNN } from "./flat-rnn.js";
import { GRUCell, type GRUCellOptions } from "./gru-cell.js";
import type { RNNOptions } from "./rnn.js";

/** Options of `GRU`: its cell's and those of all recurrent layers. */
export interface GRUOptions extends GRUCellOptions, RNNOptions {}

/**
 * Gated recurrent units over sequences: `[batch, steps, features]` to `[batch, units]`, or
 * `[batch, steps, units]` with `returnSequences`; with `returnState` also the last state `[batch, units]`.
 * The step is `GRUCell`'s.
 * Source: Cho et al. 2014; Keras 3 `GRU`.
 */
export class GRU extends FlatRNN<GRUCell> {
  static override readonly className: string = "GRU";

  /** @throws ShapeError unless `units` is an integer of at least 1 */
  constructor(units: number, options: GRUOptions = {}) {
    super(new GRUCell(units, cellOptions(options)), options);
  }

  get units(): number {
    return this.cell.units;
  }

  static override fromConfig({ units, ...options }: Config): GRU {
    return new GRU(units as number, options);
  }
}
