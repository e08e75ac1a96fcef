import { DataError } from "@hekla/tensor";
import { type ActivationLike, type NamedActivation, resolveActivation } from "../../activations.js";
import type { Initializer, InitializerLike } from "../../initializers.js";
import type { Config, LayerOptions } from "../../layer.js";
import {
  type WeightChoices,
  type WeightSettings,
  weightConfig,
  weightSettings,
} from "../../weight-settings.js";

/** Options of `SimpleRNNCell`, which the other cells take too. */
export interface SimpleRNNCellOptions
  extends LayerOptions,
    WeightChoices<"kernel">,
    WeightChoices<"recurrent">,
    WeightChoices<"bias"> {
  /** Of the new state. Default "tanh"; null is "linear". */
  readonly activation?: ActivationLike | null;
  /** Default true. */
  readonly useBias?: boolean;
  /** Default "glorotUniform". */
  readonly kernelInitializer?: InitializerLike;
  /** Default "orthogonal". */
  readonly recurrentInitializer?: InitializerLike;
  /** Default "zeros". */
  readonly biasInitializer?: InitializerLike;
  /** Share of the input values set to 0 in training, the same ones at every step of a sequence. Default 0. */
  readonly dropout?: number;
  /** The same of the state before it is multiplied by the recurrent kernel. Default 0. */
  readonly recurrentDropout?: number;
  /** Of the dropout. Default: the model's seed. */
  readonly seed?: number | null;
}

/** Options of cells with gates. */
export interface GatedCellOptions extends SimpleRNNCellOptions {
  /** Of the gates. Default "sigmoid"; null is "linear". */
  readonly recurrentActivation?: ActivationLike | null;
  /**
   * How Keras computes the cell. Here 1 differs from 2 only in a dropout mask of its own for each gate.
   * Default 2.
   */
  readonly implementation?: 1 | 2;
}

const activationOf = (like: ActivationLike | null | undefined, otherwise: string): NamedActivation =>
  resolveActivation(like === null ? "linear" : (like ?? otherwise));

function rate(name: string, value: number): number {
  if (value >= 0 && value < 1) return value;
  throw new DataError(`recurrent cell: bad ${name}, got ${value}, expected a number from 0 to below 1`);
}

/** What `SimpleRNNCellOptions` come to. */
export class CellSettings {
  readonly activation: NamedActivation;
  readonly useBias: boolean;
  readonly kernel: WeightSettings;
  readonly recurrent: WeightSettings;
  readonly bias: WeightSettings;
  readonly dropout: number;
  readonly recurrentDropout: number;
  readonly seed: number | undefined;

  /** @throws DataError for an unknown activation, or a share that is not from 0 to below 1 */
  constructor(options: SimpleRNNCellOptions) {
    this.activation = activationOf(options.activation, "tanh");
    this.useBias = options.useBias ?? true;
    this.kernel = weightSettings("kernel", options, "glorotUniform");
    this.recurrent = weightSettings("recurrent", options, "orthogonal");
    this.bias = weightSettings("bias", options, "zeros");
    this.dropout = rate("dropout", options.dropout ?? 0);
    this.recurrentDropout = rate("recurrentDropout", options.recurrentDropout ?? 0);
    this.seed = options.seed ?? undefined;
  }

  /** Whether each gate has dropout masks of its own. */
  get masksPerGate(): boolean {
    return false;
  }

  getConfig(): Config {
    return {
      activation: this.activation.name,
      useBias: this.useBias,
      ...weightConfig("kernel", this.kernel),
      ...weightConfig("recurrent", this.recurrent),
      ...weightConfig("bias", this.bias),
      dropout: this.dropout,
      recurrentDropout: this.recurrentDropout,
      ...(this.seed === undefined ? {} : { seed: this.seed }),
    };
  }
}

/** What `GatedCellOptions` come to. */
export class GatedCellSettings extends CellSettings {
  readonly recurrentActivation: NamedActivation;
  readonly #implementation: 1 | 2 | undefined;

  constructor(options: GatedCellOptions) {
    super(options);
    this.recurrentActivation = activationOf(options.recurrentActivation, "sigmoid");
    this.#implementation = options.implementation;
  }

  override get masksPerGate(): boolean {
    return this.#implementation === 1 || this.recurrentDropout > 0;
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      recurrentActivation: this.recurrentActivation.name,
      ...(this.#implementation === undefined ? {} : { implementation: this.#implementation }),
    };
  }
}

/** A bias of four gates whose second, the forget gate's, begins at 1. Source: Jozefowicz et al. 2015. */
export const forgetGateOpen = (bias: WeightSettings): WeightSettings => {
  const { initializer } = bias;
  const open: Initializer = {
    className: initializer.className,
    getConfig: () => initializer.getConfig(),
    values: ([size], random) => {
      const units = size! / 4;
      const values = new Float32Array(size!).fill(1);
      values.set(initializer.values([units], random));
      values.set(initializer.values([2 * units], random), 2 * units);
      return values;
    },
  };
  return { ...bias, initializer: open };
};
