import {
  type DataFormat,
  type Dtype,
  divide,
  HeklaError,
  type HostArray,
  isFloat,
  named,
  Tensor,
  tensor,
  Variable,
} from "@hekla/tensor";
import { logitsBehind } from "./activations.js";
import { addLoss, collectsLosses } from "./added-losses.js";
import { product, type Shapes, shapeList } from "./batch-shape.js";
import { castFloats } from "./cast-floats.js";
import { callAs, checkedPolicy, type DtypePolicy, dtypePolicy, Weight } from "./dtype-policy.js";
import type { Initializer } from "./initializers.js";
import { kindOf } from "./kind-of.js";
import type { CallOptions, LayerOptions, WeightOptions, WeightRule } from "./layer-options.js";
import { firstMask, type Mask, maskFits, maskOf, setMask } from "./masks.js";
import { type Config, objectConfig } from "./named-object.js";
import { type Regularizer, resolveRegularizer } from "./regularizers.js";
import { looseSeeds, type Seeds } from "./seeds.js";
import { snakeCase } from "./snake-case.js";
import {
  type Inputs,
  isSymbolic,
  type LayerUse,
  listOf,
  type Outputs,
  SymbolicTensor,
} from "./symbolic-tensor.js";
import { spendWeights } from "./weight-budget.js";
import { valuesFitting } from "./weight-values.js";

export type { CallOptions, LayerClass, LayerConfig, LayerOptions, LayerReader } from "./layer-options.js";
export { firstMask } from "./masks.js";
export type { Config } from "./named-object.js";

/**
 * A step of a model with weights of its own. A subclass sets `static className`, makes its weights in `build`, computes
 * in `call` and tells its output shape and its config; everything else follows.
 */
export abstract class Layer {
  /** Kept in saved files; not `constructor.name`, which bundlers change. */
  static readonly className: string = "Layer";
  readonly inputShape: readonly (number | null)[] | undefined;
  readonly activityRegularizer: Regularizer | undefined;
  /** What it computes in and keeps its weights in; that of `setDtypePolicy` unless it was given one. */
  readonly dtypePolicy: DtypePolicy;
  built = false;
  readonly #ownPolicy: boolean;
  #trainable: boolean;
  #name: string | undefined;
  #path: string | undefined;
  #seeds: Seeds | undefined;
  #firstUse: LayerUse | undefined;
  readonly #rules: WeightRule[] = [];
  readonly #states: Variable[] = [];
  readonly #lateStates: Variable[] = [];
  readonly #children = new Map<string, Layer>();

  constructor(options: LayerOptions = {}) {
    this.#name = options.name;
    this.#trainable = options.trainable ?? true;
    this.inputShape = options.inputShape;
    this.activityRegularizer = resolveRegularizer(options.activityRegularizer);
    this.#ownPolicy = options.dtype !== undefined;
    this.dtypePolicy = checkedPolicy("layer", options.dtype ?? dtypePolicy());
  }

  /** The float type of what it gives. */
  get computeDtype(): Dtype {
    return this.dtypePolicy === "mixedFloat16" ? "float16" : "float32";
  }

  /**
   * The float type in which `call` gets inputs and weights; what it returns is cast to `computeDtype`. Layers that need more
   * digits, for sums and statistics, say "float32"; undefined casts nothing.
   */
  protected get callDtype(): Dtype | undefined {
    return this.computeDtype;
  }

  /** Whether optimizers change its weights. Set on a layer with layers in it, it is set on all of them, as in Keras. */
  get trainable(): boolean {
    return this.#trainable;
  }

  set trainable(value: boolean) {
    this.#trainable = value;
    for (const child of this.children.values()) child.trainable = value;
  }

  /** Name of the class, as in Keras. */
  get className(): string {
    return (this.constructor as typeof Layer).className;
  }

  get name(): string {
    return this.#name ?? snakeCase(this.className);
  }

  /** Whether the name was given, by the user or by a model. */
  get isNamed(): boolean {
    return this.#name !== undefined;
  }

