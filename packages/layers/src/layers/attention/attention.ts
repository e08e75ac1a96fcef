import {
  add,
  DataError,
  expandDims,
  matmul,
  multiply,
  ShapeError,
  softmax,
  subtract,
  sum,
  type Tensor,
  tanh,
  type Variable,
  where,
} from "@hekla/tensor";
import { type BatchShape, formatBatchShape, isShapeList, type Shapes } from "../../batch-shape.js";
import type { DtypePolicy } from "../../dtype-policy.js";
import { resolveInitializer } from "../../initializers.js";
import { type CallOptions, type Config, Layer, type LayerOptions } from "../../layer.js";
import type { Mask } from "../../masks.js";
import { Dropout } from "../regularization/dropout.js";
import { everyMask, excludedFrom, positionMask } from "./score-mask.js";

export interface AttentionOptions extends LayerOptions {
  /** Learn a number that scores are multiplied by (with "concat" inside the tanh). Default false. */
  readonly useScale?: boolean;
  /** "dot": `query key`; "concat": `w sum(tanh(query + key))` with a learned number w. Default "dot". */
  readonly scoreMode?: "dot" | "concat";
  /** Share of attention weights set to 0 in training. Default 0. */
  readonly dropout?: number;
  /** Of the dropout. Default: the model's seed. */
  readonly seed?: number | null;
}

/** What attention layers take at `apply` beside their inputs. */
export interface AttentionCall extends CallOptions {
  /** Keys behind a query's place do not count. Default false. */
  readonly useCausalMask?: boolean;
  /** Give the weights after softmax as a second output; see `applyAll`. Default false. */
  readonly returnAttentionScores?: boolean;
}

/**
 * Dot-product attention: `softmax(query key^T) value`. Inputs are a list of query `[batch, queries,
 * features]`, value `[batch, keys, valueFeatures]` and, where it is not the value, key `[batch, keys,
 * features]`; the output is `[batch, queries, valueFeatures]`, with `returnAttentionScores` also the weights
 * `[batch, queries, keys]`. Masks: one of the queries `[batch, queries]`, outside which the output is 0, one
 * of the values `[batch, keys]`, outside which they do not count. A query that sees no key gets the mean of
 * all values, as float32 has it in Keras.
 * Source: Luong et al. 2015; Keras 3 `Attention`.
 */
export class Attention extends Layer {
  static override readonly className: string = "Attention";
  readonly useScale: boolean;
  readonly scoreMode: "dot" | "concat";
  readonly dropout: number;
  readonly seed: number | null;
  readonly #dropping: Dropout | undefined;
  /** Of `addScale`, where it is used. */
  protected scale: Variable | undefined;
  #concatScoreWeight: Variable | undefined;

  /** @throws DataError for an unknown scoreMode or a dropout outside of [0, 1) */
  constructor(options: AttentionOptions = {}) {
    super(options);
    this.useScale = options.useScale ?? false;
    this.scoreMode = options.scoreMode ?? "dot";
    this.dropout = options.dropout ?? 0;
    this.seed = options.seed ?? null;
    if (this.scoreMode !== "dot" && this.scoreMode !== "concat") {
      throw new DataError(`attention: bad scoreMode, got "${this.scoreMode}", expected "dot" or "concat"`);
    }
    if (this.dropout !== 0) this.#dropping = this.addChild("dropout_layer", dropout(this.dropout, this));
  }

