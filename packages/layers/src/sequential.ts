import { type DataFormat, HeklaError, type Tensor, type Variable } from "@hekla/tensor";
import type { BatchShape } from "./batch-shape.js";
import { type CallOptions, type Config, type Layer, snakeCase } from "./layer.js";
import { Input } from "./layers/core/input.js";
import { Model } from "./model.js";
import { Seeds } from "./seeds.js";

export interface SequentialOptions {
  /** Default "sequential_1". */
  readonly name?: string;
  /** Source of initial weights, dropout and shuffling. Default 0. */
  readonly seed?: number;
  readonly trainable?: boolean;
}

/**
 * Layers one after the other. It is built at once when the first layer has an `inputShape` (or is an `Input`), else
 * with the first data it sees.
 */
export class Sequential extends Model {
  static override readonly className = "Sequential";
  readonly layers: Layer[] = [];
  readonly #streams: Seeds;
  readonly #counts = new Map<string, number>();
  /** That of the last image layer. */
  #dataFormat: DataFormat | undefined;
  #batchInputShape: BatchShape | undefined;
  #outputShapes: BatchShape[] = [];

  constructor(layers: readonly Layer[] = [], options: SequentialOptions = {}) {
    const { seed = 0, ...common } = options;
    super(seed, common);
    this.#streams = new Seeds(seed);
    for (const layer of layers) this.add(layer);
  }

  override get name(): string {
    return this.isNamed ? super.name : "sequential_1";
  }

  /** Puts a layer behind the others. */
  add(layer: Layer): void {
    if (this.layers.length === 0 && !this.#batchInputShape) {
      const { inputShape } = layer;
      const nested = layer instanceof Model ? layer.batchInputShape : undefined;
      this.#batchInputShape = inputShape ? [null, ...inputShape] : nested;
    }
    if (layer instanceof Input) return;
    if (layer.isNamed && this.layers.some((other) => other !== layer && other.name === layer.name)) {
      throw new HeklaError(
        `sequential: two layers have one name, got "${layer.name}" twice, expected names of their own`,
      );
    }
    layer.join(this.#nextName(layer), this.#streams);
    this.#dataFormat = layer.adoptDataFormat(this.#dataFormat);
    this.layers.push(layer);
    if (this.#batchInputShape) this.#extend();
    this.invalidate();
  }

  /** `dense_1`, `dense_2`, ...: counted by class, past names that are taken. */
  #nextName(layer: Layer): string {
    if (layer.isNamed) return layer.name;
    const base = snakeCase(layer.className);
    const taken = new Set(this.layers.map((other) => other.name));
    let number = this.#counts.get(base) ?? 0;
    do number++;
    while (taken.has(`${base}_${number}`));
    this.#counts.set(base, number);
    return `${base}_${number}`;
  }

  /** Builds the layers that are not built yet. */
  #extend(): void {
    for (const layer of this.layers.slice(this.#outputShapes.length)) {
      const input = this.outputShape!;
      // The shape first: it is checked there, so that nothing is made for an input that does not fit.
      const output = layer.computeOutputShape(input) as BatchShape;
      if (!layer.built) layer.build(input);
      this.#outputShapes.push(output);
    }
    this.built = true;
  }

  override build(inputShape: BatchShape): void {
    this.#batchInputShape ??= [null, ...inputShape.slice(1)];
    this.#extend();
  }

  get batchInputShape(): BatchShape | undefined {
    return this.#batchInputShape;
  }

  /** Shape of a batch of outputs, once the model is built. */
  get outputShape(): BatchShape | undefined {
    return this.#outputShapes.at(-1) ?? this.#batchInputShape;
  }

  /** Shape of a batch of outputs of each layer. */
  get outputShapes(): readonly BatchShape[] {
    return this.#outputShapes;
  }

  override call(inputs: Tensor, options: CallOptions): Tensor {
    return this.layers.reduce((x, layer) => layer.apply(x, options), inputs);
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    return this.layers.reduce((shape, layer) => layer.computeOutputShape(shape) as BatchShape, inputShape);
  }

  override get weights(): readonly Variable[] {
    return [...new Set(this.layers.flatMap((layer) => layer.weights))];
  }

  override get trainableWeights(): readonly Variable[] {
    return this.trainable ? [...new Set(this.layers.flatMap((layer) => layer.trainableWeights))] : [];
  }

  override get states(): readonly Variable[] {
    return [...new Set(this.layers.flatMap((layer) => layer.states))];
  }

  override namedWeights(): [string, Variable][] {
    return this.layers.flatMap((layer) => prefixed(layer, layer.namedWeights()));
  }

  override namedStates(): [string, Variable][] {
    return this.layers.flatMap((layer) => prefixed(layer, layer.namedStates()));
  }

  override getConfig(): Config {
    return {
      name: this.name,
      seed: this.seed,
      ...(this.trainable ? {} : { trainable: false }),
      ...(this.#batchInputShape ? { inputShape: this.#batchInputShape.slice(1) } : {}),
      layers: this.layers.map((layer) => ({ className: layer.className, config: layer.getConfig() })),
    };
  }
}

/** Paths inside a nested model start with its name. */
const prefixed = (layer: Layer, entries: [string, Variable][]): [string, Variable][] =>
  layer instanceof Model ? entries.map(([path, variable]) => [`${layer.name}/${path}`, variable]) : entries;
