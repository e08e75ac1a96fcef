import {
  HeklaError,
  type HostArray,
  type Optimizer,
  type Tensor,
  tensor,
  type Variable,
} from "@hekla/tensor";
import { type BatchShape, likeBatch, type Shapes } from "../batch-shape.js";
import type { OpenOptions } from "../files/open-file.js";
import type { SaveOptions } from "../files/save-file.js";
import { type CallOptions, type Config, Layer, type LayerOptions } from "../layer.js";
import { Seeds } from "../seeds.js";
import { type Inputs, isSymbolic, listOf, type Outputs, SymbolicTensor } from "../symbolic-tensor.js";
import type { Batches, SampleBatch } from "../training/batch-source.js";
import { sampleRange } from "../training/batches.js";
import type { History } from "../training/callback.js";
import { type EvaluateOptions, evaluate, evaluateOptions } from "../training/evaluate.js";
import { type FitOptions, fit } from "../training/fit.js";
import type { ModelData } from "../training/model-data.js";
import { numberedOutputs } from "../training/objectives.js";
import { onBatch } from "../training/on-batch.js";
import { type BatchOptions, Predictor } from "../training/predict.js";
import { type CompileOptions, type StepBatch, type StepFigures, Training } from "../training/training.js";
import { fieldLayers } from "./field-layers.js";
import type { FunctionGraph } from "./function-graph.js";
import { LayerNames, pathsIn } from "./layer-names.js";
import { type SummaryOptions, summary } from "./summary.js";

// Formats of files load where they are asked for.
const saving = () => import("../files/save-file.js");
const opening = () => import("../files/open-file.js");

export interface ModelOptions extends LayerOptions {
  /** Source of initial weights, dropout and shuffling. Default 0. */
  readonly seed?: number;
}

/**
 * A layer made of layers that can be trained, evaluated, saved and loaded.
 *
 * Functional: `new Model(inputs, outputs)` of symbolic tensors that `input` and layers have made. Subclassed: a class with
 * layers in its fields and a `call` of its own, if it wants with a `trainStep`; it is built by the first data it sees.
 * Source: Keras 3 `Model`.
 */
export class Model extends Layer {
  static override readonly className: string = "Model";
  /** Source of all its random numbers. */
  readonly seed: number;
  /** Set by a callback to end `fit` after the current step. */
  stopTraining = false;
  /** What belongs to the model besides weights, as JSON: a vocabulary, a scale. Kept in its files; Keras passes over it. */
  attachments: Record<string, unknown> = {};
  protected readonly streams: Seeds;
  /** Internal: gives layers their names. */
  protected readonly names = new LayerNames();
  readonly #graph: FunctionGraph | undefined;
  #outputShapes: readonly BatchShape[] | undefined;
  #training: Training | undefined;
  #predictor: Predictor | undefined;

  /** @throws HeklaError where an output does not follow from the inputs, or two layers have one name */
  constructor(inputs: Inputs<SymbolicTensor>, outputs: Inputs<SymbolicTensor>, options?: ModelOptions);
  constructor(options?: ModelOptions);
  constructor(
    first: Inputs<SymbolicTensor> | ModelOptions = {},
    outputs?: Inputs<SymbolicTensor>,
    last: ModelOptions = {},
  ) {
    const functional = first instanceof SymbolicTensor || (Array.isArray(first) && first.length > 0);
    const { seed = 0, ...options } = functional ? last : (first as ModelOptions);
    super(options);
    this.seed = seed;
    this.streams = new Seeds(seed);
    if (!functional) return;
    if (outputs === undefined || !isSymbolic(outputs)) {
      throw new HeklaError(
        "model: got inputs without outputs, expected symbolic tensors made from the inputs",
      );
    }
    const list = listOf(first as Inputs<SymbolicTensor>);
    this.#graph = list[0]!.makeGraph(list, listOf(outputs));
    this.#nameLayers();
    this.#graph.buildLayers();
    this.built = true;
  }

