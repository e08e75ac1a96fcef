import type { Tensor } from "@hekla/tensor";
import type { BatchShape } from "../../batch-shape.js";
import type { Config } from "../../layer.js";
import { farmHash64 } from "./farm-hash.js";
import { LookupLayer, type LookupLayerOptions, refuseSettings } from "./lookup-layer.js";
import type { TokenKind } from "./vocabulary-table.js";

/** Options of `StringLookup`; `oovToken` is "[UNK]" by default. */
export type StringLookupOptions = LookupLayerOptions<string>;

const encoder = new TextEncoder();

/** Surrogates moved above all other units, where the code points lie that they stand for. */
const rank = (unit: number): number => (unit < 0xd800 ? unit : unit >= 0xe000 ? unit - 0x800 : unit + 0x2000);

/**
 * By code points (which is by the bytes of UTF-8), high ones first: Keras's order of equally frequent tokens.
 */
function descending(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let at = 0; at < shared; at++) {
    const difference = rank(b.charCodeAt(at)) - rank(a.charCodeAt(at));
    if (difference !== 0) return difference;
  }
  return b.length - a.length;
}

/** Strings as tokens. */
export const strings: TokenKind<string> = {
  oovToken: "[UNK]",
  bucket: (token, buckets) => Number(farmHash64(encoder.encode(token)) % BigInt(buckets)),
  compare: descending,
};

/**
 * Words to indices, by a vocabulary that is given or learned by `adapt`. Tensors hold no strings, so words
 * are looked up before the model: `model.fit(layer.lookup(words), labels)`. In a model the layer stands where
 * Keras has it, keeps the vocabulary in saved files, and passes on what `lookup` gave.
 * Source: Keras 3 `StringLookup`.
 */
export class StringLookup extends LookupLayer<string> {
  static override readonly className: string = "StringLookup";

  /** @throws DataError for settings that contradict each other */
  constructor(options: StringLookupOptions = {}) {
    super("stringLookup", options, strings);
  }

  override call(inputs: Tensor): Tensor {
    return inputs;
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    return this.table.lookedUpShape(inputShape);
  }

  static fromConfig(config: Config): StringLookup {
    refuseSettings("stringLookup", config, ["sparse", "salt"]);
    return new StringLookup(config);
  }
}
