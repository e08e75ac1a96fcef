import type { Tensor, Variable } from "@hekla/tensor";
import type { Constraint } from "./constraints.js";
import type { DtypePolicy } from "./dtype-policy.js";
import type { Layer } from "./layer.js";
import type { Mask } from "./masks.js";
import type { Config } from "./named-object.js";
import type { Regularizer, RegularizerLike } from "./regularizers.js";
import type { Inputs, SymbolicTensor } from "./symbolic-tensor.js";

/** Options that every layer takes. */
export interface LayerOptions {
  /** Unique in its model. Default: the class in snake case and a number, counted in each model from 1. */
  readonly name?: string;
  /** Whether optimizers change its weights. Default true. */
  readonly trainable?: boolean;
  /** Shape of one sample, without the batch axis; on the first layer it lets the model build at once. */
  readonly inputShape?: readonly (number | null)[];
  /** Penalty on the layer's output, a mean over the batch, added to the loss. Default none. */
  readonly activityRegularizer?: RegularizerLike | null;
  /** What it computes in. Default: the policy of `setDtypePolicy`, which is "float32" until that is called. */
  readonly dtype?: DtypePolicy;
}

/** What a layer is told beside its inputs. */
export interface CallOptions {
  /** True in `fit`: dropout and the like are active. Default false. */
  readonly training?: boolean;
  /** Places of the inputs that count. Default: the masks that the layers before gave them. */
  readonly mask?: Mask;
  /** First state of a recurrent layer; the same as more inputs behind the first. */
  readonly initialState?: Inputs<Tensor> | Inputs<SymbolicTensor>;
  /** Settings of single layers. */
  readonly [option: string]: unknown;
}

export interface WeightOptions {
  /** Whether optimizers change it. Default true. */
  readonly trainable?: boolean;
  /** Adds a penalty to the loss. */
  readonly regularizer?: Regularizer | undefined;
  /** Projects the weight after each update. */
  readonly constraint?: Constraint | undefined;
}

/** What holds for a weight in training. */
export interface WeightRule extends WeightOptions {
  readonly weight: Variable;
}

/** A layer as configs keep it. */
export interface LayerConfig {
  readonly className: string;
  readonly config: Config;
}

/** Makes the layers inside a layer from their configs. */
export type LayerReader = (saved: LayerConfig) => Layer;

/** The class of a layer, as `modelFromBytes` needs it. */
export interface LayerClass {
  readonly className: string;
  /** @param config what `getConfig` of such a layer gave; typed as the class likes */
  fromConfig(config: never, read: LayerReader): Layer;
}
