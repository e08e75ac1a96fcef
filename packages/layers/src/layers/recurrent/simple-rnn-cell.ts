import { add, simpleRnn, type Tensor } from "@hekla/tensor";
import type { Config } from "../../layer.js";
import { CellSettings, type SimpleRNNCellOptions } from "./cell-settings.js";
import { KernelCell, type SequenceOptions, type SequenceResult } from "./kernel-cell.js";

/**
 * A step of a simple recurrent layer: `h = activation(x kernel + h recurrentKernel + bias)`; the output is
 * the state.
 * Inputs `[x, h]`, outputs `[h, h]`; x `[batch, features]`, h `[batch, units]`.
 * Weights: kernel `[features, units]`, recurrent_kernel `[units, units]`, bias `[units]`.
 * Source: Keras 3 `SimpleRNNCell`.
 */
export class SimpleRNNCell extends KernelCell {
  static override readonly className: string = "SimpleRNNCell";

  /** @throws ShapeError unless `units` is an integer of at least 1 */
  constructor(units: number, options: SimpleRNNCellOptions = {}) {
    super("simpleRNNCell", units, 1, new CellSettings(options), options);
  }

  override step(projected: Tensor, [hidden]: readonly Tensor[], training: boolean): readonly Tensor[] {
    const next = this.settings.activation.apply(add(projected, this.recurrentProduct(hidden!, training)));
    return [next, next];
  }

  override runSequence(
    sequences: Tensor,
    states: readonly Tensor[] | undefined,
    options: SequenceOptions,
  ): SequenceResult {
    const { outputs, hidden } = simpleRnn(this.project(sequences, options.training), this.recurrentKernel, {
      ...this.sequenceOptions(sequences.shape[0]!, options),
      initialHidden: states?.[0],
    });
    return { outputs, states: [hidden] };
  }

  static fromConfig({ units, ...options }: Config): SimpleRNNCell {
    return new SimpleRNNCell(units as number, options);
  }
}
