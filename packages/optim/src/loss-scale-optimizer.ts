import { full, scope, type Tensor, Variable, where, zeros } from "@hekla/tensor";
import { OptimizerBase } from "./optimizer-base.js";
import { aboveZero, checkRange, wholeFrom } from "./ranges.js";

export interface LossScaleOptions {
  /** The factor to begin with. Default 2^15. */
  readonly initialScale?: number;
  /** After so many steps in a row with finite gradients the factor is doubled. Default 2000. */
  readonly dynamicGrowthSteps?: number;
}

/**
 * Keeps small gradients from becoming 0 in half precision: gradients are taken of `scaleLoss(loss)`, the loss times a
 * factor, and divided by it before `inner` updates by them. Where a gradient is infinite or NaN nothing is updated, the
 * step count included, and the factor is halved; after `dynamicGrowthSteps` good steps it is doubled. All of that happens
 * on the device.
 *
 *     const { grads } = valueAndGrad(() => optimizer.scaleLoss(loss()), weights)();
 *     optimizer.apply(grads);
 *
 * `compile` of `@hekla/layers` puts one around the optimizer of a model that computes in half precision.
 * Source: Micikevicius et al. 2018, section 3.2; Keras 3 `LossScaleOptimizer`.
 */
export class LossScaleOptimizer extends OptimizerBase {
  readonly className = "LossScaleOptimizer";
  readonly #initialScale: number;
  readonly #growthSteps: number;
  #state: { readonly stepCounter: Variable; readonly dynamicScale: Variable } | undefined;

  /** @throws HeklaError for a factor that is not above 0, or growth steps that are no whole number of at least 1 */
  constructor(
    readonly inner: OptimizerBase,
    options: LossScaleOptions = {},
  ) {
    super(0); // The counters are those of the optimizer inside.
    const { initialScale = 2 ** 15, dynamicGrowthSteps = 2000 } = options;
    checkRange("lossScaleOptimizer", "initialScale", initialScale, aboveZero);
    checkRange("lossScaleOptimizer", "dynamicGrowthSteps", dynamicGrowthSteps, wholeFrom(1));
    this.#initialScale = initialScale;
    this.#growthSteps = dynamicGrowthSteps;
  }

  // Made late, so that an optimizer may be made before a backend is chosen.
  get #own(): { readonly stepCounter: Variable; readonly dynamicScale: Variable } {
    this.#state ??= {
      stepCounter: new Variable(() => zeros([], { dtype: "int32" }), {
        name: "stepCounter",
        trainable: false,
      }),
      dynamicScale: new Variable(() => full([], this.#initialScale), {
        name: "dynamicScale",
        trainable: false,
      }),
    };
    return this.#state;
  }

  /** A scalar Variable: the factor of the next step. */
  get dynamicScale(): Variable {
    return this.#own.dynamicScale;
  }

  /** A scalar int32 Variable: steps with finite gradients since the factor last changed. */
  get stepCounter(): Variable {
    return this.#own.stepCounter;
  }

  /** Its own state, then that of the optimizer inside. */
  override get variables(): readonly Variable[] {
    return [this.stepCounter, this.dynamicScale, ...this.inner.variables];
  }

  protected override get stateVariables(): readonly Variable[] {
    return this.variables;
  }

  /** That of the optimizer inside: how often it was applied. */
  override get iterations(): Variable {
    return this.inner.iterations;
  }

  /** That of the optimizer inside. */
  override get learningRate(): Variable {
    return this.inner.learningRate;
  }

  build(weights: readonly Variable[]): void {
    this.inner.build(weights);
  }

  /** The loss times the factor, in float32 at least: what gradients are to be taken of. */
  scaleLoss(loss: Tensor): Tensor {
    return loss.multiply(this.dynamicScale);
  }

  apply(gradients: ReadonlyMap<Variable, Tensor>): void {
    if (gradients.size === 0) return;
    this.build([...gradients.keys()]);
    scope(() => {
      const { stepCounter, dynamicScale } = this.#own;
      const [steps, factor] = [stepCounter.read(), dynamicScale.read()];
      const finite = allFinite([...gradients.values()]);
      const before = new Map(
        [...gradients.keys(), ...this.inner.variables].map((variable) => [variable, variable.read()]),
      );
      this.inner.apply(new Map([...gradients].map(([weight, scaled]) => [weight, scaled.divide(factor)])));
      for (const [variable, old] of before) {
        const next = variable.read();
        if (next.node !== old.node) variable.assign(where(finite, next, old));
      }
      const last = steps.equal(this.#growthSteps - 1);
      stepCounter.assign(where(finite.logicalAnd(last.logicalNot()), steps.add(1), 0));
      dynamicScale.assign(factor.multiply(where(finite, where(last, 2, 1), 0.5)));
    });
  }

  override finalizeVariableValues(weights?: readonly Variable[]): void {
    this.inner.finalizeVariableValues(weights);
  }

  protected override get options(): object {
    return { initialScale: this.#initialScale, dynamicGrowthSteps: this.#growthSteps };
  }

  /** Its options, those of the optimizer inside, and the learning rate of that. */
  override getConfig(): Readonly<Record<string, unknown>> {
    const innerOptimizer = this.inner.getConfig();
    const { learningRate } = innerOptimizer;
    return { className: this.className, learningRate, innerOptimizer, ...this.options };
  }

  /** Gives the memory of the state back, that of the optimizer inside too. */
  override dispose(): void {
    for (const variable of Object.values(this.#state ?? {})) variable.dispose();
    this.#state = undefined;
    this.inner.dispose();
  }
}

/** Whether no gradient has a value that is infinite or NaN: a scalar bool. A NaN stays in a maximum, and is not below Infinity. */
function allFinite(gradients: readonly Tensor[]): Tensor {
  const largest = gradients.filter(({ size }) => size > 0).map((gradient) => gradient.abs().max());
  return largest.reduce((a, b) => a.maximum(b), zeros([])).less(Number.POSITIVE_INFINITY);
}
