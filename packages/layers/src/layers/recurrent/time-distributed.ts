import { type DataFormat, reshape, ShapeError, stack, type Tensor } from "@hekla/tensor";
import { type BatchShape, formatBatchShape, type Shapes, shapeList } from "../../batch-shape.js";
import {
  type CallOptions,
  type Config,
  firstMask,
  Layer,
  type LayerConfig,
  type LayerOptions,
  type LayerReader,
} from "../../layer.js";
import { type Inputs, listOf } from "../../symbolic-tensor.js";
import { atStep } from "./at-step.js";

/**
 * One layer, with one set of weights, for every step: `[batch, steps, ...]` to `[batch, steps, ...]`. A mask
 * `[batch, steps, ...]` is the layer's step by step, and passed on.
 * Layers that keep something in the call (moving averages, random streams, states) are called once a step, as
 * in Keras; all others, which give a sample the same whatever stands beside it, for all steps at once.
 * Source: Keras 3 `TimeDistributed`.
 */
export class TimeDistributed<Inner extends Layer = Layer> extends Layer {
  static override readonly className: string = "TimeDistributed";
  readonly layer: Inner;

  constructor(layer: Inner, options: LayerOptions = {}) {
    super(options);
    this.layer = this.addChild("layer", layer);
  }

  override adoptDataFormat(format: DataFormat | undefined): DataFormat | undefined {
    return this.layer.adoptDataFormat(format);
  }

  override build(inputShape: Shapes): void {
    this.buildChild(this.layer, this.#stepShape(shapeList(inputShape)[0]!));
    super.build(inputShape);
  }

  override call(inputs: Inputs<Tensor>, options: CallOptions): Tensor {
    const x = listOf(inputs)[0]!;
    const mask = firstMask(options.mask);
    if (mask && (mask.shape[0] !== x.shape[0] || mask.shape[1] !== x.shape[1])) {
      throw new ShapeError(
        `${this.name}: the mask does not fit, got ${formatBatchShape(mask.shape)}, ` +
          `expected (${x.shape[0]}, ${x.shape[1]}, ...)`,
      );
    }
    const run = (input: Tensor, of: Tensor | undefined): Tensor => {
      const { mask: _all, ...rest } = options;
      return this.layer.apply(input, of ? { ...rest, mask: of } : rest);
    };
    if (keepsNothing(this.layer, options.training ?? false)) {
      const output = run(fold(x), mask && fold(mask));
      return reshape(output, [...x.shape.slice(0, 2), ...output.shape.slice(1)]);
    }
    const steps = Array.from({ length: x.shape[1]! }, (_, step) =>
      run(atStep(x, step), mask && atStep(mask, step)),
    );
    return stack(steps, { axis: 1 });
  }

  override computeOutputShape(inputShape: Shapes): BatchShape {
    const x = shapeList(inputShape)[0]!;
    const [batch, ...rest] = shapeList(this.layer.computeOutputShape(this.#stepShape(x)))[0]!;
    return [batch!, x[1]!, ...rest];
  }

  #stepShape(shape: BatchShape): BatchShape {
    if (shape.length < 3) {
      throw new ShapeError(
        `${this.name}: input has too few axes, got ${formatBatchShape(shape)}, expected (batch, steps, ...)`,
      );
    }
    return [shape[0]!, ...shape.slice(2)];
  }

  override getConfig(): Config {
    const { className } = this.layer;
    return { ...super.getConfig(), layer: { className, config: this.layer.getConfig() } };
  }

  static fromConfig({ layer, ...options }: Config, read: LayerReader): TimeDistributed {
    return new TimeDistributed(read(layer as LayerConfig), options);
  }
}

/** Whether a call changes nothing but its output, and each sample's output is its own. */
function keepsNothing(layer: Layer, training: boolean): boolean {
  if ("stateful" in layer && layer.stateful) return false;
  // Its share of the loss is a mean over what it is called with.
  if (layer.activityRegularizer) return false;
  const changes = layer.states.length > 0 || layer.weights.some(({ trainable }) => !trainable);
  if (training && changes) return false;
  return [...layer.children.values()].every((child) => keepsNothing(child, training));
}

/** `[batch, steps, ...]` as `[batch * steps, ...]`. */
const fold = (x: Tensor): Tensor => reshape(x, [x.shape[0]! * x.shape[1]!, ...x.shape.slice(2)]);
