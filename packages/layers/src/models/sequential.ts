import { type DataFormat, HeklaError, type HostArray, type Tensor } from "@hekla/tensor";
import type { BatchShape, Shapes } from "../batch-shape.js";
import { kindOf } from "../kind-of.js";
import { type CallOptions, type Config, Layer } from "../layer.js";
import { Input } from "../layers/core/input.js";
import type { Inputs } from "../symbolic-tensor.js";
import { Model, type ModelOptions } from "./model.js";

export type SequentialOptions = ModelOptions;

/**
 * Layers one after the other. It is built at once when the first layer has an `inputShape` (or is an `Input`), else
 * with the first data it sees.
 */
export class Sequential extends Model {
  static override readonly className: string = "Sequential";
  readonly #layers: Layer[] = [];
  /** That of the last image layer. */
  #dataFormat: DataFormat | undefined;
  #batchInputShape: BatchShape | undefined;
  #shapes: BatchShape[] = [];

  constructor(layers: readonly Layer[] = [], options: SequentialOptions = {}) {
    super(options);
    for (const layer of layers) this.add(layer);
  }

  override get layers(): readonly Layer[] {
    return this.#layers;
  }

  override get children(): ReadonlyMap<string, Layer> {
    return new Map(this.#layers.map((layer) => [layer.name, layer]));
  }

  /** Puts a layer behind the others. */
  add(layer: Layer): void {
    if (!(layer instanceof Layer)) {
      throw new HeklaError(
        `sequential: that is no layer, got ${kindOf(layer)}, expected a layer: new Dense(3)`,
      );
    }
    if (this.#layers.length === 0 && !this.#batchInputShape) {
      const { inputShape } = layer;
      const nested = layer instanceof Model ? layer.batchInputShape : undefined;
      this.#batchInputShape = inputShape ? [null, ...inputShape] : nested;
    }
    if (layer instanceof Input) return;
    layer.join(this.names.next(layer, this.#layers), this.streams);
    this.#dataFormat = layer.adoptDataFormat(this.#dataFormat);
    this.#layers.push(layer);
    if (this.#batchInputShape) this.#extend();
    this.invalidate();
  }

  /** Builds the layers that are not built yet. */
  #extend(): void {
    for (const layer of this.#layers.slice(this.#shapes.length)) {
      const input = this.#shapes.at(-1) ?? this.#batchInputShape!;
      // The shape first: it is checked there, so that nothing is made for an input that does not fit.
      const output = layer.computeOutputShape(input) as BatchShape;
      if (!layer.built) layer.build(input);
      this.#shapes.push(output);
    }
    this.built = true;
  }

  override build(inputShape: Shapes): void {
    this.#batchInputShape ??= [null, ...(inputShape as BatchShape).slice(1)];
    this.#extend();
  }

  protected override buildOn([samples]: readonly HostArray[]): void {
    this.build(samples!.shape);
  }

  override get inputShapes(): readonly BatchShape[] | undefined {
    return this.#batchInputShape && [this.#batchInputShape];
  }

  override get outputNames(): readonly string[] {
    return [this.#layers.at(-1)?.name ?? this.name];
  }

  override get outputShapes(): readonly BatchShape[] | undefined {
    const last = this.#shapes.at(-1) ?? this.#batchInputShape;
    return last && [last];
  }

  /** Shape of a batch of outputs of each layer, once the model is built. */
  get layerShapes(): readonly BatchShape[] {
    return this.#shapes;
  }

  override call(inputs: Inputs<Tensor>, options: CallOptions): Inputs<Tensor> {
    const { mask, ...rest } = options;
    const [first, ...others] = this.#layers;
    if (!first) return inputs;
    const start = first.apply(inputs, { ...rest, mask });
    return others.reduce((x, layer) => layer.apply(x, rest), start);
  }

  override computeOutputShape(inputShape: Shapes): Shapes {
    return this.#layers.reduce((shape, layer) => layer.computeOutputShape(shape), inputShape);
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      ...(this.#batchInputShape ? { inputShape: this.#batchInputShape.slice(1) } : {}),
      layers: this.#layers.map((layer) => ({ className: layer.className, config: layer.getConfig() })),
    };
  }
}
