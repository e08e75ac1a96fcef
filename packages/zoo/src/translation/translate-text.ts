import { normalizeSentence, readLines } from "@hekla/datasets";
import { DataError } from "@hekla/tensor";
import { type ConfigOf, integer, number, text } from "../config.js";
import type { Artifact, InputFile, PredictContext, Prediction } from "../model.js";
import { attentionMap } from "./attention-map.js";
import { englishTokens, frenchSentence, keptWords, UNKNOWN } from "./translation-data.js";
import { Translator } from "./translator.js";

export const translateOptions = {
  text: text({ default: "", doc: "An English sentence." }),
  beamWidth: integer({
    default: 5,
    min: 1,
    max: 64,
    doc: "Hypotheses that are kept while a translation is looked for; 1 takes the likeliest word each time.",
  }),
  lengthPenalty: number({
    default: 1,
    min: 0,
    doc: "Exponent of the length penalty; 0 favours short translations.",
  }),
};

/** Most words and marks of a sentence. */
const mostWords = 200;
/** Sentences side by side, as many as the translator's plans have rows for. */
const sideBySide = 64;

/**
 * Translates a text or the lines of a file; words that the model does not know are named.
 * @throws DataError where there is nothing to translate: the line
 */
export async function translateText({
  model,
  options,
  input,
}: PredictContext<unknown, ConfigOf<typeof translateOptions>>): Promise<Prediction> {
  const { beamWidth, lengthPenalty } = options;
  const sentences = input ? sentencesIn(input) : [checked("predict: text", options.text)];
  const words = keptWords(model.attachments);
  const translator = new Translator(model, words.target.size);
  try {
    const translations = [];
    for (let from = 0; from < sentences.length; from += sideBySide) {
      const batch = sentences.slice(from, from + sideBySide);
      const tokens = batch.map(englishTokens);
      const numbers = tokens.map((sentence) => words.source.encode(sentence));
      const found = await translator.hypotheses(numbers, beamWidth, lengthPenalty);
      translations.push(
        ...batch.map((sentence, row) => ({
          text: sentence,
          unknown: tokens[row]!.filter((_, at) => numbers[row]![at] === UNKNOWN),
          hypotheses: found[row]!,
        })),
      );
    }
    const read = (numbers: readonly number[]): string => frenchSentence(words.target.decode(numbers));
    const lines = translations.map(({ unknown, hypotheses }) => {
      const note = unknown.length > 0 ? `\t(unknown words: ${unknown.join(", ")})` : "";
      return `${read(hypotheses[0]!.tokens)}${note}`;
    });
    const json = {
      translations: translations.map(({ text, unknown, hypotheses }) => ({
        text,
        translation: read(hypotheses[0]!.tokens),
        unknown,
        hypotheses: hypotheses.map(({ tokens, logProbability, score }) => ({
          text: read(tokens),
          logProbability,
          score,
        })),
      })),
    };
    const artifacts: Artifact[] = [];
    if (!input) {
      const map = await attentionMap(
        translator,
        words,
        sentences[0]!,
        translations[0]!.hypotheses[0]!.tokens,
      );
      if (map) artifacts.push({ name: "attention.svg", doc: map.title, content: map.svg });
    }
    return { text: lines.join("\n"), json, artifacts };
  } finally {
    translator.dispose();
  }
}

function sentencesIn({ name, bytes }: InputFile): string[] {
  return readLines(bytes, { name, owner: "predict" }).map((line, at) =>
    checked(`predict: ${name} line ${at + 1}`, line),
  );
}

/** @throws DataError for a sentence without words, or with too many */
function checked(where: string, sentence: string): string {
  const { length } = englishTokens(sentence);
  if (length > 0 && length <= mostWords) return normalizeSentence(sentence);
  throw new DataError(
    length === 0
      ? `${where}: there is nothing to translate, got no words, expected an English sentence`
      : `${where}: the sentence is too long, got ${length} words and marks, expected at most ${mostWords}`,
  );
}
