import { type Tensor, zeros } from "@hekla/tensor";
import { checkRank, type Shapes, shapeList } from "../../batch-shape.js";
import { readDtype } from "../../dtype-policy.js";
import { Layer } from "../../layer.js";

/**
 * One step of a recurrence, a layer of its own: `call([x, ...states])` gives `[output, ...newStates]` with x
 * `[batch, features]` and states `[batch, size]`. Subclass it, with `stateSize`, `build` and `call`, for a
 * recurrence of your own; `RNN` runs it over sequences, and so does a loop by hand:
 *
 *     let states = cell.getInitialState(batch);
 *     for (const x of steps) [output, ...states] = cell.applyAll([x, ...states]);
 *
 * Source: Keras 3 `RNN`, "cell".
 */
export abstract class RNNCell extends Layer {
  /** Size of the state, or of each of several. */
  abstract readonly stateSize: number | readonly number[];

  /** Number of axes of one step's input. Default 2: `[batch, features]`. */
  get inputRank(): number {
    return 2;
  }

  /** Sizes of all states. */
  get stateSizes(): readonly number[] {
    const { stateSize } = this;
    return typeof stateSize === "number" ? [stateSize] : stateSize;
  }

  /** Size of the output. Default: that of the first state. */
  get outputSize(): number {
    return this.stateSizes[0]!;
  }

  /** The states before the first step: zeros. */
  getInitialState(batchSize: number): Tensor[] {
    return this.stateSizes.map((size) => zeros([batchSize, size], { dtype: readDtype() }));
  }

  /** Shapes of the output and of the new states; the shape of the first input alone will do. */
  override computeOutputShape(inputShape: Shapes): Shapes {
    const [x] = shapeList(inputShape);
    checkRank(this.name, x!, this.inputRank);
    return [this.outputSize, ...this.stateSizes].map((size) => [x![0] ?? null, size]);
  }

  /** The next step in training draws new dropout masks, which hold until the next call. `RNN` calls it. */
  resetDropoutMasks(): void {}
}
