import {
  type DataFormat,
  type HostArray,
  named,
  ShapeError,
  type Tensor,
  tensor,
  Variable,
} from "@hekla/tensor";
import { withKeptLogits } from "./activations.js";
import { type BatchShape, product } from "./batch-shape.js";
import type { Initializer } from "./initializers.js";
import { Seeds } from "./seeds.js";

/** Options that every layer takes. */
export interface LayerOptions {
  /** Unique in its model. Default: the class in snake case and a number, counted in each model from 1. */
  readonly name?: string;
  /** Whether optimizers change its weights. Default true. */
  readonly trainable?: boolean;
  /** Shape of one sample, without the batch axis; on the first layer it lets the model build at once. */
  readonly inputShape?: readonly number[];
}

export interface CallOptions {
  /** True in `fit`: dropout and the like are active. Default false. */
  readonly training?: boolean;
}

/** Settings as plain JSON. */
export type Config = Readonly<Record<string, unknown>>;

/** The class of a layer, as `modelFromBytes` needs it. */
export interface LayerClass {
  readonly className: string;
  fromConfig(config: Config): Layer;
}

/** `MaxPooling2D` -> `max_pooling2d`, as Keras names layers. */
export const snakeCase = (name: string): string =>
  name
    .replace(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();

/**
 * A step of a model with weights of its own. A subclass sets `static className`, makes its weights in `build`, computes
 * in `call` and tells its output shape and its config; everything else follows.
 */
export abstract class Layer {
  /** Kept in saved files; not `constructor.name`, which bundlers change. */
  static readonly className: string = "Layer";
  readonly inputShape: readonly number[] | undefined;
  trainable: boolean;
  built = false;
  #name: string | undefined;
  #seeds: Seeds | undefined;
  readonly #weights: Variable[] = [];
  readonly #states: Variable[] = [];

  constructor(options: LayerOptions = {}) {
    this.#name = options.name;
    this.trainable = options.trainable ?? true;
    this.inputShape = options.inputShape;
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

  /** Internal: a model names its layers and gives them its random streams before they are built. */
  join(name: string, seeds: Seeds): void {
    this.#name ??= name;
    this.#seeds ??= seeds;
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
    this.#seeds ??= new Seeds(0);
    return this.#seeds;
  }

  /** Makes the weights for inputs of this shape; the first axis is the batch. */
  build(_inputShape: BatchShape): void {
    this.built = true;
  }

  /** The layer's computation on a batch. */
  abstract call(inputs: Tensor, options: CallOptions): Tensor;

  /** Shape of the output for inputs of a shape; throws ShapeError where the layer cannot take them. */
  abstract computeOutputShape(inputShape: BatchShape): BatchShape;

  /** Builds the layer when it is used for the first time, then calls it. */
  apply(inputs: Tensor, options: CallOptions = {}): Tensor {
    if (!this.built) this.build([null, ...inputs.shape.slice(1)]);
    return withKeptLogits((keep) => named(this.name, () => keep(this.call(inputs, options))));
  }

  /** Makes a weight; its values come from the model's "init" stream. */
  protected addWeight(
    name: string,
    shape: readonly number[],
    initializer: Initializer,
    options: { trainable?: boolean } = {},
  ): Variable {
    const values = initializer.values(shape, this.seeds.nextInitial());
    const weight = new Variable(() => tensor(values, { shape }), {
      name: `${this.name}/${name}`,
      trainable: options.trainable ?? true,
    });
    this.#weights.push(weight);
    return weight;
  }

  /** Keeps a Variable that is state but no weight (a random stream's counter): saved, not counted. */
  protected addState(state: Variable): void {
    this.#states.push(state);
  }

  /** All weights, in the order they were made. */
  get weights(): readonly Variable[] {
    return this.#weights;
  }

  get trainableWeights(): readonly Variable[] {
    return this.trainable ? this.weights.filter((weight) => weight.trainable) : [];
  }

  get nonTrainableWeights(): readonly Variable[] {
    const trainable = new Set(this.trainableWeights);
    return this.weights.filter((weight) => !trainable.has(weight));
  }

  /** State that is no weight, random streams for instance. */
  get states(): readonly Variable[] {
    return this.#states;
  }

  /** Weights by path, `dense_1/kernel`: the names in saved files. */
  namedWeights(): [string, Variable][] {
    return this.weights.map((weight) => [weight.name, weight]);
  }

  /** States by path. */
  namedStates(): [string, Variable][] {
    return this.states.map((state, index) => [`${this.name}/state${index === 0 ? "" : index}`, state]);
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
    if (values.length !== weights.length) {
      throw new ShapeError(
        `setWeights: wrong number of weights, got ${values.length}, ` +
          `expected ${weights.length} (${weights.map((weight) => weight.name).join(", ")})`,
      );
    }
    const arrays = values.map((value, index) => {
      const { shape, name } = weights[index]!;
      const got = "shape" in value ? value.shape : undefined;
      const data = "shape" in value ? value.data : value;
      if (data.length !== product(shape) || (got && got.join() !== shape.join())) {
        throw new ShapeError(
          `setWeights: ${name} does not fit, got [${got ?? data.length}], expected [${shape}]`,
        );
      }
      return data;
    });
    arrays.forEach((data, index) => {
      weights[index]!.write(data);
    });
  }

  /** Settings to make the layer again, as plain JSON; the weights are not in it. */
  getConfig(): Config {
    return {
      name: this.name,
      ...(this.trainable ? {} : { trainable: false }),
      ...(this.inputShape ? { inputShape: this.inputShape } : {}),
    };
  }

  /** Gives the memory of the weights back. */
  dispose(): void {
    for (const variable of [...this.#weights, ...this.#states]) variable.dispose();
  }
}