  override get className(): string {
    const own = super.className;
    return this.#graph && own === Model.className ? "Functional" : own;
  }

  override get name(): string {
    return this.isNamed ? super.name : `${super.name}_1`;
  }

  /** The layers: of a functional model in Keras's order, else those in the fields of the class, in theirs. */
  get layers(): readonly Layer[] {
    return this.#graph?.layers ?? [...fieldLayers(this).values()];
  }

  override get children(): ReadonlyMap<string, Layer> {
    if (!this.#graph) return new Map([...super.children, ...fieldLayers(this)]);
    return new Map(this.#graph.layers.map((layer) => [layer.name, layer]));
  }

  /** The graph of a functional model. */
  get graph(): FunctionGraph | undefined {
    return this.#graph;
  }

  /** Symbolic inputs: of a functional model those it was made of, of others those they were applied to. */
  override get inputs(): readonly SymbolicTensor[] {
    return this.#graph?.inputs ?? super.inputs;
  }

  /** Symbolic outputs, likewise. */
  override get outputs(): Outputs<SymbolicTensor> {
    return (this.#graph?.outputs as Outputs<SymbolicTensor> | undefined) ?? super.outputs;
  }

  /** Names of the inputs, where they are known. */
  get inputNames(): readonly string[] | undefined {
    return this.#graph?.inputs.map(({ use }) => use!.layer.name);
  }

  /** Names of the outputs: those of the layers that make them; "output_1", ... where nothing is known. */
  get outputNames(): readonly string[] {
    const graph = this.#graph;
    if (graph) return graph.outputs.map(({ use }) => use!.layer.name);
    return numberedOutputs(this.#outputShapes?.length ?? 1);
  }

  /** Shapes of a batch for each input, where they are known. */
  get inputShapes(): readonly BatchShape[] | undefined {
    return this.#graph?.inputs.map(({ shape }) => shape);
  }

  /** Shape of a batch of inputs of a model that has one, once it is known. */
  get batchInputShape(): BatchShape | undefined {
    return this.inputShapes?.[0];
  }

  /** Shape of a batch of outputs of a model that has one, once it is known. */
  get outputShape(): BatchShape | undefined {
    return this.outputShapes?.[0];
  }

  /** Shapes of a batch of each output, once they are known. */
  get outputShapes(): readonly BatchShape[] | undefined {
    return this.#graph?.outputs.map(({ shape }) => shape) ?? this.#outputShapes;
  }

  #nameLayers(): void {
    const { layers } = this;
    for (const layer of layers) layer.join(this.names.next(layer, layers), this.streams);
  }

  /** Layers bring what they are given into their own type. */
  protected override get callDtype(): undefined {
    return undefined;
  }

  /** Names the layers in the fields of the class; they build themselves when they are used. */
  override build(inputShape: Shapes): void {
    this.#nameLayers();
    super.build(inputShape);
  }

  /** Builds the model, and learns the shapes of its outputs, by computing one sample. */
  protected buildOn(samples: readonly HostArray[]): void {
    const values = samples.map((array) => tensor(sampleRange(array, 0, 1)));
    const outputs = this.applyAll(values.length === 1 ? values[0]! : values, { training: false });
    this.#outputShapes = outputs.map(({ shape }) => [null, ...shape.slice(1)]);
  }

  override call(inputs: Inputs<Tensor>, options: CallOptions): Inputs<Tensor> {
    if (!this.#graph) {
      throw new HeklaError(
        `${this.name}: the class has no call, got none, expected one that uses its layers`,
      );
    }
    const outputs = this.#graph.run(listOf(inputs), options);
    return outputs.length === 1 ? outputs[0]! : outputs;
  }

  override computeOutputShape(inputShape: Shapes): Shapes {
    if (this.#graph) return this.#graph.outputShapes(inputShape);
    if (this.#outputShapes) return likeBatch(this.#outputShapes, inputShape);
    throw new HeklaError(
      `${this.name}: the output's shape is not known, got a model that has seen no data, expected a ` +
        "computeOutputShape of its own",
    );
  }

  override computeMask(): undefined {
    // The layers inside have put masks on the outputs.
    return undefined;
  }

  /** A model's layers are names of their own in its files; those of nested models stand behind the model's name. */
  override namedWeights(): [string, Variable][] {
    const own = this.ownWeights.map((weight): [string, Variable] => [weight.name, weight]);
    return [...own, ...this.layers.flatMap((layer) => pathsIn(layer, layer.namedWeights()))];
  }

  override namedStates(): [string, Variable][] {
    return this.layers.flatMap((layer) => pathsIn(layer, layer.namedStates()));
  }

  /** Says how to train: by which optimizer, loss and metrics. Call it again after changing `trainable`. */
  compile(options: CompileOptions): void {
    const training = new Training(this, options);
    this.#forget();
    this.#training = training;
  }

  /**
   * A model's own training step: recorded once, then run for every batch. It computes losses, takes gradients
   * (`valueAndGrad`), applies optimizers and returns scalars to show, as means over the samples.
   */
  trainStep?(batch: StepBatch): StepFigures;

  /** The compiled loss of outputs, regularizers and weights of samples included: for a `trainStep` of one's own. */
  computeLoss(y: Inputs<Tensor>, yPred: Inputs<Tensor>, sampleWeight: Inputs<Tensor> = []): Tensor {
    return this.training("computeLoss").totalLoss(y, yPred, sampleWeight);
  }

  /** The optimizer it was compiled with; throws HeklaError before `compile`. */
  get optimizer(): Optimizer {
    return this.training("optimizer").optimizer;
  }

  /** What it was compiled with. */
  get compileOptions(): CompileOptions | undefined {
    return this.#training?.compiled;
  }

  /** Internal: compiles anew, when layers change. */
  protected invalidate(): void {
    const options = this.compileOptions;
    if (options) this.compile(options);
    else this.#forget();
  }

  /** Gives up what is compiled. */
  #forget(): void {
    this.#training?.dispose();
    this.#predictor?.dispose();
    this.#predictor = undefined;
  }

  /** Internal: what `compile` has made; throws HeklaError before. */
  training(caller: string): Training {
    if (this.#training) return this.#training;
    throw new HeklaError(
      `${caller}: the model is not compiled, got no optimizer and loss, expected compile first`,
    );
  }

  /** Internal: builds the model for these arrays if it is not yet. */
  ready(samples: readonly HostArray[]): void {
    if (!this.built || !this.outputShapes) this.buildOn(samples);
  }

  /**
   * Trains on samples `x` of shape `[samples, ...]` with labels `y`, or on batches of both. Only a model with a
   * `trainStep` of its own can do without labels.
   * @throws DataError for NaN in the data, counts that differ or options out of range, before anything runs
   * @throws ShapeError for samples the model cannot take
   * @throws DivergedError when the loss becomes NaN or infinite
   */
  fit(x: ModelData, y?: ModelData | null, options?: FitOptions): Promise<History>;
  fit(batches: Batches, options?: FitOptions): Promise<History>;
  async fit(
    x: ModelData | Batches,
    y?: ModelData | FitOptions | null,
    options: FitOptions = {},
  ): Promise<History> {
    const training = this.training("fit");
    await training.load();
    return fit(this, training, x, y, options);
  }

  /** Loss and metrics over all samples, or all batches. Errors as in `fit`. */
  evaluate(x: ModelData, y: ModelData, options?: EvaluateOptions): Promise<Record<string, number>>;
  evaluate(batches: Batches, options?: EvaluateOptions): Promise<Record<string, number>>;
  async evaluate(
    x: ModelData | Batches,
    y: ModelData | EvaluateOptions = {},
    options: EvaluateOptions = {},
  ): Promise<Record<string, number>> {
    const training = this.training("evaluate");
    await training.load();
    return evaluate(this, training, ...evaluateOptions(x, y, options));
  }

  /**
   * The model's output for all samples, on the host; of several outputs the first. Batches may be those of `fit`, whose
   * labels are not looked at, or samples only: `[x]`, `{ x }`, or one array with a shape. Errors as in `fit`.
   */
  async predict(x: ModelData | Batches<SampleBatch>, options: BatchOptions = {}): Promise<HostArray> {
    return (await this.predictAll(x, options))[0];
  }

  /** `predict`, for all outputs of a model that has several. */
  predictAll(x: ModelData | Batches<SampleBatch>, options: BatchOptions = {}): Promise<Outputs<HostArray>> {
    this.#predictor ??= new Predictor(this);
    return this.#predictor.predict(x, options);
  }

  /** One step on one batch; returns loss and metrics of it. */
  async trainOnBatch(
    x: ModelData,
    y?: ModelData | null,
    sampleWeight?: ModelData,
  ): Promise<Record<string, number>> {
    return onBatch("trainOnBatch", this, { x, y, ...(sampleWeight && { sampleWeight }) });
  }

  /** Loss and metrics of one batch, without training. */
  async testOnBatch(x: ModelData, y: ModelData, sampleWeight?: ModelData): Promise<Record<string, number>> {
    return onBatch("testOnBatch", this, { x, y, ...(sampleWeight && { sampleWeight }) });
  }

  /** Keras's table of layers, output shapes and parameters; `print` is called with it where given. */
  summary(options: SummaryOptions = {}): string {
    const text = summary(this, options);
    options.print?.(text);
    return text;
  }

  /** The layer of this name. */
  getLayer(name: string): Layer {
    const layer = this.layers.find((candidate) => candidate.name === name);
    if (!layer) {
      const names = this.layers.map((candidate) => candidate.name).join(", ");
      throw new HeklaError(`getLayer: there is no such layer, got "${name}", expected one of ${names}`);
    }
    return layer;
  }

  /**
   * The model as one file: layers, weights, and how far training is, unless told otherwise. Default format "keras".
   * @throws HeklaError for a model without weights, DataError for one that the format cannot hold
   */
  async toBytes(options: SaveOptions = {}): Promise<Uint8Array> {
    return (await saving()).modelToBytes(this, options);
  }

  /**
   * Writes `toBytes` to a file, whole or not at all: in this package's own format where the name ends in ".safetensors",
   * else as a `.keras` file. Node only.
   */
  async save(path: string, options: SaveOptions = {}): Promise<void> {
    await (await saving()).saveModel(this, path, options);
  }

  /** Writes the weights alone to a file `.weights.h5`, as Keras does, whole or not at all. Node only. */
  async saveWeights(path: string): Promise<void> {
    await (await saving()).saveWeights(this, path);
  }

  /**
   * Takes over the weights of a file's bytes, and the optimizer's state when the file has it and the model is compiled.
   * @throws DataError, ShapeError where the file is broken or does not fit; the model is left as it was
   */
  async restore(bytes: Uint8Array, options: OpenOptions = {}): Promise<void> {
    await this.#training?.load();
    (await opening()).restoreModel(this, bytes, options);
  }

  /** `restore` from a file. Node only. */
  async load(path: string): Promise<void> {
    await this.#training?.load();
    await (await opening()).restoreFrom(this, path, true);
  }

  /** The weights alone from any file that holds them: `.weights.h5`, `.h5`, `.keras`, `.safetensors`. Node only. */
  async loadWeights(path: string): Promise<void> {
    await (await opening()).restoreFrom(this, path, false);
  }

  override getConfig(): Config {
    return {
      name: this.name,
      seed: this.seed,
      ...(this.trainable ? {} : { trainable: false }),
      ...(this.dtypePolicy === "float32" ? {} : { dtype: this.dtypePolicy }),
      ...(this.#graph ? this.#graph.getConfig() : {}),
    };
  }

  override dispose(): void {
    this.#forget();
    super.dispose();
  }
}
