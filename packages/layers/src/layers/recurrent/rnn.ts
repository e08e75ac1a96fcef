import { cast, flip, ShapeError, type Tensor, Variable, zeros } from "@hekla/tensor";
import { checkRank, formatBatchShape, type Shapes, shapeList } from "../../batch-shape.js";
import { castFloats } from "../../cast-floats.js";
import { readDtype } from "../../dtype-policy.js";
import {
  type CallOptions,
  type Config,
  firstMask,
  Layer,
  type LayerConfig,
  type LayerOptions,
  type LayerReader,
} from "../../layer.js";
import type { Mask } from "../../masks.js";
import { type Inputs, listOf } from "../../symbolic-tensor.js";
import { RNNCell } from "./rnn-cell.js";
import { runSequence } from "./run-sequence.js";
import { StackedRNNCells } from "./stacked-rnn-cells.js";

/** Options of all recurrent layers. */
export interface RNNOptions extends LayerOptions {
  /** All outputs, `[batch, steps, ...]`, rather than the last. Default false. */
  readonly returnSequences?: boolean;
  /** The last states too: `applyAll` gives `[output, ...states]`. Default false. */
  readonly returnState?: boolean;
  /** From the last step to the first; the outputs come in that order. Default false. */
  readonly goBackwards?: boolean;
  /** Sample i of a batch begins with the states where sample i of the batch before ended. Default false. */
  readonly stateful?: boolean;
  /**
   * Step after step even where there is an op for whole sequences; the same numbers, slower. Default false.
   */
  readonly unroll?: boolean;
  /** Where the mask is false the output is 0 rather than the one before it. Default false. */
  readonly zeroOutputForMask?: boolean;
}

/**
 * A cell over sequences `[batch, steps, features]`: gives its last output `[batch, size]`, or all of them.
 * Cells of the library run as one op for all steps where they can; other cells are recorded step by step. The
 * mask `[batch, steps]` is false for steps that keep the states and show the output before them, zeros before
 * the first. `apply(x, { initialState: [h, c] })` begins with given states, `[batch, size]` each, rather than
 * with zeros. Dropout masks are drawn once a call.
 * Source: Keras 3 `RNN`.
 */
export class RNN<Cell extends RNNCell = RNNCell> extends Layer {
  static override readonly className: string = "RNN";
  readonly cell: Cell;
  readonly returnSequences: boolean;
  readonly returnState: boolean;
  readonly goBackwards: boolean;
  readonly stateful: boolean;
  readonly unroll: boolean;
  /** Bidirectional sets it. */
  zeroOutputForMask: boolean;
  #kept: readonly Variable[] | undefined;

  /** @param cell one cell, or several to stack */
  constructor(cell: Cell | readonly RNNCell[], options: RNNOptions = {}) {
    super(options);
    const one = cell instanceof RNNCell ? cell : new StackedRNNCells(cell as readonly RNNCell[]);
    this.cell = this.addChild("cell", one as Cell);
    this.returnSequences = options.returnSequences ?? false;
    this.returnState = options.returnState ?? false;
    this.goBackwards = options.goBackwards ?? false;
    this.stateful = options.stateful ?? false;
    this.unroll = options.unroll ?? false;
    this.zeroOutputForMask = options.zeroOutputForMask ?? false;
  }

  override build(inputShape: Shapes): void {
    const [batch, , ...features] = this.#sequenceShape(inputShape);
    this.buildChild(this.cell, [batch ?? null, ...features]);
    if (this.stateful && typeof batch === "number") this.#statesFor(batch);
    super.build(inputShape);
  }

