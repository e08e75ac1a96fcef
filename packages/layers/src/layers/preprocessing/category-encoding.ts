import {
  cast,
  DataError,
  expandDims,
  max,
  multiply,
  type NestedArray,
  oneHot,
  squeeze,
  sum,
  Tensor,
  tensor,
} from "@hekla/tensor";
import { type BatchShape, positiveInteger } from "../../batch-shape.js";
import { type CallOptions, type Config, Layer, type LayerOptions } from "../../layer.js";

/** How indices become vectors. */
export type CategoryMode = "multiHot" | "oneHot" | "count";

/** Options of `CategoryEncoding`. */
export interface CategoryEncodingOptions extends LayerOptions {
  /**
   * "oneHot": a vector for each index (in place of a last axis of size 1); "multiHot": one for all indices of
   * a sample, 1 where the index is among them; "count": how often it is. Default "multiHot".
   */
  readonly outputMode?: CategoryMode;
}

/** Options of a call of `CategoryEncoding`. */
export interface CategoryEncodingCall extends CallOptions {
  /** In mode "count" what each index counts for; the shape of the inputs. */
  readonly countWeights?: Tensor | NestedArray;
}

/** Indices as vectors; those below 0 or from `depth` on are left out. */
export function encodeCategories(
  indices: Tensor,
  depth: number,
  mode: CategoryMode,
  weights?: Tensor,
): Tensor {
  if (mode === "oneHot") {
    const single = indices.rank > 1 && indices.shape.at(-1) === 1;
    return oneHot(single ? squeeze(indices, -1) : indices, depth);
  }
  const hot = oneHot(indices, depth);
  if (mode === "multiHot") return max(hot, { axes: -2 });
  return sum(weights ? multiply(hot, expandDims(weights, -1)) : hot, { axes: -2 });
}

/** Shape of what `encodeCategories` gives. */
export function encodedShape(shape: BatchShape, depth: number | null, mode: CategoryMode): BatchShape {
  const appends = mode === "oneHot" && (shape.length < 2 || shape.at(-1) !== 1);
  return [...(appends ? shape : shape.slice(0, -1)), depth];
}

/**
 * Whole numbers from 0 to `numTokens - 1` as vectors: `[batch, ..., indices]` to `[batch, ..., numTokens]`,
 * with "oneHot" `[batch, ..., indices, numTokens]`. Numbers out of range are left out.
 * Source: Keras 3 `CategoryEncoding`.
 */
export class CategoryEncoding extends Layer {
  static override readonly className: string = "CategoryEncoding";
  readonly numTokens: number;
  readonly outputMode: CategoryMode;

  /** @throws DataError for an unknown outputMode, ShapeError unless numTokens is an integer of at least 1 */
  constructor(numTokens: number, options: CategoryEncodingOptions = {}) {
    super(options);
    this.numTokens = positiveInteger("categoryEncoding", "numTokens", numTokens);
    this.outputMode = options.outputMode ?? "multiHot";
    if (!["multiHot", "oneHot", "count"].includes(this.outputMode)) {
      throw new DataError(
        `categoryEncoding: bad outputMode, got "${this.outputMode}", ` +
          'expected "multiHot", "oneHot" or "count"',
      );
    }
  }

  override call(inputs: Tensor, { countWeights }: CategoryEncodingCall): Tensor {
    if (countWeights !== undefined && this.outputMode !== "count") {
      throw new DataError(
        `${this.name}: got countWeights in mode "${this.outputMode}", expected them in mode "count" only`,
      );
    }
    const weights =
      countWeights === undefined || countWeights instanceof Tensor ? countWeights : tensor(countWeights);
    return encodeCategories(cast(inputs, "int32"), this.numTokens, this.outputMode, weights);
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    return encodedShape(inputShape, this.numTokens, this.outputMode);
  }

  override computeMask(): undefined {
    return undefined;
  }

  override getConfig(): Config {
    return { ...super.getConfig(), numTokens: this.numTokens, outputMode: this.outputMode };
  }

  static fromConfig({ numTokens, ...options }: Config): CategoryEncoding {
    return new CategoryEncoding(numTokens as number, options);
  }
}
