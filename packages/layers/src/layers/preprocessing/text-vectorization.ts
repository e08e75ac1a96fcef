import { DataError, type Dtype, type HostArray, type Tensor } from "@hekla/tensor";
import { type BatchShape, positiveInteger } from "../../batch-shape.js";
import { type Config, Layer, type LayerOptions } from "../../layer.js";
import { type AdaptBatches, forEachBatch } from "./adapt-data.js";
import { refuseSettings } from "./lookup-layer.js";
import { strings } from "./string-lookup.js";
import {
  resolveSplitting,
  resolveStandardization,
  type Splitting,
  type Standardization,
  type TextChoice,
  type TextFunction,
} from "./text-functions.js";
import { isRows, type TokenRows } from "./token-rows.js";
import { type LookupMode, VocabularyTable } from "./vocabulary-table.js";

/** Options of `TextVectorization`. */
export interface TextVectorizationOptions extends LayerOptions {
  /** Most entries of the vocabulary, those for padding and unknown words counted. Default none. */
  readonly maxTokens?: number | null;
  /**
   * What is done to a text first: "lowerAndStripPunctuation", "lower", "stripPunctuation" (all of ASCII
   * only), a registered name, a function, or null for nothing. Default "lowerAndStripPunctuation".
   */
  readonly standardize?: TextChoice<Standardization>;
  /**
   * How a text becomes tokens: "whitespace" (of ASCII), "character", a registered name, a function, or null
   * where texts are tokens already. Default "whitespace".
   */
  readonly split?: TextChoice<Splitting>;
  /** Join up to so many neighbours (or as many as the list says) by spaces. Default null: none. */
  readonly ngrams?: number | readonly number[] | null;
  /** "int" gives a sequence of indices, the others a vector for each text. Default "int". */
  readonly outputMode?: LookupMode;
  /** In mode "int" cut or pad sequences to this length. Default: pad to the longest. */
  readonly outputSequenceLength?: number | null;
  /** Make vectors `maxTokens` long. Default false. */
  readonly padToMaxTokens?: boolean;
  /** The words in order, instead of `adapt`. */
  readonly vocabulary?: readonly string[] | null;
  /**
   * Number of indices of a vocabulary that is to come, as files have it: for the shape of vectors. Default
   * none.
   */
  readonly vocabularySize?: number | null;
  /** In mode "tfIdf" the weight of each word of `vocabulary`. */
  readonly idfWeights?: readonly number[] | null;
}

/**
 * Texts to indices of words, 0 for padding and 1 for unknown words, or to vectors over the vocabulary.
 * Tensors hold no strings, so texts are vectorized before the model: `model.fit(layer.vectorize(texts),
 * labels)`. In a model the layer stands where Keras has it, first, keeps the vocabulary in saved files, and
 * passes on what `vectorize` gave.
 * Source: Keras 3 `TextVectorization`.
 */
export class TextVectorization extends Layer {
  static override readonly className: string = "TextVectorization";
  readonly outputSequenceLength: number | null;
  readonly #standardize: TextFunction<Standardization>;
  readonly #split: TextFunction<Splitting>;
  readonly #splits: boolean;
  readonly #ngrams: number | readonly number[] | null;
  readonly #table: VocabularyTable<string>;

  /**
   * @throws DataError for an unknown name or settings that contradict each other
   * @throws ShapeError unless outputSequenceLength is an integer of at least 1
   */
  constructor(options: TextVectorizationOptions = {}) {
    super(options);
    const { standardize = "lowerAndStripPunctuation", split = "whitespace", ...rest } = options;
    this.#standardize = resolveStandardization(standardize);
    this.#split = resolveSplitting(split);
    this.#splits = split !== null;
    this.#ngrams = options.ngrams ?? null;
    this.outputSequenceLength = options.outputSequenceLength ?? null;
    this.#table = new VocabularyTable("textVectorization", { ...rest, maskToken: "" }, strings);
    if (this.outputSequenceLength === null) return;
    positiveInteger("textVectorization", "outputSequenceLength", this.outputSequenceLength);
    if (this.#table.outputMode !== "int") {
      throw new DataError(
        `textVectorization: got outputSequenceLength in mode "${this.#table.outputMode}", ` +
          'expected it with "int" only',
      );
    }
  }

