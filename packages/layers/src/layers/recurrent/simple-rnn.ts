import type { Config } from "../../layer.js";
import type { SimpleRNNCellOptions } from "./cell-settings.js";
import { cellOptions, FlatRNN } from "./flat-rnn.js";
import type { RNNOptions } from "./rnn.js";
import { SimpleRNNCell } from "./simple-rnn-cell.js";

/** Options of `SimpleRNN`: its cell's and those of all recurrent layers. */
export interface SimpleRNNOptions extends SimpleRNNCellOptions, RNNOptions {}

/**
 * A recurrent layer whose output is its state: `[batch, steps, features]` to `[batch, units]`, or
 * `[batch, steps, units]` with `returnSequences`; with `returnState` also the last state `[batch, units]`.
 * The step is `SimpleRNNCell`'s.
 * Source: Elman 1990; Keras 3 `SimpleRNN`.
 */
export class SimpleRNN extends FlatRNN<SimpleRNNCell> {
  static override readonly className: string = "SimpleRNN";

  /** @throws ShapeError unless `units` is an integer of at least 1 */
  constructor(units: number, options: SimpleRNNOptions = {}) {
    super(new SimpleRNNCell(units, cellOptions(options)), options);
  }

  get units(): number {
    return this.cell.units;
  }

  static override fromConfig({ units, ...options }: Config): SimpleRNN {
    return new SimpleRNN(units as number, options);
  }
}
