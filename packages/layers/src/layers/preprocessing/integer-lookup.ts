import {
  add,
  any,
  cast,
  coordinate,
  DataError,
  equal,
  expandDims,
  type HostArray,
  mod,
  sum,
  type Tensor,
  tensor,
  Variable,
  where,
} from "@hekla/tensor";
import type { BatchShape } from "../../batch-shape.js";
import type { Config } from "../../layer.js";
import { encodeCategories, encodedShape } from "./category-encoding.js";
import { LookupLayer, type LookupLayerOptions, refuseSettings } from "./lookup-layer.js";
import { strings } from "./string-lookup.js";
import { rowsOf, type TokenRows } from "./token-rows.js";

/** Whether a number is none of int32. */
const isLong = (token: number): boolean => token !== (token | 0);

/** Options of `IntegerLookup`; `oovToken` is -1 by default. */
export interface IntegerLookupOptions extends LookupLayerOptions<number> {
  /** Which of several indices an unknown number gets: by its remainder, or by a hash. Default "floormod". */
  readonly oovMethod?: "floormod" | "farmhash";
}

/**
 * Whole numbers to indices, by a vocabulary that is given or learned by `adapt`: for numbers that are names,
 * such as those of customers. Before a model `lookup` does it; in a model the layer does it itself: int32
 * `[batch, ...]` to int32 of the same shape, or to vectors. There numbers that have no index are -1 instead
 * of an error. Steps that were compiled (`predict`) hold the vocabulary of then: after one of another length
 * they throw ReleasedError, and a new model of the layer is needed.
 * Source: Keras 3 `IntegerLookup`.
 */
export class IntegerLookup extends LookupLayer<number> {
  static override readonly className: string = "IntegerLookup";
  readonly oovMethod: "floormod" | "farmhash";
  /** The vocabulary on the device, made when a call needs it. */
  #known: Variable | undefined;

  /** @throws DataError for settings that contradict each other */
  constructor(options: IntegerLookupOptions = {}) {
    const { oovMethod = "floormod" } = options;
    super("integerLookup", options, {
      oovToken: -1,
      bucket: (token, buckets) =>
        oovMethod === "farmhash"
          ? strings.bucket(String(token), buckets)
          : ((token % buckets) + buckets) % buckets,
      compare: (a, b) => b - a,
    });
    if (oovMethod !== "floormod" && oovMethod !== "farmhash") {
      throw new DataError(
        `integerLookup: bad oovMethod, got "${oovMethod}", expected "floormod" or "farmhash"`,
      );
    }
    this.oovMethod = oovMethod;
  }

  override lookup(tokens: HostArray | TokenRows<number>): HostArray {
    return super.lookup(rowsOf(tokens));
  }

  override call(inputs: Tensor): Tensor {
    const { outputMode, maskToken, tokenStart, oovStart, numOovIndices } = this.table;
    if (this.invert || outputMode === "tfIdf" || (numOovIndices > 1 && this.oovMethod === "farmhash")) {
      throw new DataError(
        `${this.name}: cannot be computed in a model, got ${JSON.stringify(this.getConfig())}, ` +
          'expected no invert, no mode "tfIdf" and no "farmhash" (use lookup or tokens before the model)',
      );
    }
    const x = cast(inputs, "int32");
    const matches = equal(expandDims(x, -1), this.#vocabulary());
    const index = sum(where(matches, add(coordinate(matches.shape, x.rank), tokenStart), 0), { axes: -1 });
    const unknown =
      numOovIndices > 1 ? add(mod(x, numOovIndices), oovStart) : numOovIndices === 1 ? oovStart : -1;
    const found = where(any(matches, { axes: -1 }), index, unknown);
    const masked =
      maskToken === null ? found : where(equal(x, maskToken), outputMode === "int" ? 0 : -1, found);
    return outputMode === "int" ? masked : encodeCategories(masked, this.table.depth, outputMode);
  }

  #vocabulary(): Variable {
    if (this.#known) return this.#known;
    const tokens = this.table.vocabulary(false);
    if (tokens.length === 0) {
      throw new DataError(`${this.name}: got no vocabulary, expected adapt or setVocabulary before`);
    }
    const other = tokens.find(isLong);
    if (other !== undefined) {
      throw new DataError(
        `${this.name}: cannot be computed in a model, got ${other} in the vocabulary, ` +
          "expected whole numbers of 32 bits (use lookup before the model)",
      );
    }
    const name = `${this.path}/vocabulary`;
    this.#known = new Variable(() => tensor(Int32Array.from(tokens)), { name, trainable: false });
    return this.#known;
  }

  /** Steps compiled with the old vocabulary get the new one where it is as long, or fail from now on. */
  protected override vocabularyChanged(): void {
    const tokens = this.table.vocabulary(false);
    if (this.#known?.size === tokens.length && !tokens.some(isLong)) {
      this.#known.write(Int32Array.from(tokens));
    } else {
      this.#forget();
    }
  }

  #forget(): void {
    this.#known?.dispose();
    this.#known = undefined;
  }

  override dispose(): void {
    this.#forget();
    super.dispose();
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    const { outputMode } = this.table;
    if (outputMode === "int") return inputShape;
    return encodedShape(inputShape, this.table.depth, outputMode === "tfIdf" ? "count" : outputMode);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), oovMethod: this.oovMethod };
  }

  static fromConfig(config: Config): IntegerLookup {
    refuseSettings("integerLookup", config, ["sparse", "salt"]);
    return new IntegerLookup(config);
  }
}