  override call(inputs: Inputs<Tensor>, { mask, training = false }: CallOptions): Inputs<Tensor> {
    const [given, ...initial] = listOf(inputs) as [Tensor, ...Tensor[]];
    const [batch, steps] = this.#sequenceShape(given.shape) as [number, number];
    if (steps === 0) {
      throw new ShapeError(`${this.name}: there are no steps, got [${given.shape}], expected at least one`);
    }
    const live = this.#stepMask(firstMask(mask), batch, steps);
    const turned = (x: Tensor): Tensor => (this.goBackwards ? flip(x, 1) : x);
    const before = this.#statesBefore(batch, initial);
    this.cell.resetDropoutMasks();
    const [output, ...states] = runSequence(this.cell, turned(given), before, {
      mask: live && turned(live),
      training,
      unroll: this.unroll,
      returnSequences: this.returnSequences,
      zeroOutputForMask: this.zeroOutputForMask,
    });
    this.cell.resetDropoutMasks();
    if (this.stateful) this.#statesFor(batch).forEach((state, at) => state.assign(states[at]!));
    return this.returnState ? [output, ...states] : output;
  }

  /** Sets the states of a stateful layer to 0. */
  resetStates(): void {
    for (const state of this.#kept ?? []) state.assign(zeros(state.shape));
  }

  override computeMask(_inputs: Inputs<Tensor>, mask: Mask): Mask {
    const outputs = this.returnSequences ? firstMask(mask) : undefined;
    return this.returnState ? [outputs, ...this.cell.stateSizes.map(() => undefined)] : outputs;
  }

  override computeOutputShape(inputShape: Shapes): Shapes {
    const [batch, steps, ...features] = this.#sequenceShape(inputShape);
    const [output, ...states] = shapeList(this.cell.computeOutputShape([batch!, ...features]));
    const [, ...sizes] = output!;
    const shape = this.returnSequences ? [batch!, steps!, ...sizes] : output!;
    return this.returnState ? [shape, ...states] : shape;
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      returnSequences: this.returnSequences,
      returnState: this.returnState,
      goBackwards: this.goBackwards,
      stateful: this.stateful,
      unroll: this.unroll,
      zeroOutputForMask: this.zeroOutputForMask,
      ...this.cellConfig(),
    };
  }

  /** What the config says of the cell. */
  protected cellConfig(): Config {
    return { cell: { className: this.cell.className, config: this.cell.getConfig() } };
  }

  static fromConfig({ cell, ...options }: Config, read: LayerReader): RNN {
    return new RNN(read(cell as LayerConfig) as RNNCell, options);
  }

  /** Shape of the sequences, the first of the inputs. */
  #sequenceShape(inputShape: Shapes): readonly (number | null)[] {
    const shape = shapeList(inputShape)[0]!;
    checkRank(this.name, shape, this.cell.inputRank + 1);
    return shape;
  }

  #stepMask(mask: Tensor | undefined, batch: number, steps: number): Tensor | undefined {
    if (!mask) return undefined;
    if (mask.rank === 2 && mask.shape[0] === batch && mask.shape[1] === steps) return cast(mask, "bool");
    throw new ShapeError(
      `${this.name}: the mask does not fit, got ${formatBatchShape(mask.shape)}, ` +
        `expected ${formatBatchShape([batch, steps])}, (batch, steps)`,
    );
  }

  /** The states to begin with; undefined for zeros. */
  #statesBefore(batch: number, initial: readonly Tensor[]): readonly Tensor[] | undefined {
    const count = this.cell.stateSizes.length;
    if (initial.length === count) return initial;
    if (initial.length > 0) {
      throw new ShapeError(
        `${this.name}: wrong number of initial states, got ${initial.length}, expected ${count}`,
      );
    }
    return this.stateful
      ? this.#statesFor(batch).map((state) => castFloats(state.read(), readDtype()))
      : undefined;
  }

  /** The Variables that keep the states, made for the first batch. */
  #statesFor(batch: number): readonly Variable[] {
    if (!this.#kept) {
      const { cell } = this;
      this.#kept = cell.stateSizes.map(
        (_, at) =>
          new Variable(() => castFloats(cell.getInitialState(batch)[at]!, "float32"), {
            name: `${this.path}/rnn_state${at === 0 ? "" : at}`,
            trainable: false,
          }),
      );
      for (const state of this.#kept) this.addState(state, { late: true });
    }
    const expected = this.#kept[0]!.shape[0];
    if (expected !== batch) {
      throw new ShapeError(
        `${this.name}: a stateful layer keeps a state for each sample, got a batch of ${batch}, ` +
          `expected ${expected} as in the first`,
      );
    }
    return this.#kept;
  }
}
