import { matmul, multiply, type NestedArray, reshape, softmax, Tensor, tensor, where } from "@hekla/tensor";
import type { ActivationLike } from "../../activations.js";
import { type BatchShape, positiveInteger, type Shapes } from "../../batch-shape.js";
import { type Config, Layer, type LayerOptions } from "../../layer.js";
import type { Mask } from "../../masks.js";
import { objectConfig } from "../../named-object.js";
import { type Regularizer, resolveRegularizer } from "../../regularizers.js";
import { listOf } from "../../symbolic-tensor.js";
import {
  type WeightChoices,
  type WeightSettings,
  weightConfig,
  weightSettings,
} from "../../weight-settings.js";
import type { Dropout } from "../regularization/dropout.js";
import { type AttentionCall, attentionShapes, dropout, masksOf } from "./attention.js";
import { HeadAxes } from "./head-axes.js";
import { HeadProjection } from "./head-projection.js";
import { everyMask, excludedFrom, positionMask } from "./score-mask.js";

export interface MultiHeadAttentionOptions
  extends LayerOptions,
    WeightChoices<"kernel">,
    WeightChoices<"bias"> {
  /** Values per head. Default: keyDim. */
  readonly valueDim?: number | null;
  /** Share of attention weights set to 0 in training. Default 0. */
  readonly dropout?: number;
  /** Default true. */
  readonly useBias?: boolean;
  /** Multiply what the heads give by `sigmoid` of a further projection of the query. Default false. */
  readonly useGate?: boolean;
  /** Features of the output, one axis or several. Default: as many as the query has. */
  readonly outputShape?: number | readonly number[] | null;
  /**
   * Axes that queries and keys lie on, the others being treated one by one. Default: all between batch and
   * features.
   */
  readonly attentionAxes?: number | readonly number[] | null;
  /** Query i sees keys with |i - j| below this only. Default none. */
  readonly slidingWindow?: number | null;
  /** Of the dropout. Default: the model's seed. */
  readonly seed?: number | null;
}

/** What `MultiHeadAttention` takes at `apply` beside its inputs. */
export interface MultiHeadAttentionCall extends AttentionCall {
  /**
   * Which keys each query may see, true where it may: `[batch, queries, keys]`, or anything that broadcasts
   * to `[batch, heads, queries, keys]` from the front and the back. Combined with all other masks. Nested
   * arrays are settings that functional models keep; a tensor can be given to the layer or from a layer of
   * one's own only.
   */
  readonly attentionMask?: Tensor | NestedArray;
}

/**
 * Multi-head attention: `softmax(q k^T / sqrt(keyDim)) v` in each of `numHeads` heads, joined by a
 * projection, where q, k and v are projections of query, key and value. Inputs are a list of query `[batch,
 * queries, features]`, value `[batch, keys, features]` and, where it is not the value, key; the output is
 * `[batch, queries, features]`, with `returnAttentionScores` also the weights `[batch, heads, queries, keys]`
 * before dropout. Masks of query, value and key say which places count. A query that sees no key gets the
 * mean over all keys, but zeros where there is dropout, where the weights are returned, and for inputs of
 * more than three axes, as in Keras. Weights: `query/kernel` `[features, heads, keyDim]`, `query/bias`
 * `[heads, keyDim]`, the same for key and value (valueDim), and `attention_output/kernel` `[heads, valueDim,
 * features]` with its bias.
 * Source: Vaswani et al. 2017, section 3.2.2; Keras 3 `MultiHeadAttention`.
 */
export class MultiHeadAttention extends Layer {
  static override readonly className: string = "MultiHeadAttention";
  readonly numHeads: number;
  readonly keyDim: number;
  readonly valueDim: number;
  readonly #options: MultiHeadAttentionOptions;
  readonly #kernel: WeightSettings;
  readonly #bias: WeightSettings;
  readonly #outputRegularizer: Regularizer | undefined;
  readonly #dropping: Dropout | undefined;
  #projections: { query: HeadProjection; key: HeadProjection; value: HeadProjection } | undefined;
  #gate: HeadProjection | undefined;
  #output: HeadProjection | undefined;

