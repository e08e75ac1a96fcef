import { DataError, type Dtype, type HostArray } from "@hekla/tensor";
import { type Config, Layer, type LayerOptions } from "../../layer.js";
import { type AdaptBatches, forEachBatch } from "./adapt-data.js";
import { isRows, lookUp, rowsOf, type TokenRows } from "./token-rows.js";
import { type LookupOptions, type Token, type TokenKind, VocabularyTable } from "./vocabulary-table.js";

/** Options that `StringLookup` and `IntegerLookup` share. */
export interface LookupLayerOptions<T extends Token> extends LayerOptions, LookupOptions<T> {
  /** Go from indices to tokens: use `tokens` rather than `lookup`; in mode "int" only. Default false. */
  readonly invert?: boolean;
}

/** What layers share that give tokens indices. Source: Keras 3 `IndexLookup`. */
export abstract class LookupLayer<T extends Token> extends Layer {
  readonly invert: boolean;
  protected readonly table: VocabularyTable<T>;

  constructor(owner: string, options: LookupLayerOptions<T>, kind: TokenKind<T>) {
    super(options);
    this.invert = options.invert ?? false;
    this.table = new VocabularyTable(owner, options, kind);
    if (this.invert && this.table.outputMode !== "int") {
      throw new DataError(
        `${owner}: bad outputMode, got "${this.table.outputMode}" with invert, expected "int"`,
      );
    }
  }

  /**
   * Learns the vocabulary from tokens or rows of them, or from batches of those: the most frequent first, of
   * equally frequent ones the last in alphabetical order (by bytes; numbers: the largest) first. It replaces
   * what is there. For "tfIdf" a row is a document; of tokens in a row each is one, but a batch of them is
   * one together.
   */
  adapt(tokens: TokenRows<T> | Iterable<TokenRows<T>>): void;
  adapt(tokens: TokenRows<T> | AdaptBatches<TokenRows<T>>): void | Promise<void>;
  adapt(tokens: TokenRows<T> | AdaptBatches<TokenRows<T>>): void | Promise<void> {
    this.table.reset();
    const atOnce = Array.isArray(tokens);
    const batches = atOnce ? [tokens as TokenRows<T>] : (tokens as AdaptBatches<TokenRows<T>>);
    const count = (batch: TokenRows<T>): void => {
      const rows = isRows(batch) ? batch : atOnce ? batch.map((token) => [token]) : [batch];
      this.table.count(rows);
    };
    return forEachBatch(batches, count, () => {
      this.table.finish();
      this.vocabularyChanged();
    });
  }

  /**
   * Indices of tokens in their shape, int32, or vectors: `[..., tokens]` to `[..., vocabulary]`, with
   * "oneHot" `[..., tokens, vocabulary]` (a last axis of size 1 is dropped).
   * @throws DataError for an unknown token without an index, rows of different lengths, or with `invert`
   */
  lookup(tokens: TokenRows<T>): HostArray {
    if (!this.invert) return lookUp(this.table, tokens);
    throw new DataError(`${this.name}: it inverts, got tokens, expected indices (use tokens)`);
  }

  /** Tokens of indices, in their shape. */
  tokens(indices: HostArray | TokenRows<number>): TokenRows<T> {
    const rows = rowsOf(indices);
    const row = (values: readonly number[]): T[] => values.map((index) => this.table.tokenOf(index));
    return isRows(rows) ? rows.map(row) : row(rows);
  }

  /** The tokens by index; special ones are the mask token and those for unknown tokens. */
  getVocabulary(includeSpecialTokens = true): T[] {
    return this.table.vocabulary(includeSpecialTokens);
  }

  /** Number of indices. */
  vocabularySize(): number {
    return this.table.size;
  }

  /** Replaces the vocabulary. @throws DataError for one that cannot be */
  setVocabulary(vocabulary: readonly T[], idfWeights?: readonly number[]): void {
    this.table.set(vocabulary, idfWeights);
    this.vocabularyChanged();
  }

  /** What was made of the vocabulary before is outdated. */
  protected vocabularyChanged(): void {}

  override computeMask(): undefined {
    return undefined;
  }

  protected override outputDtype(): Dtype {
    return this.table.outputMode === "int" ? "int32" : "float32";
  }

  override getConfig(): Config {
    return { ...super.getConfig(), ...this.table.getConfig(), invert: this.invert };
  }
}

/** @throws DataError for settings of Keras's that are on and are not supported */
export function refuseSettings(owner: string, config: Config, names: readonly string[]): void {
  const on = names.find(
    (name) => config[name] !== undefined && config[name] !== null && config[name] !== false,
  );
  if (on === undefined) return;
  throw new DataError(`${owner}: ${on} is not supported, got ${JSON.stringify(config[on])}, expected it off`);
}
