import { concat, expandDims, multiply, slice, type Tensor, type Variable } from "@hekla/tensor";
import type { CallOptions, Config, LayerOptions } from "../../layer.js";
import type { CellSettings } from "./cell-settings.js";
import { DropoutMasks } from "./dropout-masks.js";
import { RNNCell } from "./rnn-cell.js";

/** Gates `[from, to)`, of `size` columns each, whose products are joined along `axis`. */
export interface Gates {
  readonly axis: number;
  readonly size: number;
  readonly from: number;
  readonly to: number;
}

/**
 * A cell whose work on its input needs no state, so that a layer does it for all steps at once: a step is
 * `step(project(x), states)`. What simple, gated and convolutional cells share: three weights, dropout masks,
 * settings.
 */
export abstract class ProjectingCell extends RNNCell {
  protected readonly settings: CellSettings;
  protected readonly dropoutMasks: DropoutMasks;
  #kernel: Variable | undefined;
  #recurrentKernel: Variable | undefined;
  #bias: Variable | undefined;

  /** @param masks number of dropout masks for the inputs, and for the state */
  constructor(settings: CellSettings, masks: number, options: LayerOptions) {
    super(options);
    this.settings = settings;
    this.dropoutMasks = new DropoutMasks(settings.dropout, settings.recurrentDropout, masks);
  }

  /**
   * The input's share in the gates: one step's, or with an axis for time behind the batch that of all steps.
   */
  abstract project(x: Tensor, training: boolean): Tensor;

  /** The output and the new states of a step, from the input's share and the states before. */
  abstract step(projected: Tensor, states: readonly Tensor[], training: boolean): readonly Tensor[];

  /** The cell's own settings, which the layer made of it keeps in its config. */
  abstract settingsConfig(): Config;

  override call([x, ...states]: readonly Tensor[], { training = false }: CallOptions): readonly Tensor[] {
    return this.step(this.project(x!, training), states, training);
  }

  /** Makes the weights, in Keras's order. */
  protected addWeights(
    kernel: readonly number[],
    recurrentKernel: readonly number[],
    bias: readonly number[],
    biasSettings = this.settings.bias,
  ): void {
    const { settings } = this;
    this.#kernel = this.addWeight("kernel", kernel, settings.kernel.initializer, settings.kernel);
    const { recurrent } = settings;
    this.#recurrentKernel = this.addWeight(
      "recurrent_kernel",
      recurrentKernel,
      recurrent.initializer,
      recurrent,
    );
    if (settings.useBias) this.#bias = this.addWeight("bias", bias, biasSettings.initializer, biasSettings);
    if (this.dropoutMasks.isActive) {
      const stream = this.seeds.nextStream("dropout", settings.seed);
      this.addState(stream.state);
      this.dropoutMasks.drawFrom(stream);
    }
  }

  protected get kernel(): Variable {
    return this.#kernel!;
  }

  protected get recurrentKernel(): Variable {
    return this.#recurrentKernel!;
  }

  protected get bias(): Variable | undefined {
    return this.#bias;
  }

  /**
   * Contracts x with the columns of the gates `[from, to)` of a kernel: at once, or gate by gate and joined
   * along `axis` where each gate drops values of its own.
   */
  protected product(
    contract: (x: Tensor, kernel: Tensor) => Tensor,
    x: Tensor,
    kernel: Variable,
    masks: readonly Tensor[] | undefined,
    { axis, size, from, to }: Gates,
  ): Tensor {
    const gates = (mask: Tensor | undefined, first: number, end: number): Tensor => {
      const steps = mask && x.rank > mask.rank ? expandDims(mask, 1) : mask;
      const sizes = kernel.shape.slice(0, -1);
      const start = [...sizes.map(() => 0), first * size];
      return contract(steps ? multiply(x, steps) : x, slice(kernel, start, [...sizes, (end - first) * size]));
    };
    if (!masks || masks.length === 1) return gates(masks?.[0], from, to);
    const parts = masks.slice(from, to).map((mask, at) => gates(mask, from + at, from + at + 1));
    return concat(parts, { axis });
  }

  override resetDropoutMasks(): void {
    this.dropoutMasks.reset();
  }

  override getConfig(): Config {
    return { ...super.getConfig(), ...this.settingsConfig() };
  }
}
