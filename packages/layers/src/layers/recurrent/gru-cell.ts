import {
  add,
  gru,
  multiply,
  slice,
  split,
  squeeze,
  subtract,
  type Tensor,
  type TensorLike,
} from "@hekla/tensor";
import type { Config } from "../../layer.js";
import type { GatedCellOptions } from "./cell-settings.js";
import { GatedCell } from "./gated-cell.js";
import type { SequenceOptions, SequenceResult } from "./kernel-cell.js";

/** Options of `GRUCell`. */
export interface GRUCellOptions extends GatedCellOptions {
  /**
   * The reset gate multiplies the state after its product with the recurrent kernel, and there is a second
   * bias for that product; false: before, and one bias. Default true.
   */
  readonly resetAfter?: boolean;
}

/**
 * A step of a gated recurrent unit: `z = s(x_z + h_z)`, `r = s(x_r + h_r)`, `k = a(x_h + r * h_h)`,
 * `h = z * h + (1 - z) * k`, where x_z, x_r, x_h are the parts of `x kernel + bias[0]` and h_z, h_r, h_h
 * those of `h recurrentKernel + bias[1]`, a is the activation and s the recurrent one. Without `resetAfter`
 * `k = a(x_h + (r * h) recurrentKernel_h)`.
 * Inputs `[x, h]`, outputs `[h, h]`; x `[batch, features]`, h `[batch, units]`.
 * Weights: kernel `[features, 3 * units]`, recurrent_kernel `[units, 3 * units]`, bias `[2, 3 * units]`, or
 * `[3 * units]` without `resetAfter`.
 * Source: Cho et al. 2014; Keras 3 `GRUCell`.
 */
export class GRUCell extends GatedCell {
  static override readonly className: string = "GRUCell";
  readonly resetAfter: boolean;

  /** @throws ShapeError unless `units` is an integer of at least 1 */
  constructor(units: number, options: GRUCellOptions = {}) {
    super("gruCell", units, 3, options);
    this.resetAfter = options.resetAfter ?? true;
  }

  protected override biasWeight() {
    const { shape, settings } = super.biasWeight();
    return { shape: this.resetAfter ? [2, ...shape] : shape, settings };
  }

  protected override get inputBias(): TensorLike | undefined {
    return this.resetAfter ? this.#biasRow(0) : this.bias;
  }

  #biasRow(row: number): Tensor | undefined {
    return this.bias && squeeze(slice(this.bias, [row, 0], [1, 3 * this.units]), 0);
  }

  override step(projected: Tensor, [hidden]: readonly Tensor[], training: boolean): readonly Tensor[] {
    const { activation, recurrentActivation } = this.settings;
    const [ofUpdate, ofReset, ofCandidate] = split(projected, 3, { axis: 1 }) as [Tensor, Tensor, Tensor];
    const product = this.#product(hidden!, training);
    const update = recurrentActivation.apply(add(ofUpdate, product[0]!));
    const reset = recurrentActivation.apply(add(ofReset, product[1]!));
    const recurrent = this.resetAfter
      ? multiply(reset, product[2]!)
      : this.recurrentProduct(multiply(reset, hidden!), training, 2, 3);
    const candidate = activation.apply(add(ofCandidate, recurrent));
    const next = add(multiply(update, hidden!), multiply(subtract(1, update), candidate));
    return [next, next];
  }

  /** The state's shares in the gates; in the candidate only where the reset gate comes after. */
  #product(hidden: Tensor, training: boolean): readonly Tensor[] {
    if (!this.resetAfter) return split(this.recurrentProduct(hidden, training, 0, 2), 2, { axis: 1 });
    const product = this.recurrentProduct(hidden, training);
    const bias = this.#biasRow(1);
    return split(bias ? add(product, bias) : product, 3, { axis: 1 });
  }

  override runSequence(
    sequences: Tensor,
    states: readonly Tensor[] | undefined,
    options: SequenceOptions,
  ): SequenceResult {
    const { outputs, hidden } = gru(this.project(sequences, options.training), this.recurrentKernel, {
      ...this.sequenceOptions(sequences.shape[0]!, options),
      recurrentBias: this.resetAfter ? this.#biasRow(1) : undefined,
      resetAfter: this.resetAfter,
      initialHidden: states?.[0],
    });
    return { outputs, states: [hidden] };
  }

  override settingsConfig(): Config {
    return { ...super.settingsConfig(), resetAfter: this.resetAfter };
  }

  static fromConfig({ units, ...options }: Config): GRUCell {
    return new GRUCell(units as number, options);
  }
}
