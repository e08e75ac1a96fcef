import type { GatedCellOptions } from "./cell-settings.js";
import { GatedCellSettings } from "./cell-settings.js";
import { KernelCell, opActivation } from "./kernel-cell.js";

/** What GRUCell and LSTMCell share: the function of the gates. */
export abstract class GatedCell extends KernelCell {
  declare protected readonly settings: GatedCellSettings;

  constructor(owner: string, units: number, gates: number, options: GatedCellOptions) {
    super(owner, units, gates, new GatedCellSettings(options), options);
  }

  protected override get opActivations() {
    const recurrentActivation = opActivation(this.settings.recurrentActivation);
    const known = super.opActivations;
    return known && recurrentActivation && { ...known, recurrentActivation };
  }
}
