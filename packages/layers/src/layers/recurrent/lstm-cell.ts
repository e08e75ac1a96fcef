import { add, lstm, multiply, split, type Tensor } from "@hekla/tensor";
import type { Config } from "../../layer.js";
import { forgetGateOpen, type GatedCellOptions, type GatedCellSettings } from "./cell-settings.js";
import { GatedCell } from "./gated-cell.js";
import type { SequenceOptions, SequenceResult } from "./kernel-cell.js";

/** Options of `LSTMCell`. */
export interface LSTMCellOptions extends GatedCellOptions {
  /** The forget gate's bias begins at 1. Default true. */
  readonly unitForgetBias?: boolean;
}

/**
 * The output and new states `[h, h, c]`, from the sum before the gates i, f, c, o, one after the other along
 * `axis`.
 */
export function lstmStep(sum: Tensor, axis: number, carry: Tensor, settings: GatedCellSettings): Tensor[] {
  const { activation, recurrentActivation } = settings;
  const [input, forget, candidate, output] = split(sum, 4, { axis }) as [Tensor, Tensor, Tensor, Tensor];
  const kept = multiply(recurrentActivation.apply(forget), carry);
  const next = add(kept, multiply(recurrentActivation.apply(input), activation.apply(candidate)));
  const hidden = multiply(recurrentActivation.apply(output), activation.apply(next));
  return [hidden, hidden, next];
}

/**
 * A step of a long short-term memory: `z = x kernel + h recurrentKernel + bias` in four parts i, f, c, o,
 * `c = s(z_f) * c + s(z_i) * a(z_c)`, `h = s(z_o) * a(c)`, where a is the activation and s the recurrent one.
 * Inputs `[x, h, c]`, outputs `[h, h, c]`; x `[batch, features]`, h and c `[batch, units]`.
 * Weights: kernel `[features, 4 * units]`, recurrent_kernel `[units, 4 * units]`, bias `[4 * units]`.
 * Source: Hochreiter and Schmidhuber 1997; Keras 3 `LSTMCell`.
 */
export class LSTMCell extends GatedCell {
  static override readonly className: string = "LSTMCell";
  readonly unitForgetBias: boolean;

  /** @throws ShapeError unless `units` is an integer of at least 1 */
  constructor(units: number, options: LSTMCellOptions = {}) {
    super("lstmCell", units, 4, options);
    this.unitForgetBias = options.unitForgetBias ?? true;
  }

  override get stateSize(): readonly number[] {
    return [this.units, this.units];
  }

  protected override biasWeight() {
    const { shape, settings } = super.biasWeight();
    return { shape, settings: this.unitForgetBias ? forgetGateOpen(settings) : settings };
  }

  override step(projected: Tensor, [hidden, carry]: readonly Tensor[], training: boolean): readonly Tensor[] {
    return lstmStep(add(projected, this.recurrentProduct(hidden!, training)), 1, carry!, this.settings);
  }

  override runSequence(
    sequences: Tensor,
    states: readonly Tensor[] | undefined,
    options: SequenceOptions,
  ): SequenceResult {
    const { outputs, hidden, cell } = lstm(this.project(sequences, options.training), this.recurrentKernel, {
      ...this.sequenceOptions(sequences.shape[0]!, options),
      initialHidden: states?.[0],
      initialCell: states?.[1],
    });
    return { outputs, states: [hidden, cell] };
  }

  override settingsConfig(): Config {
    return { ...super.settingsConfig(), unitForgetBias: this.unitForgetBias };
  }

  static fromConfig({ units, ...options }: Config): LSTMCell {
    return new LSTMCell(units as number, options);
  }
}
