import {
  add,
  type Compiled,
  cast,
  compile,
  concat,
  type HostArray,
  mean,
  multiply,
  type Optimizer,
  reshape,
  type Tensor,
  Variable,
  valueAndGrad,
  zeros,
} from "@hekla/tensor";
import type { Layer } from "./layer.js";
import { type LossFunction, type LossLike, resolveLoss } from "./losses.js";
import { type Metric, type MetricLike, resolveMetric } from "./metrics.js";

export interface CompileOptions {
  /** From `@hekla/optim`, for instance. */
  readonly optimizer: Optimizer;
  /** A name such as "categoricalCrossentropy", with options, or a function. */
  readonly loss: LossLike;
  /** Names such as "accuracy", or metrics. Default: none. */
  readonly metrics?: readonly MetricLike[];
}

/** A compiled function on a batch of samples and labels; its figures are added to the totals on the device. */
type BatchStep = Compiled<[x: Tensor, y: Tensor], void>;

/** What `compile` makes of its options: the training and evaluation steps, one plan each, and their totals. */
export class Training {
  readonly options: CompileOptions;
  readonly optimizer: Optimizer;
  readonly #train: BatchStep;
  readonly #evaluate: BatchStep;
  readonly #model: Layer;
  readonly #loss: LossFunction;
  readonly #metrics: readonly Metric[];
  readonly #totals: Variable;
  #samples = 0;

  /** @throws DataError for a loss or metric of an unknown name */
  constructor(model: Layer, options: CompileOptions) {
    this.options = options;
    this.optimizer = options.optimizer;
    this.#model = model;
    this.#loss = resolveLoss(options.loss);
    this.#metrics = (options.metrics ?? []).map(resolveMetric);
    const size = this.#metrics.reduce((total, metric) => total + metric.size, 1);
    this.#totals = new Variable(() => zeros([size]), { name: "totals", trainable: false });
    this.#train = compile((x: Tensor, y: Tensor) => this.#trainStep(x, y));
    this.#evaluate = compile((x: Tensor, y: Tensor) => this.#evaluateStep(x, y));
  }

  /** One training step. */
  train(x: HostArray, y: HostArray): void {
    this.#run(this.#train, x, y);
  }

  /** Loss and metrics of one batch. */
  evaluate(x: HostArray, y: HostArray): void {
    this.#run(this.#evaluate, x, y);
  }

  #run(step: BatchStep, x: HostArray, y: HostArray): void {
    step(x, y);
    this.#samples += x.shape[0]!;
  }

  #trainStep(x: Tensor, y: Tensor): void {
    const forward = (): { value: Tensor; sums: Tensor } => {
      const yPred = this.#model.apply(x, { training: true });
      const value = mean(this.#loss(y, yPred));
      return { value, sums: this.#sums(value, y, yPred) };
    };
    const { grads, sums } = valueAndGrad(forward, [...this.#model.trainableWeights])();
    this.optimizer.apply(grads);
    this.#totals.assign(add(this.#totals, sums));
  }

  #evaluateStep(x: Tensor, y: Tensor): void {
    const yPred = this.#model.apply(x, { training: false });
    this.#totals.assign(add(this.#totals, this.#sums(mean(this.#loss(y, yPred)), y, yPred)));
  }

  /** Loss times samples, then the metrics' sums, in one vector. */
  #sums(loss: Tensor, y: Tensor, yPred: Tensor): Tensor {
    const weighted = reshape(multiply(loss, y.shape[0]!), [1]);
    return concat([weighted, ...this.#metrics.map((metric) => metric.sums(y, yPred))].map(asFloat));
  }

  /** Forgets what was added up. */
  reset(): void {
    this.#totals.write(new Float32Array(this.#totals.size));
    this.#samples = 0;
  }

  /** Loss and metrics over the samples since `reset`; waits for the device. */
  async figures(): Promise<Record<string, number>> {
    const samples = this.#samples;
    const totals = await this.#totals.data();
    const figures: Record<string, number> = { loss: totals[0]! / samples };
    let offset = 1;
    for (const { name, size, result } of this.#metrics) {
      figures[name] = result(totals.subarray(offset, offset + size), samples);
      offset += size;
    }
    return figures;
  }

  /** Gives back the memory of the steps and their totals. */
  dispose(): void {
    this.#train.dispose();
    this.#evaluate.dispose();
    this.#totals.dispose();
  }
}

const asFloat = (x: Tensor): Tensor => cast(x, "float32");
