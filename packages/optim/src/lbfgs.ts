import {
  cast,
  compile,
  concat,
  HeklaError,
  isFloat,
  logicalAnd,
  logicalNot,
  scope,
  stack,
  type Tensor,
  type Variable,
  valueAndGrad,
  where,
  zeros,
} from "@hekla/tensor";
import { descend, type Limits, type MinimizeProgress, type MinimizeResult } from "./descend.js";
import { OptimizerBase } from "./optimizer-base.js";
import { atLeastZero, checkRange, wholeFrom } from "./ranges.js";
import type { Schedule } from "./schedules/schedule.js";
import { Slots } from "./slots.js";

export interface LBFGSOptions {
  /** Most iterations of a call of `minimize`. Default 20. */
  readonly maxIter?: number;
  /** Most evaluations of the loss in a call of `minimize`. Default 1.25 times `maxIter`, rounded down. */
  readonly maxEval?: number;
  /** Done when no element of the gradient is larger. Default 1e-7. */
  readonly toleranceGrad?: number;
  /** Done when neither the loss nor a weight changes by more, or the slope is flatter. Default 1e-9. */
  readonly toleranceChange?: number;
  /** Pairs of steps and gradient changes that are kept; each costs two numbers a weight. Default 100. */
  readonly historySize?: number;
  /**
   * How `minimize` chooses lengths of steps; with "none" they are the learning rate. Default "strongWolfe".
   */
  readonly lineSearchFn?: "strongWolfe" | "none";
}

/** Limits of one call of `minimize` in place of the optimizer's own, and somebody to tell. */
export interface MinimizeOptions extends Pick<LBFGSOptions, "maxIter" | "maxEval"> {
  /** Called after each iteration; returning false ends the run. */
  readonly onIteration?: (progress: MinimizeProgress) => unknown;
}

/** Pairs of less curvature than this are not kept. */
const leastCurvature = 1e-10;

const dot = (a: Tensor, b: Tensor): Tensor => a.multiply(b).sum();
const flat = (tensors: readonly Tensor[]): Tensor => concat(tensors.map((x) => x.reshape([-1])));

/**
 * Limited-memory BFGS for losses of the full batch: from the last steps `s` and gradient changes `y` it
 * estimates the curvature and goes along `-H g`. All weights together are one vector. The two-loop recursion
 * runs on the device in the weights' dtype: gradients and history never leave it, `apply` works in compiled
 * steps, and the state is Variables, so a run can be resumed. A line search reads three numbers an
 * evaluation.
 * Source: Liu and Nocedal 1989; PyTorch 2 `torch.optim.LBFGS`: names, defaults (but for the line search,
 * which is on), and the order of checks.
 */
export class LBFGS extends OptimizerBase {
  readonly className: string = "LBFGS";
  readonly #given: LBFGSOptions;
  readonly #settings: Limits & { readonly historySize: number };
  #weights: readonly Variable[] = [];
  #slots: Slots | undefined;

