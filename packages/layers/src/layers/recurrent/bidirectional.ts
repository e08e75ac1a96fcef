import { add, concat, DataError, type DataFormat, flip, multiply, type Tensor } from "@hekla/tensor";
import { type BatchShape, type Shapes, shapeList } from "../../batch-shape.js";
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
import { layerCopy } from "./layer-copy.js";
import type { RNN } from "./rnn.js";

const mergeModes = ["concat", "sum", "mul", "ave", null] as const;

/** How the outputs of both directions are joined. */
export type MergeMode = (typeof mergeModes)[number];

/** Options of `Bidirectional`. */
export interface BidirectionalOptions extends LayerOptions {
  /** Side by side, sum, product, mean, or null for both. Default "concat". */
  readonly mergeMode?: MergeMode;
  /** The layer for the other direction. Default: like the first, with `goBackwards`. */
  readonly backwardLayer?: RNN | null;
}

/**
 * A recurrent layer forwards, and another backwards, over the same sequences `[batch, steps, features]`.
 * Outputs of both are in the order of the inputs and joined by `mergeMode`; with `returnState` the forward
 * layer's states and then the backward layer's follow. The first half of an `initialState` is the forward
 * layer's. Where the mask is false, sequences of outputs are 0. The layers are copies with weights of their
 * own, but `backwardLayer` is taken as it is.
 * Source: Schuster and Paliwal 1997; Keras 3 `Bidirectional`.
 */
export class Bidirectional<Recurrent extends RNN = RNN> extends Layer {
  static override readonly className: string = "Bidirectional";
  readonly forwardLayer: Recurrent;
  readonly backwardLayer: RNN;
  readonly mergeMode: MergeMode;

  /** @throws DataError for an unknown merge mode, or layers that do not go together */
  constructor(layer: Recurrent, options: BidirectionalOptions = {}) {
    super(options);
    const { mergeMode = "concat", backwardLayer } = options;
    if (!mergeModes.includes(mergeMode)) {
      throw new DataError(
        `bidirectional: bad mergeMode, got "${mergeMode}", expected one of ${mergeModes.join(", ")} or null`,
      );
    }
    this.mergeMode = mergeMode;
    const called = (direction: string): Config => ({
      name: `${direction}_${layer.name.replace(new RegExp(`^${direction}_`), "")}`,
    });
    this.forwardLayer = this.addChild("forward_layer", layerCopy(layer, called("forward")));
    this.backwardLayer = this.addChild(
      "backward_layer",
      backwardLayer ?? layerCopy(layer, { ...called("backward"), goBackwards: true }),
    );
    this.#check();
    for (const one of this.#layers) one.zeroOutputForMask = layer.returnSequences;
  }

  get #layers(): readonly [RNN, RNN] {
    return [this.forwardLayer, this.backwardLayer];
  }

  #check(): void {
    const [forward, backward] = this.#layers;
    if (forward.goBackwards === backward.goBackwards) {
      throw new DataError(
        `bidirectional: both layers run in one direction, got goBackwards ${forward.goBackwards} twice, ` +
          "expected it to differ",
      );
    }
    for (const option of ["stateful", "returnSequences", "returnState"] as const) {
      if (forward[option] === backward[option]) continue;
      throw new DataError(
        `bidirectional: the layers differ in ${option}, got ${forward[option]} and ${backward[option]}, ` +
          "expected the same",
      );
    }
  }

  override adoptDataFormat(format: DataFormat | undefined): DataFormat | undefined {
    return this.#layers.map((layer) => layer.adoptDataFormat(format))[0];
  }

  get returnSequences(): boolean {
    return this.forwardLayer.returnSequences;
  }

  get returnState(): boolean {
    return this.forwardLayer.returnState;
  }

  override build(inputShape: Shapes): void {
    for (const layer of this.#layers) this.buildChild(layer, shapeList(inputShape)[0]!);
    super.build(inputShape);
  }

  override call(inputs: Inputs<Tensor>, { mask, ...options }: CallOptions): Inputs<Tensor> {
    const [x, ...initial] = listOf(inputs);
    const own = firstMask(mask);
    const half = initial.length / 2;
    const results = this.#layers.map((layer, at) => {
      const states = initial.slice(at * half, (at + 1) * half);
      return layer.applyAll(x!, {
        ...options,
        ...(own ? { mask: own } : {}),
        ...(initial.length > 0 ? { initialState: states } : {}),
      });
    });
    const [[forward, ...states], [last, ...backwardStates]] = results as [[Tensor], [Tensor]];
    const backward = this.returnSequences ? flip(last, 1) : last;
    const merged = merge(forward, backward, this.mergeMode);
    return merged.length === 1 && !this.returnState ? merged[0]! : [...merged, ...states, ...backwardStates];
  }

  /** Sets the states of stateful layers to 0. */
  resetStates(): void {
    for (const layer of this.#layers) layer.resetStates();
  }

  override computeMask(inputs: Inputs<Tensor>, mask: Mask): Mask {
    const masks = [this.forwardLayer.computeMask(inputs, mask)].flat() as (Tensor | undefined)[];
    const [output, ...states] = masks;
    return [...(this.mergeMode ? [output] : [output, output]), ...states, ...states];
  }

  override computeOutputShape(inputShape: Shapes): Shapes {
    const [forward, ...states] = shapeList(this.forwardLayer.computeOutputShape(inputShape));
    const [backward, ...backwardStates] = shapeList(this.backwardLayer.computeOutputShape(inputShape));
    const merged = mergedShapes(forward!, backward!, this.mergeMode);
    return merged.length === 1 && !this.returnState ? merged[0]! : [...merged, ...states, ...backwardStates];
  }

  override getConfig(): Config {
    const saved = (layer: RNN): LayerConfig => ({ className: layer.className, config: layer.getConfig() });
    return {
      ...super.getConfig(),
      mergeMode: this.mergeMode,
      layer: saved(this.forwardLayer),
      backwardLayer: saved(this.backwardLayer),
    };
  }

  static fromConfig({ layer, backwardLayer, ...options }: Config, read: LayerReader): Bidirectional {
    const backward = backwardLayer ? (read(backwardLayer as LayerConfig) as RNN) : null;
    return new Bidirectional(read(layer as LayerConfig) as RNN, { ...options, backwardLayer: backward });
  }
}

/** Shapes of what `merge` gives; the layers may differ in their number of units. */
function mergedShapes(forward: BatchShape, backward: BatchShape, mode: MergeMode): readonly BatchShape[] {
  if (mode === null) return [forward, backward];
  if (mode !== "concat") return [forward];
  const sizes = [forward.at(-1), backward.at(-1)];
  const open = sizes.some((size) => typeof size !== "number");
  return [[...forward.slice(0, -1), open ? null : sizes[0]! + sizes[1]!]];
}

function merge(forward: Tensor, backward: Tensor, mode: MergeMode): readonly Tensor[] {
  switch (mode) {
    case "concat":
      return [concat([forward, backward], { axis: -1 })];
    case "sum":
      return [add(forward, backward)];
    case "mul":
      return [multiply(forward, backward)];
    case "ave":
      return [multiply(add(forward, backward), 0.5)];
    case null:
      return [forward, backward];
  }
}