  /** @throws ShapeError unless numHeads, keyDim and valueDim are integers of at least 1 */
  constructor(numHeads: number, keyDim: number, options: MultiHeadAttentionOptions = {}) {
    // The projections are penalised, as in Keras, not the layer.
    super({ ...options, activityRegularizer: null });
    const owner = "multiHeadAttention";
    this.numHeads = positiveInteger(owner, "numHeads", numHeads);
    this.keyDim = positiveInteger(owner, "keyDim", keyDim);
    this.valueDim = positiveInteger(owner, "valueDim", options.valueDim ?? keyDim);
    for (const size of listOf(options.outputShape ?? [])) positiveInteger(owner, "outputShape", size);
    if (options.slidingWindow) positiveInteger(owner, "slidingWindow", options.slidingWindow);
    this.#options = options;
    this.#kernel = weightSettings("kernel", options, "glorotUniform");
    this.#bias = weightSettings("bias", options, "zeros");
    this.#outputRegularizer = resolveRegularizer(options.activityRegularizer);
    if (options.dropout)
      this.#dropping = this.addChild(
        "_dropout_layer",
        dropout(options.dropout, { seed: options.seed, dtypePolicy: this.dtypePolicy }),
      );
  }

  override build(inputShape: Shapes): void {
    const [query, value, key] = attentionShapes(this.name, inputShape);
    const output = this.computeOutputShape(inputShape) as BatchShape;
    const project = (attribute: string, name: string, shape: BatchShape, size: number): HeadProjection =>
      this.#project(attribute, name, shape, 1, [this.numHeads, size]);
    const queries = project("query_dense", "query", query, this.keyDim);
    const keys = project("key_dense", "key", key, this.keyDim);
    if (this.#options.useGate) {
      const size = [this.numHeads, this.valueDim];
      this.#gate = this.#project("_gate_dense", "gate", query, 1, size, "sigmoid");
    }
    const values = project("value_dense", "value", value, this.valueDim);
    this.#projections = { query: queries, key: keys, value: values };
    const heads = [...query.slice(0, -1), this.numHeads, this.valueDim];
    const features = output.slice(query.length - 1) as number[];
    this.#output = this.#project("output_dense", "attention_output", heads, 2, features);
    if (this.#dropping) this.buildChild(this.#dropping, heads);
    super.build(inputShape);
  }

  #project(
    attribute: string,
    name: string,
    inputShape: BatchShape,
    bound: number,
    outputShape: readonly number[],
    activation?: ActivationLike,
  ): HeadProjection {
    const layer = new HeadProjection(bound, outputShape, {
      name,
      dtype: this.dtypePolicy,
      kernel: this.#kernel,
      bias: this.#options.useBias === false ? undefined : this.#bias,
      activityRegularizer: this.#outputRegularizer ?? null,
      ...(activation ? { activation } : {}),
    });
    this.buildChild(this.addChild(attribute, layer), inputShape);
    return layer;
  }

  override call(inputs: readonly Tensor[], options: MultiHeadAttentionCall): readonly Tensor[] | Tensor {
    const [query, value, key = value] = inputs as readonly [Tensor, Tensor, Tensor?];
    const { training = false } = options;
    const axes = new HeadAxes(this.name, query.shape, this.#options.attentionAxes);
    const { query: queries, key: keys, value: values } = this.#projections!;
    const q = axes.heads(queries.apply(query));
    const k = axes.heads(keys.apply(key));
    const v = axes.heads(values.apply(value));
    // The factor and the mask become part of the product's step.
    const scores = multiply(matmul(q, k, { transposeB: true }), 1 / Math.sqrt(this.keyDim));
    const seen = this.#seen(axes, query, key, options);
    const even = softmax(seen ? where(seen, scores, excludedFrom(scores)) : scores);
    // Keras has two ways to compute this, which differ for a query that sees no key.
    const { dropout = 0 } = this.#options;
    const clears = dropout > 0 || options.returnAttentionScores || query.rank !== 3;
    const weights = seen && clears ? where(seen, even, 0) : even;
    const kept = this.#dropping ? this.#dropping.apply(weights, { training }) : weights;
    const mixed = axes.restore(matmul(kept, v), query.shape);
    const output = this.#output!.apply(this.#gate ? multiply(mixed, this.#gate.apply(query)) : mixed);
    if (!options.returnAttentionScores) return output;
    return [output, reshape(weights, axes.scoreShape(query.shape, key.shape, this.numHeads) as number[])];
  }

  /** Which scores `[batch, ...others, heads, queries, keys]` count; the mask may have sizes of 1. */
  #seen(axes: HeadAxes, query: Tensor, key: Tensor, options: MultiHeadAttentionCall): Tensor | undefined {
    const [queryMask, valueMask, keyMask] = masksOf(options.mask);
    const { attentionMask } = options;
    const given =
      attentionMask === undefined || attentionMask instanceof Tensor ? attentionMask : tensor(attentionMask);
    const shapes = [query.shape, key.shape] as const;
    return everyMask([
      queryMask && axes.across(queryMask, "queries", ...shapes),
      valueMask && axes.across(valueMask, "keys", ...shapes),
      keyMask && axes.across(keyMask, "keys", ...shapes),
      given && axes.spread(given, ...shapes),
      positionMask(axes.places(query.shape), axes.places(key.shape), {
        causal: options.useCausalMask ?? false,
        window: this.#options.slidingWindow ?? undefined,
      }),
    ]);
  }

  override computeOutputShape(inputShape: Shapes, options?: MultiHeadAttentionCall): Shapes {
    const [query, , key] = attentionShapes(this.name, inputShape);
    const axes = new HeadAxes(this.name, query, this.#options.attentionAxes);
    const features = listOf(this.#options.outputShape ?? query.at(-1)!);
    const output = [...query.slice(0, -1), ...features];
    return options?.returnAttentionScores ? [output, axes.scoreShape(query, key, this.numHeads)] : output;
  }

  override computeMask(_inputs: readonly Tensor[], mask: Mask): Mask {
    return [masksOf(mask)[0], undefined];
  }

  override getConfig(): Config {
    const { outputShape, attentionAxes, slidingWindow, seed } = this.#options;
    return {
      ...super.getConfig(),
      numHeads: this.numHeads,
      keyDim: this.keyDim,
      valueDim: this.valueDim,
      dropout: this.#options.dropout ?? 0,
      useBias: this.#options.useBias ?? true,
      useGate: this.#options.useGate ?? false,
      ...(outputShape ? { outputShape: listOf(outputShape) } : {}),
      ...(attentionAxes ? { attentionAxes: listOf(attentionAxes) } : {}),
      ...(slidingWindow ? { slidingWindow } : {}),
      ...weightConfig("kernel", this.#kernel),
      ...weightConfig("bias", this.#bias),
      ...(this.#outputRegularizer ? { activityRegularizer: objectConfig(this.#outputRegularizer) } : {}),
      ...(typeof seed === "number" ? { seed } : {}),
    };
  }

  static fromConfig({ numHeads, keyDim, ...options }: Config): MultiHeadAttention {
    return new MultiHeadAttention(numHeads as number, keyDim as number, options);
  }
}