  override build(inputShape: Shapes): void {
    const output = this.computeOutputShape(inputShape);
    if (this.useScale) this.scale = this.addScale(attentionShapes(this.name, inputShape)[0]);
    if (this.scoreMode === "concat") {
      this.#concatScoreWeight = this.addWeight("concat_score_weight", [], resolveInitializer("ones"));
    }
    if (this.#dropping) this.buildChild(this.#dropping, output);
    super.build(inputShape);
  }

  /** Makes what scores are multiplied by. */
  protected addScale(_query: BatchShape): Variable {
    return this.addWeight("scale", [], resolveInitializer("ones"));
  }

  /** Scores `[batch, queries, keys]` before masks. */
  protected scores(query: Tensor, key: Tensor): Tensor {
    if (this.scoreMode === "dot") {
      const product = matmul(query, key, { transposeB: true });
      return this.scale ? multiply(product, this.scale) : product;
    }
    const sums = sumOfPairs(query, key);
    const bent = tanh(this.scale ? multiply(sums, this.scale) : sums);
    return multiply(sum(bent, { axes: -1 }), this.#concatScoreWeight!);
  }

  override call(inputs: readonly Tensor[], options: AttentionCall): readonly Tensor[] | Tensor {
    const [query, value, key = value] = inputs as readonly [Tensor, Tensor, Tensor?];
    const [queryMask, valueMask] = masksOf(options.mask);
    const scores = this.scores(query, key);
    const seen = everyMask([
      valueMask && expandDims(valueMask, -2),
      positionMask(query.shape.at(-2)!, key.shape.at(-2)!, { causal: options.useCausalMask ?? false }),
    ]);
    const weights = softmax(seen ? where(seen, scores, subtract(scores, -excludedFrom(scores))) : scores);
    const { training = false } = options;
    const kept = this.#dropping ? this.#dropping.apply(weights, { training }) : weights;
    const mixed = matmul(kept, value);
    const output = queryMask ? where(expandDims(queryMask, -1), mixed, 0) : mixed;
    return options.returnAttentionScores ? [output, kept] : output;
  }

  override computeOutputShape(inputShape: Shapes, options?: AttentionCall): Shapes {
    const [query, value, key] = attentionShapes(this.name, inputShape);
    if (query.at(-1) !== key.at(-1)) {
      throw new ShapeError(
        `${this.name}: query and key differ in features, got ${formatBatchShape(query)} and ` +
          `${formatBatchShape(key)}, expected as many`,
      );
    }
    const output = [...query.slice(0, -1), value.at(-1)!];
    return options?.returnAttentionScores ? [output, [...query.slice(0, -1), key.at(-2)!]] : output;
  }

  override computeMask(_inputs: readonly Tensor[], mask: Mask): Mask {
    return [masksOf(mask)[0], undefined];
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      useScale: this.useScale,
      scoreMode: this.scoreMode,
      dropout: this.dropout,
      ...(this.seed === null ? {} : { seed: this.seed }),
    };
  }

  static fromConfig(config: Config): Attention {
    return new Attention(config);
  }
}

/** Query `[..., queries, 1, features]` + key `[..., 1, keys, features]`. */
export const sumOfPairs = (query: Tensor, key: Tensor): Tensor =>
  add(expandDims(query, -2), expandDims(key, -3));

/** Dropout of attention weights, computed as the layer is. */
export const dropout = (
  rate: number,
  { seed = null, dtypePolicy: dtype }: { seed?: number | null | undefined; dtypePolicy: DtypePolicy },
): Dropout => new Dropout(rate, { seed, dtype });

/** The masks of query, value and key. */
export const masksOf = (mask: Mask): readonly (Tensor | undefined)[] =>
  Array.isArray(mask) ? (mask as readonly (Tensor | undefined)[]) : [];

/** The shapes of query, value and key. @throws ShapeError unless there are two or three, as they should be */
export function attentionShapes(
  owner: string,
  shapes: Shapes,
): readonly [query: BatchShape, value: BatchShape, key: BatchShape] {
  const list = isShapeList(shapes) ? shapes : [shapes];
  const [query, value, key = value] = list;
  const fits =
    (list.length === 2 || list.length === 3) &&
    list.every((shape) => shape.length === query!.length && shape.length >= 3) &&
    value!.slice(1, -1).every((size, axis) => size === key![axis + 1]);
  if (!fits) {
    throw new ShapeError(
      `${owner}: bad inputs, got ${list.map(formatBatchShape).join(", ")}, expected a list of query ` +
        "(None, queries, features), value (None, keys, features) and maybe key (None, keys, features)",
    );
  }
  return [query!, value!, key!];
}