  /**
   * Learns the vocabulary from texts (or batches of them): the most frequent words, of equally frequent ones
   * the last in the order of their bytes first. It replaces what is there.
   */
  adapt(texts: TokenRows<string> | Iterable<TokenRows<string>>): void;
  adapt(texts: TokenRows<string> | AdaptBatches<TokenRows<string>>): void | Promise<void>;
  adapt(texts: TokenRows<string> | AdaptBatches<TokenRows<string>>): void | Promise<void> {
    this.#table.reset();
    const atOnce = Array.isArray(texts);
    const batches = atOnce ? [texts as TokenRows<string>] : (texts as AdaptBatches<TokenRows<string>>);
    const count = (batch: TokenRows<string>): void => this.#table.count(this.#tokens(batch, atOnce));
    return forEachBatch(batches, count, () => this.#table.finish());
  }

  /** Each text's tokens. Texts that are not to be split are `apart`, or the tokens of one. */
  #tokens(texts: TokenRows<string>, apart: boolean): readonly (readonly string[])[] {
    const single = this.#splits || apart;
    const rows = isRows(texts) ? texts : single ? texts.map((text) => [text]) : [texts];
    if (this.#splits && rows.some((row) => row.length !== 1)) {
      const length = rows.find((row) => row.length !== 1)!.length;
      throw new DataError(
        `${this.name}: got a row of ${length} texts to split, expected one text for each sample`,
      );
    }
    return rows.map((row) => {
      const pieces = row.flatMap((text) => this.#split.apply(this.#standardize.apply(text)));
      return this.#joined(pieces);
    });
  }

  #joined(pieces: readonly string[]): readonly string[] {
    if (this.#ngrams === null) return pieces;
    const widths =
      typeof this.#ngrams === "number" ? Array.from({ length: this.#ngrams }, (_, n) => n + 1) : this.#ngrams;
    return widths.flatMap((width) =>
      Array.from({ length: Math.max(0, pieces.length - width + 1) }, (_, at) =>
        pieces.slice(at, at + width).join(" "),
      ),
    );
  }

  /**
   * In mode "int" indices `[texts, tokens]`, int32, padded with 0; else a vector for each text `[texts,
   * vocabulary]`.
   * @param texts strings, or rows of one each; with `split: null` rows of tokens, or one row alone, without
   * `[texts]`
   * @throws DataError where there is no vocabulary that the mode needs
   */
  vectorize(texts: TokenRows<string>): HostArray {
    const rows = this.#tokens(texts, false);
    const { data, shape } = this.#table.outputMode === "int" ? this.#sequences(rows) : this.#vectors(rows);
    return { data, shape: this.#splits || isRows(texts) ? shape : shape.slice(1) };
  }

  #vectors(rows: readonly (readonly string[])[]): HostArray {
    return this.#table.vectors(rows.map((row) => this.#indices(row)));
  }

  #sequences(rows: readonly (readonly string[])[]): HostArray {
    const longest = rows.reduce((most, row) => Math.max(most, row.length), 0);
    const length = this.outputSequenceLength ?? longest;
    const data = new Int32Array(rows.length * length);
    rows.forEach((row, at) => {
      data.set(this.#indices(row.slice(0, length)), at * length);
    });
    return { data, shape: [rows.length, length] };
  }

  #indices(row: readonly string[]): number[] {
    return row.map((token) => this.#table.indexOf(token));
  }

  /** The words by index; special ones are those of padding ("") and unknown words ("[UNK]"). */
  getVocabulary(includeSpecialTokens = true): string[] {
    return this.#table.vocabulary(includeSpecialTokens);
  }

  /** Number of indices. */
  vocabularySize(): number {
    return this.#table.size;
  }

  /** Replaces the vocabulary. @throws DataError for one that cannot be */
  setVocabulary(vocabulary: readonly string[], idfWeights?: readonly number[]): void {
    this.#table.set(vocabulary, idfWeights);
  }

  override call(inputs: Tensor): Tensor {
    return inputs;
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    const [batch = null, given = null] = inputShape;
    if (this.#table.outputMode !== "int") return [batch, this.#table.depth];
    // A size of 1 is Keras's column of texts, whose number of tokens is open.
    return [batch, this.outputSequenceLength ?? (given === 1 ? null : given)];
  }

  protected override outputDtype(): Dtype {
    return this.#table.outputMode === "int" ? "int32" : "float32";
  }

  /** @throws DataError for functions that have no name */
  override getConfig(): Config {
    const { numOovIndices, maskToken, oovToken, ...config } = this.#table.getConfig();
    const saved = { standardize: this.#standardize.saved, split: this.#split.saved };
    const nameless = Object.entries(saved).find(([, value]) => value === undefined);
    if (nameless) {
      throw new DataError(
        `${this.name}: ${nameless[0]} cannot be saved, got a function, expected the name of one (see ` +
          "registerStandardization and registerSplitting)",
      );
    }
    return {
      ...super.getConfig(),
      ...config,
      ...saved,
      ngrams: this.#ngrams,
      outputSequenceLength: this.outputSequenceLength,
    };
  }

  static fromConfig(config: Config): TextVectorization {
    refuseSettings("textVectorization", config, ["sparse", "ragged"]);
    return new TextVectorization(config);
  }
}
