import {
  add,
  type Compiled,
  cast,
  compile,
  concat,
  DataError,
  HeklaError,
  type HostArray,
  multiply,
  type Optimizer,
  reshape,
  stack,
  Tensor,
  Variable,
  valueAndGrad,
  zeros,
} from "@hekla/tensor";
import { singleProbabilities } from "../activations.js";
import { collectLosses, takeLosses } from "../added-losses.js";
import type { BatchShape } from "../batch-shape.js";
import { kindOf } from "../kind-of.js";
import type { Layer } from "../layer.js";
import { byLeadingAxes, reduceLoss } from "../losses/reduce.js";
import { maskOf } from "../masks.js";
import type { Metric } from "../metrics/metric.js";
import { type Inputs, listOf, type Outputs } from "../symbolic-tensor.js";
import { coreObjectives } from "./named-objectives.js";
import {
  numberedOutputs,
  type Objective,
  type ObjectiveOptions,
  objectivesOf,
  outputsToldOf,
} from "./objectives.js";

export interface CompileOptions extends ObjectiveOptions {
  /** From `@hekla/optim`, for instance. */
  readonly optimizer: Optimizer;
  /**
   * Whether a model of the policy "mixedFloat16" has its optimizer scale the loss, so that small gradients are not lost:
   * before the first step a `LossScaleOptimizer` of `@hekla/optim` takes its place. Default true; a model with a `trainStep`
   * of its own is left alone.
   */
  readonly autoScaleLoss?: boolean;
}

/** A batch on the host: arrays for each input and output, and sample weights for each output or none. */
export interface HostBatch {
  readonly x: readonly HostArray[];
  readonly y: readonly HostArray[];
  readonly sampleWeight: readonly HostArray[];
}

/** The same as it is recorded. */
type RecordedBatch = { readonly [Part in keyof HostBatch]: readonly Tensor[] };

/** A batch as a training step of one's own sees it: a tensor for each input, and for each output if there are labels. */
export type StepBatch = {
  readonly x: Outputs<Tensor>;
  readonly y: Outputs<Tensor>;
  /** For each output, or none. */
  readonly sampleWeight: readonly Tensor[];
};

/** Scalars by name, shown as means over the samples. */
export type StepFigures = Readonly<Record<string, Tensor>>;

/** A model as training needs it. */
export interface Trainable extends Layer {
  readonly outputNames: readonly string[];
  /** Undefined where they are not known yet. */
  readonly outputShapes: readonly BatchShape[] | undefined;
  trainStep?(batch: StepBatch): StepFigures;
}

/** A compiled function on a batch; its figures are added to the totals on the device. */
type BatchStep = Compiled<[batch: RecordedBatch], void>;

/** A figure that is shown: its sums in the totals, and what they come to. */
interface Figure {
  readonly name: string;
  readonly size: number;
  result(sums: ArrayLike<number>, samples: number): number;
}

/** What `compile` makes of its options: the training and evaluation steps, one plan each, and their totals. */
export class Training {
  readonly options: CompileOptions;
  readonly #train: BatchStep;
  readonly #evaluate: BatchStep;
  readonly #model: Trainable;
  #optimizer: Optimizer;
  #objectives: readonly Objective[];
  #named = coreObjectives;
  readonly #trained = new Tally();
  readonly #evaluated = new Tally();

  /** @throws DataError for a loss or metric of an unknown name */
  constructor(model: Trainable, options: CompileOptions) {
    const { optimizer } = options;
    if (typeof optimizer?.apply !== "function") {
      throw new DataError(
        `compile: that is no optimizer, got ${JSON.stringify(optimizer)}, expected an object: new Adam() of @hekla/optim`,
      );
    }
    this.options = options;
    this.#optimizer = optimizer;
    this.#model = model;
    this.#objectives = objectivesOf(options, this.#outputNames);
    this.#train = compile((batch: RecordedBatch) => this.trainStep(batch));
    this.#evaluate = compile((batch: RecordedBatch) => this.#evaluateStep(batch));
  }

