// Classes of the user's own: a layer, a cell, a model with its own step, an initializer, a constraint, a metric.
import {
  type BatchShape,
  type CallOptions,
  type Config,
  type Constraint,
  type ConstraintLike,
  Dense,
  Dropout,
  type Initializer,
  type InitializerLike,
  Input,
  input,
  Layer,
  type LayerOptions,
  type Metric,
  Model,
  modelFromBytes,
  type Regularizer,
  RNN,
  RNNCell,
  resolveConstraint,
  resolveInitializer,
  Sequential,
  type StepBatch,
  type StepFigures,
} from "@hekla/layers";
import { Adam, optimizerFromConfig, SGD } from "@hekla/optim";
import {
  abs,
  add,
  concat,
  matmul,
  mean,
  multiply,
  reshape,
  sigmoid,
  square,
  subtract,
  sum,
  type Tensor,
  tanh,
  type Variable,
  valueAndGrad,
} from "@hekla/tensor";
import { check, waves } from "./check.js";

interface ScaleOptions extends LayerOptions {
  readonly factorInitializer?: InitializerLike;
  readonly factorConstraint?: ConstraintLike | null;
}

interface ScaleConfig extends ScaleOptions {
  readonly offset: number;
}

/** `factor x + offset` for each feature. */
class Scale extends Layer {
  static override readonly className = "Scale";
  #factor: Variable | undefined;

  constructor(
    readonly offset: number,
    private readonly options: ScaleOptions = {},
  ) {
    super(options);
  }

  override build(inputShape: BatchShape): void {
    const initializer = resolveInitializer(this.options.factorInitializer ?? "ones");
    const constraint = resolveConstraint(this.options.factorConstraint);
    this.#factor = this.addWeight("factor", [inputShape.at(-1) ?? 1], initializer, { constraint });
    super.build(inputShape);
  }

