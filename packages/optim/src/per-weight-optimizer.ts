import { HeklaError, logicalNot, scope, type Tensor, type Variable, where } from "@hekla/tensor";
import { type ClippingOptions, checkClipping, clipGradients } from "./clipping.js";
import { towards } from "./moving-average.js";
import { OptimizerBase } from "./optimizer-base.js";
import { aboveZero, atLeastZero, checkRange, type Range, share, wholeFrom } from "./ranges.js";
import type { Schedule } from "./schedules/schedule.js";
import { type SlotGroups, type SlotStep, Slots } from "./slots.js";

/** Settings of every optimizer that updates each weight by its own gradient. */
export interface OptimizerOptions extends ClippingOptions {
  /**
   * Decoupled weight decay: before each step `weight -= learningRate * weightDecay * weight`. Default 0:
   * none.
   */
  readonly weightDecay?: number;
  /**
   * Parts of names of weights that do not decay, such as "bias"; see `excludeFromWeightDecay`. Default none.
   */
  readonly excludeFromWeightDecay?: readonly string[];
  /** Change the weights at every n-th step only, by the mean of the n gradients. Default: at every step. */
  readonly gradientAccumulationSteps?: number;
  /** Keep a moving average of each weight: `average = emaMomentum * average + (1 - emaMomentum) * weight`. */
  readonly useEma?: boolean;
  /** Default 0.99. */
  readonly emaMomentum?: number;
  /**
   * Every so many updates the weights become their averages. Default: never, but `finalizeVariableValues`.
   */
  readonly emaOverwriteFrequency?: number;
}

/** The options of one kind of optimizer besides the common ones, all given. */
export type Settings<Options extends OptimizerOptions> = Required<Omit<Options, keyof OptimizerOptions>>;

/** New value of a weight by its gradient; gives the weight's slots new values on the way. */
export type Rule = (weight: Tensor, gradient: Tensor, slots: SlotStep) => Tensor;

const commonRanges: Readonly<Record<string, Range | "any">> = {
  clipNorm: aboveZero,
  clipValue: aboveZero,
  globalClipNorm: aboveZero,
  weightDecay: atLeastZero,
  excludeFromWeightDecay: "any",
  gradientAccumulationSteps: wholeFrom(2),
  useEma: "any",
  emaMomentum: share,
  emaOverwriteFrequency: wholeFrom(1),
};

const averageSlot = "average";
const accumulatorSlot = "gradientAccumulator";

/**
 * An optimizer whose rule is the same for every weight. Around the rule there is what Keras has, in its
 * order: accumulation of gradients, clipping, weight decay, the rule, the moving average of the weights, the
 * step count. Whatever happens in some steps only is chosen by the step count on the device, so one plan
 * serves all steps.
 */
export abstract class PerWeightOptimizer<
  Options extends OptimizerOptions = OptimizerOptions,
