import { DataError, type HostArray } from "@hekla/tensor";
import type { BatchShape } from "../../batch-shape.js";
import type { Config } from "../../layer.js";
import { encodedShape } from "./category-encoding.js";

/** A word or a number that has an index. */
export type Token = string | number;

/** What indices become: they stay, or a vector is made of each ("oneHot") or of all indices of a sample. */
export type LookupMode = "int" | "oneHot" | "multiHot" | "count" | "tfIdf";

/** How tokens get indices. */
export interface LookupOptions<T extends Token> {
  /** Most entries of the vocabulary, special tokens counted. Default none. */
  readonly maxTokens?: number | null;
  /** Indices for tokens that are not in the vocabulary; with 0 these are errors. Default 1. */
  readonly numOovIndices?: number;
  /** Token that gets index 0 in mode "int" and is left out in the others. Default none. */
  readonly maskToken?: T | null;
  /** What indices of unknown tokens become on the way back. */
  readonly oovToken?: T;
  /** The tokens in order, special ones at the front or left out; instead of `adapt`. */
  readonly vocabulary?: readonly T[] | null;
  /** In mode "tfIdf" the weight of each entry of `vocabulary`. */
  readonly idfWeights?: readonly number[] | null;
  /**
   * Number of indices of a vocabulary that is to come, as files have it: for the shape of vectors. Default
   * none.
   */
  readonly vocabularySize?: number | null;
  /** Default "int". */
  readonly outputMode?: LookupMode;
  /** Make vectors `maxTokens` long, however many tokens there are. Default false. */
  readonly padToMaxTokens?: boolean;
}

/** How one kind of token is told apart. */
export interface TokenKind<T extends Token> {
  readonly oovToken: T;
  /** Which of `buckets` indices for unknown tokens it gets. */
  bucket(token: T, buckets: number): number;
  /** Order of tokens that are equally frequent: negative where a comes first. */
  compare(a: T, b: T): number;
}

const modes: readonly LookupMode[] = ["int", "oneHot", "multiHot", "count", "tfIdf"];

/**
 * Tokens and their indices: first the mask token (in mode "int"), then those for unknown tokens, then the
 * vocabulary.
 * Source: Keras 3 `IndexLookup`.
 */
export class VocabularyTable<T extends Token> {
  readonly owner: string;
  readonly maxTokens: number | null;
  readonly numOovIndices: number;
  readonly maskToken: T | null;
  readonly oovToken: T;
  readonly outputMode: LookupMode;
  readonly padToMaxTokens: boolean;
  readonly #kind: TokenKind<T>;
  readonly #sizeToCome: number | null;
  #tokens: readonly T[] = [];
  #indices = new Map<T, number>();
  /** Of all indices, special ones too. */
  #idfWeights: readonly number[] | undefined;
  #counts = new Map<T, number>();
  #documentCounts = new Map<T, number>();
  #documents = 0;

  /** @throws DataError for settings that contradict each other */
  constructor(owner: string, options: LookupOptions<T>, kind: TokenKind<T>) {
    this.owner = owner;
    this.#kind = kind;
    this.maxTokens = options.maxTokens ?? null;
    this.numOovIndices = options.numOovIndices ?? 1;
    this.maskToken = options.maskToken ?? null;
    this.oovToken = options.oovToken ?? kind.oovToken;
    this.outputMode = options.outputMode ?? "int";
    this.padToMaxTokens = options.padToMaxTokens ?? false;
    this.#sizeToCome = options.vocabularySize ?? null;
    const { maxTokens, numOovIndices, outputMode } = this;
    this.#check(modes.includes(outputMode), "outputMode", outputMode, modes.join(", "));
    this.#check(maxTokens === null || maxTokens > 1, "maxTokens", maxTokens, "more than 1");
    this.#check(maxTokens !== null || !this.padToMaxTokens, "maxTokens", "none", "some with padToMaxTokens");
    const isCount = Number.isInteger(numOovIndices) && numOovIndices >= 0;
    this.#check(isCount, "numOovIndices", numOovIndices, "an integer of at least 0");
    if (options.vocabulary) this.set(options.vocabulary, options.idfWeights ?? undefined);
  }

