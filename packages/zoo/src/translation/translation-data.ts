import {
  joinPairWords,
  normalizeSentence,
  pairWords,
  Vocabulary,
  type VocabularyJson,
  vocabulary,
} from "@hekla/datasets";
import { DataError, HostRandom } from "@hekla/tensor";
import { capitalizeSentences, SentenceCase } from "./sentence-case.js";

/** A sentence and one translation of it. */
export type SentencePair = readonly [english: string, french: string];

/** A sentence with all its translations, in the order of the data. */
export interface Translated {
  readonly english: string;
  readonly french: readonly string[];
}

/** The parts of the data; no English sentence is in two of them. */
export interface TranslationSplit {
  readonly train: readonly SentencePair[];
  readonly validation: readonly SentencePair[];
  readonly test: readonly SentencePair[];
}

/** Numbers of the words with a task of their own, the same in both vocabularies. */
export const PAD = 0;
export const UNKNOWN = 1;
export const START = 2;
export const END = 3;
const reserved = ["<start>", "<end>"];
/** How many there are. */
export const reservedWords = 4;

/**
 * Deals pairs out by their English sides: the words of a sentence, without capitals and punctuation, decide its part, so
 * that no test sentence differs from a training sentence by marks alone.
 * @param shares of the distinct English sentences; the rest is for training
 * @throws DataError where a part has none
 */
export function splitTranslations(
  pairs: readonly SentencePair[],
  shares: { readonly validation: number; readonly test: number },
  seed: number,
): TranslationSplit {
  const keys = pairs.map(([english]) => sentenceKey(english));
  const distinct = [...new Set(keys)];
  const order = new HostRandom(seed, "split").permutation(distinct.length);
  const test = Math.round(distinct.length * shares.test);
  const held = test + Math.round(distinct.length * shares.validation);
  const place = new Map(Array.from(order, (index, at) => [distinct[index]!, at]));
  const part = (from: number, to: number) =>
    pairs.filter((_, index) => {
      const at = place.get(keys[index]!)!;
      return at >= from && at < to;
    });
  const dealt = { train: part(held, distinct.length), validation: part(test, held), test: part(0, test) };
  const counts = Object.entries(dealt).map(([name, { length }]) => `${length} for ${name}`);
  if (Object.values(dealt).every(({ length }) => length > 0)) return dealt;
  throw new DataError(
    `translation: too few pairs for three parts, got ${pairs.length} of ${distinct.length} distinct sentences ` +
      `(${counts.join(", ")}), expected some for each`,
  );
}

/** Words and marks of an English sentence, in small letters. */
export const englishTokens = (text: string): string[] => pairWords(text, { language: "english" });

/** Words and marks of a French sentence, capitals as they are. */
const frenchTokens = (text: string): string[] => pairWords(text, { language: "french", lowerCase: false });

/** The sentence of French words and marks. */
export const frenchSentence = (tokens: readonly string[]): string =>
  joinPairWords(capitalizeSentences(tokens), "french");

/** A French sentence with the usual blanks around its marks, as `frenchSentence` writes them. */
export const plainFrench = (text: string): string => joinPairWords(frenchTokens(text), "french");

const sentenceKey = (english: string): string =>
  englishTokens(english)
    .filter((token) => /[\p{L}\p{N}]/u.test(token))
    .join(" ");

/** Pairs by their English sentences, letter by letter. */
export function groupTranslations(pairs: readonly SentencePair[]): Translated[] {
  const groups = new Map<string, string[]>();
  for (const [english, french] of pairs) {
    const key = normalizeSentence(english);
    const known = groups.get(key);
    if (known) known.push(french);
    else groups.set(key, [french]);
  }
  return Array.from(groups, ([english, french]) => ({ english, french }));
}

/** A pair as numbers of words: French begins behind START and ends with END. */
export interface EncodedPair {
  readonly source: readonly number[];
  /** START, then the words. */
  readonly target: readonly number[];
  /** The words, then END: what each step should say. */
  readonly labels: readonly number[];
}

/** The words of both languages, as `attachments` of a model keep them. */
export interface TranslationWords {
  readonly source: Vocabulary;
  readonly target: Vocabulary;
}

/** The usual writing of French words, learnt from a training part. */
export const learnCase = (train: readonly SentencePair[]): SentenceCase =>
  new SentenceCase(train.map(([, french]) => frenchTokens(french)));

/** The most frequent words of a training part. */
export function learnWords(
  train: readonly SentencePair[],
  casing: SentenceCase,
  sizes: { readonly sourceWords: number; readonly targetWords: number },
): TranslationWords {
  const make = (tokens: readonly string[], size: number): Vocabulary =>
    vocabulary(tokens, { size, pad: "<pad>", unknown: "<unknown>", reserved });
  const english = train.flatMap(([text]) => englishTokens(text));
  const french = train.flatMap(([, text]) => casing.remove(frenchTokens(text)));
  return { source: make(english, sizes.sourceWords), target: make(french, sizes.targetWords) };
}

/** Pairs as numbers of words. */
export const encodePairs = (
  pairs: readonly SentencePair[],
  words: TranslationWords,
  casing: SentenceCase,
): EncodedPair[] =>
  pairs.map(([english, french]) => {
    const target = words.target.encode(casing.remove(frenchTokens(french)));
    const source = words.source.encode(englishTokens(english));
    return { source, target: [START, ...target], labels: [...target, END] };
  });

/** The vocabularies as a model's attachments keep them. */
export const attachedWords = ({ source, target }: TranslationWords): Record<string, unknown> => ({
  translation: { source: source.toJSON(), target: target.toJSON() },
});

/**
 * The vocabularies in a model's attachments.
 * @throws DataError for a file without
 */
export function keptWords(attachments: Readonly<Record<string, unknown>>): TranslationWords {
  // Cast: `attachedWords` wrote it.
  const kept = attachments["translation"] as Record<"source" | "target", VocabularyJson> | undefined;
  if (!kept?.source || !kept.target) {
    throw new DataError(
      "translation: the model's file has no vocabularies, got attachments without translation, expected a file of " +
        "a trained translator",
    );
  }
  return { source: new Vocabulary(kept.source), target: new Vocabulary(kept.target) };
}
