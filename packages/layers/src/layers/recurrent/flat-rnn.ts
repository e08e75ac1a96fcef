import type { Config, LayerOptions } from "../../layer.js";
import type { ProjectingCell } from "./projecting-cell.js";
import { RNN } from "./rnn.js";

/**
 * A layer made of a cell of the library; its config holds the cell's settings beside its own, as in Keras.
 */
export abstract class FlatRNN<Cell extends ProjectingCell> extends RNN<Cell> {
  protected override cellConfig(): Config {
    return this.cell.settingsConfig();
  }
}

/** The options of such a layer that are its cell's. */
export function cellOptions<Options extends LayerOptions>(options: Options): Options {
  const { name: _name, inputShape: _shape, activityRegularizer: _penalty, ...rest } = options;
  return rest as Options;
}