  override call(inputs: Tensor): Tensor {
    return add(multiply(inputs, this.#factor!), this.offset);
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    return inputShape;
  }

  override getConfig(): Config {
    return { ...super.getConfig(), offset: this.offset };
  }

  static fromConfig({ offset, ...options }: ScaleConfig): Scale {
    return new Scale(offset, options);
  }
}

/** A layer with two outputs, and layers inside. */
class Branches extends Layer {
  static override readonly className = "Branches";
  readonly #left = this.addChild("left", new Dense(3));
  readonly #right = this.addChild("right", new Dense(2));

  override build(inputShape: BatchShape): void {
    this.buildChild(this.#left, inputShape);
    this.buildChild(this.#right, inputShape);
    super.build(inputShape);
  }

  override call(inputs: Tensor, options: CallOptions): readonly Tensor[] {
    return [this.#left.apply(inputs, options), this.#right.apply(inputs, options)];
  }

  override computeOutputShape(inputShape: BatchShape): readonly BatchShape[] {
    return [this.#left, this.#right].map((layer) => layer.computeOutputShape(inputShape));
  }

  static fromConfig(config: Config): Branches {
    return new Branches(config);
  }
}

/** A minimal gated unit: `f = sigmoid([x, h] W)`, `h' = (1 - f) h + f tanh(x U)`. */
class MinimalCell extends RNNCell {
  static override readonly className = "MinimalCell";
  #gate: Variable | undefined;
  #kernel: Variable | undefined;

  constructor(
    readonly stateSize: number,
    options: LayerOptions = {},
  ) {
    super(options);
  }

  override build(inputShape: BatchShape): void {
    const features = inputShape.at(-1) ?? 1;
    const initializer = resolveInitializer("glorotUniform");
    this.#gate = this.addWeight("gate", [features + this.stateSize, this.stateSize], initializer);
    this.#kernel = this.addWeight("kernel", [features, this.stateSize], initializer);
    super.build(inputShape);
  }

  override call([x, h]: readonly [Tensor, Tensor]): readonly Tensor[] {
    const f = sigmoid(matmul(concat([x, h], { axis: 1 }), this.#gate!));
    const next = add(multiply(subtract(1, f), h), multiply(f, tanh(matmul(x, this.#kernel!))));
    return [next, next];
  }

  override getConfig(): Config {
    return { ...super.getConfig(), stateSize: this.stateSize };
  }

  static fromConfig({ stateSize, ...options }: Config): MinimalCell {
    return new MinimalCell(stateSize as number, options);
  }
}

/** Computes what it was given: trained without labels. */
class Autoencoder extends Model {
  static override readonly className = "Autoencoder";
  readonly encoder = new Dense(2, { activation: "tanh" });
  readonly noise = new Dropout(0.1);
  readonly decoder = [new Dense(8, { activation: "relu" }), new Dense(4)];

  override call(inputs: Tensor, options: CallOptions): Tensor {
    const code = this.noise.apply(this.encoder.apply(inputs, options), options);
    return this.decoder.reduce((x, layer) => layer.apply(x, options), code);
  }

  override trainStep({ x: [x] }: StepBatch): StepFigures {
    const loss = () => {
      const output = this.apply(x, { training: true });
      return { value: mean(square(subtract(output, x))), far: mean(abs(subtract(output, x))) };
    };
    const { value, far, grads } = valueAndGrad(loss, this.trainableWeights)();
    this.optimizer.apply(grads);
    return { loss: value, far };
  }
}

/** The compiled loss, in a step of one's own. */
class Plain extends Model {
  static override readonly className = "Plain";
  readonly output = new Dense(1);
  override call(inputs: Tensor): Tensor {
    return this.output.apply(inputs);
  }
  override trainStep({ x: [x], y, sampleWeight }: StepBatch): StepFigures {
    const loss = () => this.computeLoss(y, this.apply(x, { training: true }), sampleWeight);
    const { value, grads } = valueAndGrad(loss, this.trainableWeights)();
    this.optimizer.apply(grads);
    return { loss: value };
  }
}

const diagonal: Initializer = {
  className: "Diagonal",
  getConfig: () => ({}),
  values: (shape) =>
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, k) => (k % 3 === 0 ? 1 : 0)),
};
const halved: Constraint = {
  className: "Halved",
  getConfig: () => ({}),
  project: (weight) => multiply(weight, 0.5),
};
const small: Regularizer = {
  className: "Small",
  getConfig: () => ({}),
  penalty: (x) => multiply(sum(abs(x)), 1e-3),
};
const largest: Metric = {
  name: "meanPrediction",
  size: 1,
  sums: (_yTrue, yPred) => reshape(sum(yPred), [1]),
  result: (sums) => sums[0] ?? 0,
};

export async function ownClasses(): Promise<void> {
  const x = { data: waves(120), shape: [30, 4] };
  const y = { data: waves(30, 0.4), shape: [30, 1] };

  const model = new Sequential([
    new Input([4]),
    new Scale(0.5, { factorConstraint: "nonNeg" }),
    new Dense(1, { kernelInitializer: diagonal, kernelRegularizer: small }),
    new Scale(0),
  ]);
  model.compile({ optimizer: new SGD(0.05), loss: "mse", metrics: ["mae", largest] });
  const { history } = await model.fit(x, y, { epochs: 5, batchSize: 10 });
  check((history.loss?.at(-1) ?? 1) < (history.loss?.[0] ?? 0), "a layer of one's own does not learn");
  const loaded = modelFromBytes(await new Sequential([new Input([4]), new Scale(2)]).toBytes(), {
    customLayers: [Scale, MinimalCell],
    optimizer: optimizerFromConfig,
  });
  check((loaded.layers[0] as Scale).offset === 2, "a layer of one's own is not read");
  check(new Dense(1, { kernelConstraint: halved }).className === "Dense", "a constraint of one's own");

  const place = input([4]);
  const [wide, narrow] = new Branches().applyAll(place);
  if (!narrow) throw new Error("consumer: one output");
  const branched = new Model(place, [wide, narrow]);
  check((await branched.predictAll(x))[1]?.shape[1] === 2, "a layer with two outputs");

  const recurrent = new Sequential([
    new Input([3, 4]),
    new RNN(new MinimalCell(6), { returnSequences: true }),
    new RNN([new MinimalCell(5), new MinimalCell(4)]),
    new Dense(1),
  ]);
  recurrent.compile({ optimizer: new Adam(0.01), loss: "mse" });
  await recurrent.fit(
    { data: waves(120), shape: [10, 3, 4] },
    { data: waves(10), shape: [10] },
    { epochs: 2 },
  );
  const cell: MinimalCell = new RNN(new MinimalCell(6)).cell;
  check(cell.stateSize === 6, "RNN does not know its cell");

  const autoencoder = new Autoencoder({ seed: 2 });
  autoencoder.compile({ optimizer: new Adam(0.02) });
  const own = await autoencoder.fit(x, null, { epochs: 10, batchSize: 10 });
  const far = own.history.far ?? [];
  check((far.at(-1) ?? 1) < (far[0] ?? 0), "a training step of one's own does not learn");

  const plain = new Plain();
  plain.compile({ optimizer: new SGD(0.1), loss: "mse" });
  const weighted = await plain.fit(x, y, { epochs: 4, sampleWeight: waves(30).map(Math.abs) });
  check((weighted.history.loss ?? []).length === 4, "computeLoss");
}
