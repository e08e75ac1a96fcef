import { Adam, OptimizerBase } from "@hekla/optim";
import { DataError, type Tensor, type Variable } from "@hekla/tensor";

/** Settings of both players' Adam. */
export interface AdversarialAdamOptions {
  readonly generatorRate: number;
  readonly discriminatorRate: number;
  /** Decay of the averages of gradients. */
  readonly beta1: number;
  /** Decay of the averages of squared gradients. */
  readonly beta2: number;
}

/**
 * Two Adams behind one optimizer, so that one model file holds the state of both: each counts the steps of its own
 * player. Its own count is that of the generator's steps.
 */
export class AdversarialAdam extends OptimizerBase {
  readonly className: string = "AdversarialAdam";
  readonly generator: Adam;
  readonly discriminator: Adam;
  readonly #generated: ReadonlySet<Variable>;

  /** @param generated the generator's weights; all others are the discriminator's */
  constructor(
    private readonly settings: AdversarialAdamOptions,
    generated: readonly Variable[],
  ) {
    super(settings.generatorRate);
    const { generatorRate, discriminatorRate, beta1, beta2 } = settings;
    this.generator = new Adam(generatorRate, { beta1, beta2 });
    this.discriminator = new Adam(discriminatorRate, { beta1, beta2 });
    this.#generated = new Set(generated);
  }

  build(weights: readonly Variable[]): void {
    this.generator.build(weights.filter((weight) => this.#generated.has(weight)));
    this.discriminator.build(weights.filter((weight) => !this.#generated.has(weight)));
  }

  /** @throws DataError for gradients of both players in one update */
  apply(gradients: ReadonlyMap<Variable, Tensor>): void {
    const weights = [...gradients.keys()];
    const own = weights.filter((weight) => this.#generated.has(weight)).length;
    if (own > 0 && own < weights.length) {
      throw new DataError(
        `adversarialAdam: one player moves at a time, got weights of both, expected ${own} or ` +
          `${weights.length - own}`,
      );
    }
    if (own === 0) {
      this.discriminator.apply(gradients);
      return;
    }
    this.generator.apply(gradients);
    this.iterations.assign(this.iterations.read().add(1));
  }

  protected override get stateVariables(): readonly Variable[] {
    return [...this.generator.variables, ...this.discriminator.variables];
  }

  protected override get options(): object {
    const { discriminatorRate, beta1, beta2 } = this.settings;
    return { discriminatorRate, beta1, beta2 };
  }

  override dispose(): void {
    super.dispose();
    this.generator.dispose();
    this.discriminator.dispose();
  }
}