  /** Where the layer's weights are found: its name, behind those of the layers it is part of. */
  get path(): string {
    return this.#path ?? this.name;
  }

  /** Internal: a model names its layers and gives them its random streams before they are built. */
  join(name: string, seeds: Seeds, path?: string): void {
    this.#name ??= name;
    this.#path ??= path ?? this.#name;
    this.#seeds ??= seeds;
  }

  /**
   * Makes a layer part of this one: its weights are this layer's. `attribute` is its name in files, which is that of the
   * attribute of Keras's layer (`forward_layer`, `cell`). Call it in the constructor.
   */
  protected addChild<T extends Layer>(attribute: string, layer: T): T {
    this.#children.set(attribute, layer);
    return layer;
  }

  /** The layers this one is made of, by the name of the attribute. */
  get children(): ReadonlyMap<string, Layer> {
    return this.#children;
  }

  /** Names a child after the attribute or its class, gives it this layer's random streams, and builds it. */
  protected buildChild(layer: Layer, inputShape: Shapes): void {
    const name = layer.isNamed ? layer.name : snakeCase(layer.className);
    layer.join(name, this.seeds, `${this.path}/${name}`);
    if (!layer.built) layer.build(inputShape);
  }

  /**
   * A model tells each layer the order of axes of the image layers before it, if there were any. Image layers that have
   * none of their own take it over and all return theirs; other layers pass it on.
   */
  adoptDataFormat(format: DataFormat | undefined): DataFormat | undefined {
    return format;
  }

  /** Random streams of the model this layer is in, or of its own. */
  protected get seeds(): Seeds {
    this.#seeds ??= looseSeeds;
    return this.#seeds;
  }

  /** Makes the weights for inputs of this shape; the first axis is the batch. */
  build(_inputShape: Shapes): void {
    this.built = true;
  }

  /** The layer's computation on a batch; a layer with several inputs or outputs gets and gives lists. */
  abstract call(inputs: Inputs<Tensor>, options: CallOptions): Inputs<Tensor>;

  /**
   * Shape of the output for inputs of a shape; throws ShapeError where the layer cannot take them. `options` are those
   * of the call, for layers whose outputs depend on them.
   */
  abstract computeOutputShape(inputShape: Shapes, options?: CallOptions): Shapes;

  /** Mask of the output. Default: that of the first input, where it fits. */
  computeMask(_inputs: Inputs<Tensor>, mask: Mask): Mask {
    return firstMask(mask);
  }

  /**
   * Calls the layer, which is built when it is used for the first time. Applied to symbolic tensors it becomes part of
   * the functional model in the making. A layer with several outputs returns the first; see `applyAll`.
   */
  apply(inputs: Inputs<Tensor>, options?: CallOptions): Tensor;
  apply(inputs: Inputs<SymbolicTensor>, options?: CallOptions): SymbolicTensor;
  apply(inputs: Inputs<Tensor> | Inputs<SymbolicTensor>, options: CallOptions = {}): Tensor | SymbolicTensor {
    return (isSymbolic(inputs) ? this.applyAll(inputs, options) : this.applyAll(inputs, options))[0];
  }

  /** `apply`, for all outputs of a layer that has several: `[outputs, hidden, cell]` of an LSTM with returnState. */
  applyAll(inputs: Inputs<Tensor>, options?: CallOptions): Outputs<Tensor>;
  applyAll(inputs: Inputs<SymbolicTensor>, options?: CallOptions): Outputs<SymbolicTensor>;
  applyAll(
    inputs: Inputs<Tensor> | Inputs<SymbolicTensor>,
    { initialState, ...options }: CallOptions = {},
  ): readonly Tensor[] | readonly SymbolicTensor[] {
    const withState = <T>(given: Inputs<T>): Inputs<T> =>
      initialState ? [...listOf(given), ...listOf(initialState as Inputs<T>)] : given;
    return isSymbolic(inputs)
      ? this.#applySymbolic(withState(inputs), options)
      : this.#applyValues(withState(inputs), options);
  }