  /** A model of one's own that has seen no data has as many outputs as the options tell of. */
  get #outputNames(): readonly string[] {
    const { outputShapes, outputNames } = this.#model;
    const count = outputShapes ? 1 : outputsToldOf(this.options);
    return count > outputNames.length ? numberedOutputs(count) : outputNames;
  }

  /** That of the options, or what scales the loss for it once `load` is done. */
  get optimizer(): Optimizer {
    return this.#optimizer;
  }

  /** The options it was made of, and the optimizer that it has by now. */
  get compiled(): CompileOptions {
    return { ...this.options, optimizer: this.#optimizer };
  }

  /** What each output is trained for. */
  get objectives(): readonly Objective[] {
    const names = this.#outputNames;
    if (names.length !== this.#objectives.length) {
      this.#objectives = objectivesOf(this.options, names, this.#named);
    }
    const waiting = this.#objectives.find(({ complete }) => !complete);
    if (!waiting) return this.#objectives;
    throw new HeklaError(
      "computeLoss: a loss or metric given to compile by its name has not loaded, got a step before fit, " +
        "trainOnBatch or evaluate, expected one of them first, or the function itself in place of its name",
    );
  }

  /**
   * Loads losses and metrics that were given by names and are not linked into every app, and what scales the loss; undefined
   * where all are there.
   */
  load(): Promise<void> | undefined {
    const complete = this.#objectives.every((objective) => objective.complete);
    const { dtypePolicy, trainStep } = this.#model;
    // A step of one's own may take gradients of a loss that is not scaled.
    const scales = dtypePolicy === "mixedFloat16" && !trainStep && this.options.autoScaleLoss !== false;
    const scaled = scales ? this.#optimizer.withLossScale?.() : undefined;
    if (complete && !scaled) return undefined;
    return this.#load(complete, scaled);
  }

  async #load(complete: boolean, scaled: Promise<Optimizer> | undefined): Promise<void> {
    if (!complete) {
      const { allObjectives } = await import("./all-objectives.js");
      this.#named = allObjectives;
      this.#objectives = objectivesOf(this.options, this.#outputNames, allObjectives);
    }
    if (scaled) this.#optimizer = await scaled;
  }

  /** One training step. */
  train(batch: HostBatch): void {
    this.#train(batch);
    this.#trained.samples += batch.x[0]!.shape[0]!;
  }

  /** Loss and metrics of one batch. */
  evaluate(batch: HostBatch): void {
    this.#evaluate(batch);
    this.#evaluated.samples += batch.x[0]!.shape[0]!;
  }

  /** The training step itself, to be recorded. */
  trainStep(batch: RecordedBatch): void {
    // `computeLoss` takes what layers add to the loss meanwhile.
    const { result: own } = collectLosses(() => this.#model.trainStep?.(batch as StepBatch));
    if (own) {
      const count = batch.x[0]!.shape[0]!;
      const values = Object.values(own).map((value) => multiply(reshape(cast(value, "float32"), []), count));
      this.#trained.add(Object.keys(own).map(meanFigure), values.length === 0 ? zeros([0]) : stack(values));
      return;
    }
    const { optimizer } = this;
    const { grads, sums } = valueAndGrad(() => {
      const { value, sums } = this.#forward(batch, true);
      return { value: optimizer.scaleLoss?.(value) ?? value, sums };
    }, [...this.#model.trainableWeights])();
    optimizer.apply(grads);
    for (const { weight, constraint } of this.#model.weightRules) {
      if (constraint && grads.has(weight)) weight.assign(constraint.project(weight.read()));
    }
    this.#trained.add(standardFigures(this.objectives), sums);
  }

  #evaluateStep(batch: RecordedBatch): void {
    this.#evaluated.add(standardFigures(this.objectives), this.#forward(batch, false).sums);
  }

  /** The loss of a batch, and it with all figures as sums over the samples. */
  #forward({ x, y, sampleWeight }: RecordedBatch, training: boolean): { value: Tensor; sums: Tensor } {
    const { result: given, losses: added } = collectLosses(() =>
      this.#model.applyAll(x.length === 1 ? x[0]! : x, { training }),
    );
    const outputs = given.map(singleProbabilities);
    const losses = this.losses(y, outputs, sampleWeight);
    const value = [...losses.map(({ weighted }) => weighted), ...this.penalties(), ...added].reduce((a, b) =>
      add(a, b),
    );
    const count = x[0]!.shape[0]!;
    const own = losses.length > 1 ? losses.map(({ loss }) => loss) : [];
    const means = [value, ...own].map((loss) => reshape(multiply(loss, count), [1]));
    const metrics = this.objectives.flatMap((objective, index) => {
      const yPred = outputs[index]!;
      const mask = maskOf(yPred);
      const sums = (metric: Metric, weight?: Tensor): Tensor =>
        metric.sums(y[index]!, yPred, weightWithMask(weight, mask));
      return [
        ...objective.metrics.map((metric) => sums(metric)),
        ...objective.weightedMetrics.map((metric) => sums(metric, sampleWeight[index])),
      ];
    });
    return { value, sums: concat([...means, ...metrics].map((part) => cast(part, "float32"))) };
  }

  /** The loss of each output that has one, and that times its weight. */
  losses(
    y: readonly Tensor[],
    outputs: readonly Tensor[],
    sampleWeight: readonly Tensor[],
  ): readonly { readonly loss: Tensor; readonly weighted: Tensor }[] {
    const losses = this.objectives.flatMap(({ loss, weight }, index) => {
      if (!loss) return [];
      const yPred = singleProbabilities(outputs[index]!);
      const mask = maskOf(yPred);
      const given = sampleWeight[index];
      const losses = loss(y[index]!, yPred);
      if (!(losses instanceof Tensor)) {
        throw new HeklaError(
          `compile: the loss function gives no losses, got ${kindOf(losses)}, expected a tensor of shape [batch, ...]`,
        );
      }
      const value = reduceLoss(losses, {
        ...(given && { sampleWeight: given }),
        ...(mask && { mask }),
      });
      return [{ loss: value, weighted: weight === 1 ? value : multiply(value, weight) }];
    });
    if (losses.length > 0) return losses;
    throw new HeklaError("compile: there is nothing to train for, got no loss, expected one");
  }

  /** What regularizers say of the weights that are trained. */
  penalties(): readonly Tensor[] {
    const trained = new Set(this.#model.trainableWeights);
    return this.#model.weightRules.flatMap(({ weight, regularizer }) =>
      regularizer && trained.has(weight) ? [regularizer.penalty(weight.read())] : [],
    );
  }

  /** The loss of a model with a training step of its own: `losses`, `penalties` and what layers added, in one. */
  totalLoss(y: Inputs<Tensor>, yPred: Inputs<Tensor>, sampleWeight: Inputs<Tensor>): Tensor {
    const losses = this.losses(listOf(y), listOf(yPred), listOf(sampleWeight));
    return [...losses.map(({ weighted }) => weighted), ...this.penalties(), ...takeLosses()].reduce((a, b) =>
      add(a, b),
    );
  }

  /** Forgets what training steps, or evaluations, have added up. */
  reset(kind: "train" | "evaluate"): void {
    this.#tally(kind).reset();
  }

  /** Loss and metrics over the samples since `reset`; waits for the device. */
  figures(kind: "train" | "evaluate"): Promise<Record<string, number>> {
    return this.#tally(kind).figures();
  }

  #tally(kind: "train" | "evaluate"): Tally {
    return kind === "train" ? this.#trained : this.#evaluated;
  }

  /** Gives back the memory of the steps and their totals. */
  dispose(): void {
    this.#train.dispose();
    this.#evaluate.dispose();
    this.#trained.dispose();
    this.#evaluated.dispose();
  }
}

