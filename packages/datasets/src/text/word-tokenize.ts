import { splitSentences } from "./split-sentences.js";
import { BLANK, nltkRules, type TextRule, treebankRules } from "./treebank-rules.js";

/** How `wordTokenize` splits. */
export interface WordTokenizeOptions {
  /** Take the text as one sentence: periods inside it stay with their words. Default false. */
  readonly preserveLine?: boolean;
  /**
   * `"nltk"`: the rules that `word_tokenize` applies today. `"treebank"`: those of `TreebankWordTokenizer`,
   * which it applied in early NLTK 3. They differ in ellipses other than of three periods (`".."` is a token of its own
   * or stays with the word), in opening apostrophes, Unicode quotes and dashes, and asterisks. Default `"nltk"`.
   */
  readonly rules?: WordRules;
}

/** A set of rules: today's of NLTK, or those it had before. */
export type WordRules = "nltk" | "treebank";

/** The rules by their name. */
export const wordRules: Readonly<Record<WordRules, readonly TextRule[]>> = {
  nltk: nltkRules,
  treebank: treebankRules,
};

type CompiledRule = readonly [RegExp, string];

const compile = (rules: readonly TextRule[]): readonly CompiledRule[] =>
  rules.map(([source, flags, replacement]) => [new RegExp(source, flags), replacement]);

const compiled: Readonly<Record<WordRules, readonly CompiledRule[]>> = {
  nltk: compile(nltkRules),
  treebank: compile(treebankRules),
};

const blanks = new RegExp(`${BLANK}+`, "u");

/**
 * The word tokens of a text, as NLTK's `word_tokenize` gives them: Penn Treebank rules after a split into sentences.
 *
 * Punctuation and brackets are tokens, contractions are split (`do n't`, `it 's`, `can not`), straight double quotes
 * become ` `` ` and `''`. A period is a token only at the end of a sentence: with `preserveLine` that is the end of the
 * text, without it also before what `splitSentences` takes for a new sentence.
 *
 * Source: NLTK 3.10, `nltk.tokenize.destructive` and `treebank`, after R. MacIntyre's sed script.
 */
export function wordTokenize(text: string, options: WordTokenizeOptions = {}): string[] {
  const { preserveLine = false, rules = "nltk" } = options;
  const sentences = preserveLine ? [text] : splitSentences(text);
  return sentences.flatMap((sentence) => {
    let spaced = sentence;
    for (const [pattern, replacement] of compiled[rules]) spaced = spaced.replace(pattern, replacement);
    return spaced.split(blanks).filter((token) => token !== "");
  });
}