  #applyValues(inputs: Inputs<Tensor>, options: CallOptions): readonly Tensor[] {
    const list = listOf(inputs);
    const wrong = list.findIndex((value: unknown) => !(value instanceof Tensor || value instanceof Variable));
    if (wrong >= 0) {
      throw new HeklaError(
        `${this.name}: that is no tensor, got ${kindOf(list[wrong])}, expected what input gave, or tensors`,
      );
    }
    const mask = options.mask ?? (list === inputs ? list.map(maskOf) : maskOf(list[0]!));
    if (!this.built) {
      const shapes = list.map(({ shape }) => [null, ...shape.slice(1)]);
      this.build(list === inputs ? shapes : shapes[0]!);
    }
    return named(this.name, () => {
      const call = (given: Inputs<Tensor>): Inputs<Tensor> => this.call(given, { ...options, mask });
      const outputs = callAs(this.callDtype, this.computeDtype, inputs, call);
      const masks = this.computeMask(inputs, mask);
      outputs.forEach((output, index) => {
        const own = Array.isArray(masks)
          ? (masks[index] as Tensor | undefined)
          : (masks as Tensor | undefined);
        // Nested layers may have set it already.
        if (own && output !== own && maskFits(own, output)) setMask(output, own);
        if (this.activityRegularizer) this.#regularize(output);
      });
      // What hangs on the outputs outlives the group as they do.
      return {
        outputs,
        kept: outputs.flatMap((output) => [maskOf(output) ?? [], logitsBehind(output) ?? []].flat()),
      };
    }).outputs;
  }

  #regularize(output: Tensor): void {
    if (!collectsLosses()) return;
    const penalty = this.activityRegularizer!.penalty(castFloats(output, "float32"));
    addLoss(divide(penalty, output.shape[0] ?? 1));
  }

  #applySymbolic(inputs: Inputs<SymbolicTensor>, options: CallOptions): readonly SymbolicTensor[] {
    const list = listOf(inputs);
    const isList = list === inputs;
    const shapes = this.computeOutputShape(isList ? list.map(({ shape }) => shape) : list[0]!.shape, options);
    const given = this.outputDtype(list);
    const dtype = this.callDtype && isFloat(given) ? this.computeDtype : given;
    const outputs = shapeList(shapes).map((shape) => new SymbolicTensor(shape, dtype, list[0]!.makeGraph));
    this.noteUse({ layer: this, inputs: list, list: isList, options, outputs });
    return outputs;
  }

  /** Internal: the layer has become part of a functional model in the making. */
  noteUse(use: LayerUse): void {
    this.#firstUse ??= use;
    for (const output of use.outputs) output.use = use;
  }

  get #use(): LayerUse {
    if (this.#firstUse) return this.#firstUse;
    throw new HeklaError(
      `${this.name}: there are no symbolic tensors, got a layer that was applied to none, expected one of a functional ` +
        "model; functional(model) makes one of a Sequential",
    );
  }

  /** Symbolic inputs of the layer's first use in a functional model. Throws HeklaError where there is none. */
  get inputs(): readonly SymbolicTensor[] {
    return this.#use.inputs;
  }

  /** Symbolic outputs of the layer's first use: `new Model(base.inputs, base.getLayer("features").outputs)`. */
  get outputs(): Outputs<SymbolicTensor> {
    return this.#use.outputs as Outputs<SymbolicTensor>;
  }

  /** Type of the output's values in a functional model, any float for that of the policy. Default a float. */
  protected outputDtype(_inputs: readonly SymbolicTensor[]): Dtype {
    return "float32";
  }

  /** Makes a weight; its values come from the model's "init" stream. */
  protected addWeight(
    name: string,
    shape: readonly number[],
    initializer: Initializer,
    options: WeightOptions = {},
  ): Variable {
    spendWeights(`${this.path}/${name}`, shape);
    const values = initializer.values(shape, this.seeds.nextInitial());
    const weight = new Weight(() => tensor(values, { shape }), {
      name: `${this.path}/${name}`,
      trainable: options.trainable ?? true,
    });
    this.#rules.push({ weight, ...options });
    return weight;
  }

  /**
   * Keeps a Variable that is state but no weight (a random stream's counter): saved, not counted. Those that come with the
   * first batch are `late`: they stand behind the others, whose names in files are the same before it.
   */
  protected addState(state: Variable, { late = false } = {}): void {
    (late ? this.#lateStates : this.#states).push(state);
  }

  /** Weights of this layer itself, not of its children: those to be trained, then the others, as Keras orders them. */
  get ownWeights(): readonly Variable[] {
    const weights = this.#rules.map(({ weight }) => weight);
    return [
      ...weights.filter(({ trainable }) => trainable),
      ...weights.filter(({ trainable }) => !trainable),
    ];
  }

  /** All weights: its own, then those of its children. */
  get weights(): readonly Variable[] {
    return unique([...this.ownWeights, ...this.#childList.flatMap((child) => child.weights)]);
  }

  get trainableWeights(): readonly Variable[] {
    if (!this.trainable) return [];
    const own = this.ownWeights.filter((weight) => weight.trainable);
    return unique([...own, ...this.#childList.flatMap((child) => child.trainableWeights)]);
  }

  get nonTrainableWeights(): readonly Variable[] {
    const trainable = new Set(this.trainableWeights);
    return this.weights.filter((weight) => !trainable.has(weight));
  }

  /** Regularizers and constraints of all weights that have one. */
  get weightRules(): readonly WeightRule[] {
    const own = this.#rules.filter(({ regularizer, constraint }) => regularizer || constraint);
    return [...own, ...this.#childList.flatMap((child) => child.weightRules)];
  }

  /** State that is no weight, random streams for instance. */
  get states(): readonly Variable[] {
    return unique([...this.#statesOf(false), ...this.#statesOf(true)]);
  }

  #statesOf(late: boolean): readonly Variable[] {
    const own = late ? this.#lateStates : this.#states;
    return [...own, ...this.#childList.flatMap((child) => child.#statesOf(late))];
  }

  get #childList(): readonly Layer[] {
    return [...this.children.values()];
  }

  /** Weights by path, `dense_1/kernel`: the names in saved files. */
  namedWeights(): [string, Variable][] {
    return this.weights.map((weight) => [weight.name, weight]);
  }

  /** States by path. */
  namedStates(): [string, Variable][] {
    return this.states.map((state, index) => [`${this.path}/state${index === 0 ? "" : index}`, state]);
  }

  /** Number of values in the weights. */
  countParams(): number {
    return this.weights.reduce((total, weight) => total + product(weight.shape), 0);
  }

  /** Copies of the weights, in order. */
  async getWeights(): Promise<HostArray[]> {
    return Promise.all(
      this.weights.map(async (weight) => ({ data: (await weight.data()).slice(), shape: weight.shape })),
    );
  }

  /**
   * Overwrites all weights; nothing changes when one does not fit.
   * @throws ShapeError for a wrong number of weights or a wrong shape
   */
  setWeights(values: readonly (HostArray | ArrayLike<number>)[]): void {
    const { weights } = this;
    valuesFitting(weights, values).forEach((data, index) => {
      weights[index]!.write(data);
    });
  }

  /** Settings to make the layer again, as plain JSON; the weights are not in it. */
  getConfig(): Config {
    return {
      name: this.name,
      ...(this.trainable ? {} : { trainable: false }),
      ...(this.#ownPolicy || this.dtypePolicy !== "float32" ? { dtype: this.dtypePolicy } : {}),
      ...(this.inputShape ? { inputShape: this.inputShape } : {}),
      ...(this.activityRegularizer ? { activityRegularizer: objectConfig(this.activityRegularizer) } : {}),
    };
  }

  /** Gives the memory of the weights back. */
  dispose(): void {
    for (const variable of [...this.weights, ...this.states]) variable.dispose();
  }
}

const unique = <T>(items: readonly T[]): readonly T[] => [...new Set(items)];