/** Sums on the device that steps add to, and what they come to. */
class Tally {
  samples = 0;
  /** Those of a user's own training step are known once it has been recorded. */
  #figures: readonly Figure[] = [];
  #totals: Variable | undefined;

  /** Recorded as part of a step. */
  add(figures: readonly Figure[], sums: Tensor): void {
    this.#figures = figures;
    this.#totals ??= new Variable(() => zeros([sums.size]), { name: "totals", trainable: false });
    this.#totals.assign(add(this.#totals, sums));
  }

  reset(): void {
    this.#totals?.write(new Float32Array(this.#totals.size));
    this.samples = 0;
  }

  async figures(): Promise<Record<string, number>> {
    const totals = (await this.#totals?.data()) ?? new Float32Array(0);
    const figures: Record<string, number> = {};
    let offset = 0;
    for (const { name, size, result } of this.#figures) {
      figures[name] = result(totals.subarray(offset, offset + size), this.samples);
      offset += size;
    }
    return figures;
  }

  dispose(): void {
    this.#totals?.dispose();
    this.#totals = undefined;
  }
}

/** Sample weights that are 0 where the mask is. */
function weightWithMask(weight: Tensor | undefined, mask: Tensor | undefined): Tensor | undefined {
  if (!mask) return weight;
  const counts = cast(mask, "float32");
  return weight ? multiply(byLeadingAxes("sampleWeight", weight, mask), counts) : counts;
}

const meanFigure = (name: string): Figure => ({
  name,
  size: 1,
  result: (sums, samples) => sums[0]! / samples,
});

/**
 * The loss, with several outputs that of each, then the metrics; names that are taken get a number, those of weighted
 * metrics "weighted_" before. Source: Keras 3 `CompileMetrics.result`.
 */
function standardFigures(objectives: readonly Objective[]): readonly Figure[] {
  const several = objectives.length > 1;
  const withLoss = objectives.filter(({ loss }) => loss);
  const losses = withLoss.length > 1 ? withLoss.map(({ name }) => meanFigure(`${name}_loss`)) : [];
  const metrics = objectives.flatMap(({ name, metrics: plain, weightedMetrics }) => {
    const figure = ({ size, result }: Metric, called: string): Figure => ({
      name: several ? `${name}_${called}` : called,
      size,
      result: (sums) => result(sums),
    });
    const known = new Set(plain.map((metric) => metric.name));
    const weighted = weightedMetrics.map((metric) => {
      const called = known.has(metric.name) ? `weighted_${metric.name}` : metric.name;
      known.add(metric.name);
      return figure(metric, called);
    });
    return [...plain.map((metric) => figure(metric, metric.name)), ...weighted];
  });
  const taken = new Map<string, number>();
  return [meanFigure("loss"), ...losses, ...metrics].map((figure) => {
    const count = taken.get(figure.name) ?? 0;
    taken.set(figure.name, count + 1);
    return count === 0 ? figure : { ...figure, name: `${figure.name}_${count}` };
  });
}
