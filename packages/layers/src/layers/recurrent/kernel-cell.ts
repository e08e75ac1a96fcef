import {
  add,
  concat,
  maskedMatmul,
  matmul,
  matmulGathered,
  type RecurrentActivation,
  recurrentActivations,
  type Shape,
  ShapeError,
  type Tensor,
  type TensorLike,
} from "@hekla/tensor";
import { type NamedActivation, resolveActivation } from "../../activations.js";
import { formatBatchShape, positiveInteger, type Shapes, shapeList } from "../../batch-shape.js";
import type { Config, LayerOptions } from "../../layer.js";
import type { WeightSettings } from "../../weight-settings.js";
import type { CellSettings } from "./cell-settings.js";
import { ProjectingCell } from "./projecting-cell.js";

/** What a whole sequence is run with. */
export interface SequenceOptions {
  /** `[batch, steps]`, bool: false keeps the states. */
  readonly mask: Tensor | undefined;
  /** Outputs where the mask is false are zeros rather than those before. */
  readonly zeroOutputForMask: boolean;
  readonly training: boolean;
}

/** All outputs `[batch, steps, units]` and the last states of a sequence. */
export interface SequenceResult {
  readonly outputs: Tensor;
  readonly states: readonly Tensor[];
}

interface OpActivations {
  readonly activation: RecurrentActivation;
  readonly recurrentActivation?: RecurrentActivation;
}

/** The activation as the ops over whole sequences know it, undefined where they do not. */
export function opActivation({ name, apply }: NamedActivation): RecurrentActivation | undefined {
  const known = recurrentActivations.find((activation) => activation === name);
  // A function of the user's own may have such a name.
  return known && resolveActivation(known).apply === apply ? known : undefined;
}

/**
 * What SimpleRNNCell, GRUCell and LSTMCell share: matrices of `gates` blocks of columns, one for each gate.
 */
export abstract class KernelCell extends ProjectingCell {
  readonly units: number;
  protected readonly gates: number;

  /** @throws ShapeError unless `units` is an integer of at least 1 */
  constructor(owner: string, units: number, gates: number, settings: CellSettings, options: LayerOptions) {
    super(settings, settings.masksPerGate ? gates : 1, options);
    this.units = positiveInteger(owner, "units", units);
    this.gates = gates;
  }

  get stateSize(): number | readonly number[] {
    return this.units;
  }

  /** Shape and settings of the bias. */
  protected biasWeight(): { readonly shape: Shape; readonly settings: WeightSettings } {
    return { shape: [this.gates * this.units], settings: this.settings.bias };
  }

  /** The bias of the inputs. */
  protected get inputBias(): TensorLike | undefined {
    return this.bias;
  }

  override build(inputShape: Shapes): void {
    const [x] = shapeList(inputShape);
    const features = x!.at(-1);
    if (x!.length !== 2 || typeof features !== "number") {
      throw new ShapeError(
        `${this.name}: the last axis must have a known size, got ${formatBatchShape(x!)}, ` +
          "expected (None, features)",
      );
    }
    const width = this.gates * this.units;
    const { shape, settings } = this.biasWeight();
    this.addWeights([features, width], [this.units, width], shape, settings);
    super.build(inputShape);
  }

  override project(x: Tensor, training: boolean): Tensor {
    const masks = training ? this.dropoutMasks.masks("inputs", [x.shape[0]!, x.shape.at(-1)!]) : undefined;
    const product = this.#inputProduct(x, masks);
    return this.inputBias ? add(product, this.inputBias) : product;
  }

  #inputProduct(x: Tensor, masks: readonly Tensor[] | undefined): Tensor {
    if (!masks) return matmulGathered(x, this.kernel);
    if (x.rank === 3) return maskedMatmul(x, concat(masks, { axis: 1 }), this.kernel);
    const gates = { axis: 1, size: this.units, from: 0, to: this.gates };
    return this.product(matmul, x, this.kernel, masks, gates);
  }

  /** The state's share in the gates `[from, to)`. */
  protected recurrentProduct(state: Tensor, training: boolean, from = 0, to = this.gates): Tensor {
    const masks = this.#stateMasks(state.shape[0]!, training);
    const gates = { axis: 1, size: this.units, from, to };
    return this.product(matmul, state, this.recurrentKernel, masks, gates);
  }

  #stateMasks(batch: number, training: boolean): readonly Tensor[] | undefined {
    return training ? this.dropoutMasks.masks("state", [batch, this.units]) : undefined;
  }

  /**
   * The cell's op over whole sequences; false for functions it does not know, and for a subclass with a step
   * of its own.
   */
  get hasSequenceOp(): boolean {
    return Object.hasOwn(Object.getPrototypeOf(this), "runSequence") && this.opActivations !== undefined;
  }

  /**
   * All steps of `sequences` `[batch, steps, features]` by the cell's op; from zeros where no states are
   * given.
   */
  abstract runSequence(
    sequences: Tensor,
    states: readonly Tensor[] | undefined,
    options: SequenceOptions,
  ): SequenceResult;

  /** The cell's functions as its op takes them, undefined where it does not. */
  protected get opActivations(): OpActivations | undefined {
    const activation = opActivation(this.settings.activation);
    return activation && { activation };
  }

  /** Options that the ops share. */
  protected sequenceOptions(batch: number, options: SequenceOptions) {
    const masks = this.#stateMasks(batch, options.training);
    return {
      ...this.opActivations,
      mask: options.mask,
      zeroOutputForMask: options.zeroOutputForMask,
      recurrentMask: masks && (masks.length === 1 ? masks[0] : concat(masks, { axis: 1 })),
    };
  }

  override settingsConfig(): Config {
    return { units: this.units, ...this.settings.getConfig() };
  }
}