> extends OptimizerBase {
  readonly #common: OptimizerOptions;
  protected readonly settings: Settings<Options>;
  readonly #state = new Map<Variable, Slots>();
  #own: Slots | undefined;
  readonly #undecayed = new Set<Variable>();
  #undecayedNames: readonly string[];

  /**
   * @param options of the user: those named in `defaults` are of this kind, others must be common ones
   * @param ranges of numbers among the settings; default: at least 0
   * @throws HeklaError for an option that is unknown or out of its range
   */
  constructor(
    learningRate: number | Schedule,
    options: Options,
    defaults: Settings<Options>,
    ranges: { readonly [Name in keyof Settings<Options>]?: Range } = {},
  ) {
    super(learningRate);
    const given = Object.entries(options).filter(([, value]) => value !== undefined);
    const isOwn = ([name]: readonly [string, unknown]): boolean => Object.hasOwn(defaults, name);
    const own = Object.fromEntries(given.filter(isOwn));
    const common = Object.fromEntries(given.filter((entry) => !isOwn(entry)));
    this.settings = { ...defaults, ...own };
    for (const [name, value] of Object.entries(this.settings)) {
      const range = ranges[name as keyof typeof ranges] ?? atLeastZero;
      if (typeof value !== "boolean") checkRange("optimizer", name, value, range);
    }
    for (const [name, value] of Object.entries(common)) {
      const range = Object.hasOwn(commonRanges, name) ? commonRanges[name] : undefined;
      if (range === undefined) {
        const known = [...Object.keys(defaults), ...Object.keys(commonRanges)].join(", ");
        throw new HeklaError(`optimizer: unknown option, got ${name}, expected one of ${known}`);
      }
      if (range !== "any") checkRange("optimizer", name, value, range);
    }
    this.#common = common;
    checkClipping(this.#common);
    this.#undecayedNames = this.#common.excludeFromWeightDecay ?? [];
  }

  /**
   * State kept for a weight, in groups: Keras keeps all weights' first group, then all weights' second, ...
   */
  protected abstract slots(weight: Variable): SlotGroups;

  /** State kept once for all weights: scalars. */
  protected ownSlots(): SlotGroups[number] {
    return [];
  }

  /**
   * What one step does to each weight; computes what all weights share.
   * @param learningRate scalar
   * @param step number of this update, a float scalar that counts from 1
   * @param own the slots of `ownSlots`
   */
  protected abstract rule(learningRate: Tensor, step: Tensor, own: SlotStep): Rule;

  protected override get options(): object {
    const names = this.#undecayedNames;
    return {
      ...this.#common,
      ...(names.length > 0 && { excludeFromWeightDecay: names }),
      ...this.settings,
    };
  }

  protected override get stateVariables(): readonly Variable[] {
    const states = [...this.#state.values()];
    const depth = Math.max(0, ...states.map(({ groups }) => groups.length));
    const byGroup = Array.from({ length: depth }, (_, at) => states.map(({ groups }) => groups[at] ?? []));
    return [...byGroup.flat(2), ...(this.#own?.groups.flat() ?? [])];
  }

  /**
   * Leaves weights out of weight decay. Names are kept in the config, weights are not. Call it before
   * `build`.
   * @param which weights, and parts of names: "bias" is every weight whose name has it
   * @throws HeklaError once there is state
   */
  excludeFromWeightDecay(which: {
    readonly varList?: readonly Variable[];
    readonly varNames?: readonly string[];
  }): void {
    if (this.#state.size > 0) {
      throw new HeklaError(
        "excludeFromWeightDecay: the optimizer is built, got a call after that, expected it before",
      );
    }
    for (const weight of which.varList ?? []) this.#undecayed.add(weight);
    this.#undecayedNames = [...new Set([...this.#undecayedNames, ...(which.varNames ?? [])])];
  }

  #decays(weight: Variable): boolean {
    return !this.#undecayed.has(weight) && !this.#undecayedNames.some((part) => weight.name.includes(part));
  }

  build(weights: readonly Variable[]): void {
    const { useEma, gradientAccumulationSteps } = this.#common;
    const first = weights[0];
    if (first) this.useDtype(first.dtype);
    for (const weight of weights) {
      if (this.#state.has(weight)) continue;
      const groups = [
        // From the weight itself, so that one which joins late is averaged from where it is.
        ...(useEma ? [[{ name: averageSlot, initial: () => weight.read() }]] : []),
        ...(gradientAccumulationSteps ? [[{ name: accumulatorSlot }]] : []),
        ...this.slots(weight),
      ];
      this.#state.set(weight, new Slots(groups, weight));
    }
    this.#own ??= new Slots([this.ownSlots()], { shape: [], dtype: this.learningRate.dtype });
  }

  apply(gradients: ReadonlyMap<Variable, Tensor>): void {
    if (gradients.size === 0) return;
    this.build([...gradients.keys()]);
    scope(() => {
      const { weightDecay, gradientAccumulationSteps: every } = this.#common;
      const { taken, count, learningRate } = this.begin();
      const due = every ? logicalNot(taken.add(1).mod(every)) : undefined;
      const updates = every ? count.divide(every).floor() : count;
      const rule = this.rule(learningRate, updates.add(1), this.#own!.step(due));
      const means = due && every ? this.#accumulate(gradients, due, every) : gradients;
      for (const [weight, gradient] of clipGradients(means, this.#common)) {
        const old = weight.read();
        const kept =
          weightDecay && this.#decays(weight)
            ? old.subtract(old.multiply(learningRate.multiply(weightDecay)))
            : old;
        const next = rule(kept, gradient, this.#slotsOf(weight).step(due));
        weight.assign(due ? where(due, next, old) : next);
      }
      if (this.#common.useEma) this.#average(updates);
      this.iterations.assign(taken.add(1));
    });
  }

  #slotsOf(weight: Variable): Slots {
    const slots = this.#state.get(weight);
    if (slots) return slots;
    throw new HeklaError(
      `optimizer: weight ${weight.name} has no state, expected build or apply with it first`,
    );
  }

  /** Adds gradients to what has come since the last update; the means to update with when one is due. */
  #accumulate(
    gradients: ReadonlyMap<Variable, Tensor>,
    due: Tensor,
    every: number,
  ): ReadonlyMap<Variable, Tensor> {
    return new Map(
      [...gradients].map(([weight, gradient]) => {
        const accumulator = this.#slotsOf(weight).variable(accumulatorSlot);
        const sum = accumulator.read().add(gradient);
        accumulator.assign(where(due, 0, sum));
        return [weight, sum.divide(every)];
      }),
    );
  }

  /** Moves the averages towards the new weights, and overwrites the weights when that is due. */
  #average(updates: Tensor): void {
    const { emaMomentum = 0.99, emaOverwriteFrequency } = this.#common;
    const first = logicalNot(updates);
    for (const [weight, slots] of this.#state) {
      const value = weight.read();
      const average = slots.variable(averageSlot);
      const next = where(first, value, towards(average.read(), value, 1 - emaMomentum));
      average.assign(next);
      if (!emaOverwriteFrequency) continue;
      weight.assign(where(logicalNot(updates.add(1).mod(emaOverwriteFrequency)), next, value));
    }
  }

  /**
   * The moving average of a weight.
   * @throws HeklaError without `useEma`, or for a weight that the optimizer does not know
   */
  averageOf(weight: Variable): Variable {
    if (this.#common.useEma) return this.#slotsOf(weight).variable(averageSlot);
    throw new HeklaError("averageOf: got an optimizer without averages, expected one made with useEma: true");
  }

  /**
   * Overwrites the weights with their moving averages, for good, as `fit` does after the last epoch. Without
   * `useEma` nothing happens, nor to weights that were never updated.
   * @param weights default: all
   */
  override finalizeVariableValues(weights: readonly Variable[] = [...this.#state.keys()]): void {
    if (!this.#common.useEma) return;
    scope(() => {
      for (const weight of weights) {
        const average = this.#state.get(weight)?.variable(averageSlot);
        if (average) weight.assign(average.read());
      }
    });
  }

  /** Loaded when it is asked for: `compile` of `@hekla/layers` does, for models that compute in half precision. */
  override withLossScale(): Promise<OptimizerBase> {
    return import("./loss-scale-optimizer.js").then(({ LossScaleOptimizer }) => new LossScaleOptimizer(this));
  }

  /** Exchanges weights and averages, to look at how the averages do; a second call takes that back. */
  swapAverages(): void {
    scope(() => {
      for (const weight of this.#state.keys()) {
        const [value, average] = [weight.read(), this.averageOf(weight)];
        weight.assign(average.read());
        average.assign(value);
      }
    });
  }

  override dispose(): void {
    super.dispose();
    this.#state.clear();
    this.#own = undefined;
  }
}