  #check(holds: boolean, name: string, got: unknown, expected: string): void {
    if (!holds) throw new DataError(`${this.owner}: bad ${name}, got ${got}, expected ${expected}`);
  }

  /** Index of the first unknown token. */
  get oovStart(): number {
    return this.maskToken !== null && this.outputMode === "int" ? 1 : 0;
  }

  /** Index of the first token of the vocabulary. */
  get tokenStart(): number {
    return this.oovStart + this.numOovIndices;
  }

  /** Number of indices. */
  get size(): number {
    return this.tokenStart + this.#tokens.length;
  }

  /** Length of the vectors that tokens become. @throws DataError where it is not known yet */
  get depth(): number {
    if (this.padToMaxTokens) return this.maxTokens!;
    if (this.#tokens.length > 0) return this.size;
    return this.#sizeToCome ?? this.#fail();
  }

  #fail(): never {
    throw new DataError(
      `${this.owner}: got no vocabulary in mode "${this.outputMode}", expected adapt or setVocabulary before`,
    );
  }

  /** The tokens by index, with or without the special ones at the front. */
  vocabulary(includeSpecialTokens = true): T[] {
    return [...(includeSpecialTokens ? this.#special : []), ...this.#tokens];
  }

  get #special(): readonly T[] {
    const mask = this.oovStart === 1 ? [this.maskToken!] : [];
    return [...mask, ...new Array<T>(this.numOovIndices).fill(this.oovToken)];
  }

  /** The vocabulary, instead of the one that is there. @throws DataError for one that cannot be */
  set(vocabulary: readonly T[], idfWeights?: readonly number[]): void {
    const weighted = this.outputMode === "tfIdf";
    this.#check(vocabulary.length > 0, "vocabulary", "no tokens", "at least one");
    this.#check(weighted === (idfWeights !== undefined), "idfWeights", idfWeights, `them with "tfIdf" only`);
    const special = this.#special;
    const found = special.length > 0 && special.every((token, index) => token === vocabulary[index]);
    const tokens = found ? vocabulary.slice(special.length) : vocabulary;
    const seen = new Set<T>();
    const twice = tokens.find((token) => seen.size === seen.add(token).size);
    this.#check(twice === undefined, "vocabulary", `"${twice}" twice`, "each token once");
    const masked = this.maskToken !== null && tokens.includes(this.maskToken);
    this.#check(
      !masked,
      "vocabulary",
      `the mask token "${this.maskToken}"`,
      "special tokens at the front or left out",
    );
    const size = this.tokenStart + tokens.length;
    this.#check(
      this.maxTokens === null || size <= this.maxTokens,
      "vocabulary",
      `${size} tokens`,
      `${this.maxTokens}`,
    );
    if (idfWeights) {
      const [got, expected] = [idfWeights.length, vocabulary.length];
      this.#check(got === expected, "idfWeights", `${got} of them`, `${expected}`);
      this.#idfWeights = found ? idfWeights : this.#withFront(idfWeights);
    }
    this.#learn(tokens);
  }

  #learn(tokens: readonly T[]): void {
    this.#tokens = tokens;
    this.#indices = new Map(tokens.map((token, index) => [token, index + this.tokenStart]));
  }

  /** Unknown tokens get the mean weight: their own cannot be known. */
  #withFront(weights: readonly number[]): readonly number[] {
    const mean = weights.reduce((total, weight) => total + weight, 0) / weights.length;
    return [...new Array<number>(this.tokenStart).fill(mean), ...weights];
  }

  /** Forgets what was counted. */
  reset(): void {
    this.#counts = new Map();
    this.#documentCounts = new Map();
    this.#documents = 0;
  }

  /** Counts the tokens of some documents. */
  count(documents: readonly (readonly T[])[]): void {
    const add = (counts: Map<T, number>, token: T): void => {
      counts.set(token, (counts.get(token) ?? 0) + 1);
    };
    for (const document of documents) {
      for (const token of document) add(this.#counts, token);
      for (const token of new Set(document)) add(this.#documentCounts, token);
    }
    this.#documents += documents.length;
  }

  /**
   * Makes the vocabulary of what was counted: the most frequent tokens first. Without any the old one stays.
   */
  finish(): void {
    if (this.#counts.size === 0) return;
    if (this.maskToken !== null) this.#counts.delete(this.maskToken);
    this.#counts.delete(this.oovToken);
    const sorted = [...this.#counts].sort(
      ([a, countA], [b, countB]) => countB - countA || this.#kind.compare(a, b),
    );
    const most = this.maxTokens === null ? sorted.length : Math.max(0, this.maxTokens - this.tokenStart);
    this.#learn(sorted.slice(0, most).map(([token]) => token));
    if (this.outputMode === "tfIdf") {
      const weights = this.#tokens.map((token) =>
        Math.log(1 + this.#documents / (1 + (this.#documentCounts.get(token) ?? 0))),
      );
      this.#idfWeights = this.#withFront(weights);
    }
    this.reset();
  }

  /**
   * Index of a token; -1 for a mask token that is to be left out.
   * @throws DataError for an unknown one without index
   */
  indexOf(token: T): number {
    if (token === this.maskToken) return this.outputMode === "int" ? 0 : -1;
    const index = this.#indices.get(token);
    if (index !== undefined) return index;
    if (this.numOovIndices === 0) {
      throw new DataError(
        `${this.owner}: unknown token, got "${token}", expected one of the vocabulary; ` +
          "numOovIndices above 0 allows it",
      );
    }
    const bucket = this.numOovIndices === 1 ? 0 : this.#kind.bucket(token, this.numOovIndices);
    return this.oovStart + bucket;
  }

  /** Token of an index. */
  tokenOf(index: number): T {
    if (index === 0 && this.oovStart === 1) return this.maskToken!;
    return this.#tokens[index - this.tokenStart] ?? this.oovToken;
  }

  /**
   * A vector for each sample; not in mode "int".
   * @param samples indices, of -1 none is made
   */
  vectors(samples: readonly (readonly number[])[]): HostArray {
    if (this.#tokens.length === 0 && !this.padToMaxTokens) this.#fail();
    const { depth } = this;
    const data = new Float32Array(samples.length * depth);
    samples.forEach((indices, sample) => {
      for (const index of indices) {
        if (index < 0) continue;
        const at = sample * depth + index;
        data[at] = this.outputMode === "count" || this.outputMode === "tfIdf" ? data[at]! + 1 : 1;
      }
    });
    const weights = this.outputMode === "tfIdf" ? this.#idfWeights : undefined;
    if (weights) for (let at = 0; at < data.length; at++) data[at]! *= Math.fround(weights[at % depth] ?? 0);
    return { data, shape: [samples.length, depth] };
  }

  /**
   * Shape behind a layer whose tokens were looked up before the model: it has it already, or tokens have
   * their own.
   */
  lookedUpShape(shape: BatchShape): BatchShape {
    const { outputMode } = this;
    if (outputMode === "int" || shape.at(-1) === this.depth) return shape;
    return encodedShape(shape, this.depth, outputMode === "tfIdf" ? "count" : outputMode);
  }

  getConfig(): Config {
    return {
      maxTokens: this.maxTokens,
      numOovIndices: this.numOovIndices,
      maskToken: this.maskToken,
      oovToken: this.oovToken,
      outputMode: this.outputMode,
      padToMaxTokens: this.padToMaxTokens,
      ...(this.#tokens.length > 0 ? { vocabulary: this.vocabulary() } : {}),
      ...(this.#tokens.length === 0 && this.#sizeToCome ? { vocabularySize: this.#sizeToCome } : {}),
      ...(this.#idfWeights ? { idfWeights: this.#idfWeights } : {}),
    };
  }
}