  /**
   * @param learningRate number or schedule, default 1: length of steps, the first one of the line search
   * @throws HeklaError for an option out of its range
   */
  constructor(learningRate: number | Schedule = 1, options: LBFGSOptions = {}) {
    super(learningRate);
    const { maxIter = 20, toleranceGrad = 1e-7, toleranceChange = 1e-9, historySize = 100 } = options;
    const { maxEval = Math.floor(maxIter * 1.25), lineSearchFn = "strongWolfe" } = options;
    const settings = { maxIter, maxEval, historySize, toleranceGrad, toleranceChange };
    for (const [name, value] of Object.entries(settings)) {
      checkRange("LBFGS", name, value, name.startsWith("tolerance") ? atLeastZero : wholeFrom(1));
    }
    if (lineSearchFn !== "strongWolfe" && lineSearchFn !== "none") {
      throw new HeklaError(
        `LBFGS: bad lineSearchFn, got "${lineSearchFn}", expected "strongWolfe" or "none"`,
      );
    }
    this.#settings = { ...settings, lineSearchFn };
    const unknown = Object.keys(options).find((name) => !Object.hasOwn(this.#settings, name));
    if (unknown !== undefined) {
      const known = Object.keys(this.#settings).join(", ");
      throw new HeklaError(`LBFGS: unknown option, got ${unknown}, expected one of ${known}`);
    }
    this.#given = options;
  }

  protected override get options(): object {
    return this.#given;
  }

  protected override get stateVariables(): readonly Variable[] {
    return this.#slots?.groups.flat() ?? [];
  }

  /** @throws HeklaError for weights of several dtypes, or other weights than those of the first call */
  build(weights: readonly Variable[]): void {
    if (this.#slots) {
      const stranger = weights.find((weight) => !this.#weights.includes(weight));
      if (!stranger) return;
      throw new HeklaError(
        `LBFGS: the vector of weights is fixed, got ${stranger.name}, expected those of the first call only`,
      );
    }
    const dtype = weights[0]?.dtype ?? "float32";
    const other = weights.find((weight) => weight.dtype !== dtype || !isFloat(dtype));
    if (other) {
      throw new HeklaError(`LBFGS: ${other.name} is ${other.dtype}, expected floats of one dtype`);
    }
    const size = weights.reduce((total, weight) => total + weight.size, 0);
    const rows = [this.#settings.historySize, size];
    this.#weights = [...weights];
    this.useDtype(dtype);
    const slots = [
      { name: "direction", shape: [size] },
      "stepLength",
      { name: "previousGradient", shape: [size] },
      { name: "oldDirections", shape: rows },
      { name: "oldSteps", shape: rows },
      { name: "ro", shape: [rows[0]!] },
      { name: "diagonal", initial: 1 },
    ];
    this.#slots = new Slots([slots], { shape: [], dtype });
  }

  /**
   * One iteration with the learning rate as length of the step; weights without a gradient count as gradient
   * 0.
   */
  apply(gradients: ReadonlyMap<Variable, Tensor>): void {
    if (gradients.size === 0) return;
    this.build([...gradients.keys()]);
    scope(() => {
      const parts = this.#weights.map((weight) => gradients.get(weight) ?? zeros(weight.shape, weight));
      const { active, slope, direction, length } = this.#turn(flat(parts), this.#settings.historySize);
      const moves = logicalAnd(active, logicalNot(slope.greater(-this.#settings.toleranceChange)));
      this.#each(direction, (weight, part) => {
        const value = weight.read();
        return where(moves, value.add(part.multiply(length)), value);
      });
    });
  }

  /** Assigns each weight what `change` makes of it and its part of a flat vector. */
  #each(vector: Tensor, change: (weight: Variable, part: Tensor) => Tensor): void {
    let offset = 0;
    for (const weight of this.#weights) {
      weight.assign(change(weight, vector.slice([offset], [weight.size]).reshape(weight.shape)));
      offset += weight.size;
    }
  }

  /**
   * Takes a gradient into the history and turns to the new direction: the two-loop recursion over the newest
   * `pairs`. Places of the history that are still empty are zeros, which add nothing. Nothing changes where
   * the gradient is within the tolerance already (`active` is 0).
   */
  #turn(
    gradient: Tensor,
    pairs: number,
  ): { active: Tensor; slope: Tensor; length: Tensor; direction: Tensor } {
    const { taken, learningRate } = this.begin();
    const active = gradient.abs().max().greater(this.#settings.toleranceGrad);
    const [slots, history] = [this.#slots!.step(active), this.#slots!.step()];
    const change = gradient.subtract(slots.read("previousGradient"));
    const moved = slots.read("direction").multiply(slots.read("stepLength"));
    const curvature = dot(change, moved);
    const useful = logicalAnd(active, curvature.greater(leastCurvature));
    const push = (name: string, row: Tensor): Tensor =>
      history.next(name, (old) => {
        const kept = old.slice(
          old.shape.map(() => 0),
          old.shape.map((length, axis) => (axis === 0 ? length - 1 : length)),
        );
        return where(useful, concat([row.expandDims(0), kept]), old);
      });
    const [changes, steps] = [push("oldDirections", change), push("oldSteps", moved)];
    const ro = push("ro", curvature.reciprocal());
    const scale = history.next("diagonal", (old) =>
      where(useful, curvature.divide(dot(change, change)), old),
    );
    const row = (matrix: Tensor, at: number): Tensor =>
      matrix.slice([at, 0], [1, gradient.size]).reshape([-1]);
    const share = (at: number, along: Tensor, of: Tensor): Tensor =>
      dot(along, of).multiply(ro.slice([at], [1]).reshape([]));
    let rest = gradient.negative();
    const alphas: Tensor[] = [];
    for (let at = 0; at < pairs; at++) {
      const alpha = share(at, row(steps, at), rest);
      rest = rest.subtract(row(changes, at).multiply(alpha));
      alphas.push(alpha);
    }
    let direction = rest.multiply(scale);
    for (let at = pairs - 1; at >= 0; at--) {
      const beta = share(at, row(changes, at), direction);
      direction = direction.add(row(steps, at).multiply(alphas[at]!.subtract(beta)));
    }
    slots.next("direction", () => direction);
    slots.next("previousGradient", () => gradient);
    // Before there is a history the gradient's size says nothing about a good length.
    const cautious = where(logicalNot(taken), gradient.abs().sum().reciprocal().minimum(1), 1);
    const length = slots.next("stepLength", () => cautious.multiply(learningRate));
    this.iterations.assign(taken.add(cast(active, "int32")));
    return { active, slope: dot(gradient, direction), length, direction };
  }

  /**
   * Minimizes a loss of the full batch: iterations with a strong-Wolfe line search until a tolerance or limit
   * is met. Loss and gradient are compiled once. A further call goes on from the state there is.
   * @param lossFn gives the loss, a scalar, from the values of the weights
   * @param variables the weights to change
   * @returns the loss at the weights that were found, counts, and why it ended
   * @throws HeklaError for limits that are no whole numbers from 1 on, or a loss that is not finite at the start
   */
  async minimize(
    lossFn: () => Tensor,
    variables: readonly Variable[],
    options: MinimizeOptions = {},
  ): Promise<MinimizeResult> {
    checkRange("LBFGS", "maxIter", options.maxIter, wholeFrom(1));
    checkRange("LBFGS", "maxEval", options.maxEval, wholeFrom(1));
    this.build(variables);
    const maxIter = options.maxIter ?? this.#settings.maxIter;
    const ownLimit = options.maxIter === undefined ? this.#settings.maxEval : Math.floor(maxIter * 1.25);
    const limits = { ...this.#settings, maxIter, maxEval: options.maxEval ?? ownLimit };
    const { historySize } = this.#settings;
    const slots = this.#slots!;
    const [direction, stepLength] = [slots.variable("direction"), slots.variable("stepLength")];
    const lossAndGradient = compile(() => {
      const { value, grads } = valueAndGrad(lossFn, this.#weights)();
      const gradient = flat([...grads.values()]);
      const figures = stack([value, dot(gradient, direction.read()), gradient.abs().max()]);
      return { gradient, figures };
    });
    const turn = compile((gradient: Tensor, pairs: number) => {
      const turned = this.#turn(gradient, pairs);
      const figures = stack([turned.length, turned.slope, turned.direction.abs().max()]);
      return { figures, origin: flat(this.#weights.map((weight) => weight.read())) };
    });
    const place = compile((origin: Tensor) =>
      this.#each(origin.add(direction.read().multiply(stepLength)), (_, part) => part),
    );
    const compiled = [lossAndGradient, turn, place];
    let origin: Tensor;
    let pairs = (await slots.variable("ro").data()).filter((value) => value !== 0).length;
    try {
      return await descend(
        {
          look: async (at) => {
            const { gradient, figures } = lossAndGradient();
            const [value, slope, largest] = await figures.data();
            return { at, value: value!, slope: slope!, largest: largest!, gradient };
          },
          turn: async (gradient) => {
            pairs = Math.min(pairs + 1, historySize);
            // A plan for every power of two, instead of one for every number of pairs.
            const bound = Math.min(2 ** Math.ceil(Math.log2(pairs)), historySize);
            const turned = turn(gradient, bound);
            origin = turned.origin;
            const [length, slope, reach] = await turned.figures.data();
            return { length: length!, slope: slope!, reach: reach! };
          },
          place: (at) => {
            stepLength.write([at]);
            place(origin);
          },
        },
        limits,
        options.onIteration,
      );
    } finally {
      for (const { dispose } of compiled) dispose();
    }
  }

  override dispose(): void {
    super.dispose();
    this.#slots = undefined;
    this.#weights = [];
  }
}
