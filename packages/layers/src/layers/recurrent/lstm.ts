import type { Config } from "../../layer.js";
import { cellOptions, FlatRNN } from "./flat-rnn.js";
import { LSTMCell, type LSTMCellOptions } from "./lstm-cell.js";
import type { RNNOptions } from "./rnn.js";

/** Options of `LSTM`: its cell's and those of all recurrent layers. */
export interface LSTMOptions extends LSTMCellOptions, RNNOptions {}

/**
 * Long short-term memory over sequences: `[batch, steps, features]` to `[batch, units]`, or
 * `[batch, steps, units]` with `returnSequences`; with `returnState` also the last h and c, `[batch, units]`
 * each. The step is `LSTMCell`'s.
 * Source: Hochreiter and Schmidhuber 1997; Keras 3 `LSTM`.
 */
export class LSTM extends FlatRNN<LSTMCell> {
  static override readonly className: string = "LSTM";

  /** @throws ShapeError unless `units` is an integer of at least 1 */
  constructor(units: number, options: LSTMOptions = {}) {
    super(new LSTMCell(units, cellOptions(options)), options);
  }

  get units(): number {
    return this.cell.units;
  }

  static override fromConfig({ units, ...options }: Config): LSTM {
    return new LSTM(units as number, options);
  }
}
