import type { Model } from "@hekla/layers";
import type { Artifact, EvaluateOutcome } from "../model.js";
import { attentionMap } from "./attention-map.js";
import { corpusBleu } from "./bleu.js";
import { corpusChrf } from "./chrf.js";
import { pairBatches } from "./pair-batches.js";
import {
  encodePairs,
  englishTokens,
  frenchSentence,
  groupTranslations,
  keptWords,
  learnCase,
  plainFrench,
  type Translated,
  type TranslationSplit,
} from "./translation-data.js";
import { Translator } from "./translator.js";

/** What is evaluated, and how. */
export interface TranslationEvaluation {
  readonly model: Model;
  readonly split: TranslationSplit;
  /** Name of the data's origin. */
  readonly source: string;
  readonly settings: {
    readonly batchSize: number;
    readonly beamWidth: number;
    readonly lengthPenalty: number;
  };
}

/** Longest English sentence, in words, of those that `exactMatch` looks at. */
const shortSentence = 5;
/** Samples in the text, and sentences with an attention map. */
const shown = { samples: 12, maps: 3 };

/**
 * Figures on the test part. Of the given translations: `loss` (nats a word), `perplexity`, `tokenAccuracy`. Of each distinct
 * English sentence's own translation, all French ones in the data being right: `bleu`, `chrf`, and the share that equals one
 * of them, `exactMatchAll`, among sentences of at most 5 words `exactMatch`; with beam search the same behind `beam`.
 */
export async function evaluateTranslation(evaluation: TranslationEvaluation): Promise<EvaluateOutcome> {
  const { model, split, source, settings } = evaluation;
  const started = performance.now();
  const words = keptWords(model.attachments);
  const encoded = encodePairs(split.test, words, learnCase(split.train));
  const { accuracy, crossentropy } = await model.evaluate(
    pairBatches(encoded, { batchSize: settings.batchSize }),
  );
  const sentences = groupTranslations(split.test);
  const translator = new Translator(model, words.target.size);
  try {
    const numbers = sentences.map(({ english }) => words.source.encode(englishTokens(english)));
    const said = await translator.translate(numbers);
    const read = (found: readonly (readonly number[])[]): string[] =>
      found.map((sentence) => frenchSentence(words.target.decode(sentence)));
    const greedy = read(said);
    const { beamWidth, lengthPenalty } = settings;
    const beam =
      beamWidth > 1 ? read(await translator.translate(numbers, { beamWidth, lengthPenalty })) : undefined;
    const metrics = {
      ...scores(sentences, greedy),
      ...(beam && prefixed("beam", scores(sentences, beam))),
      loss: crossentropy!,
      perplexity: Math.exp(crossentropy!),
      tokenAccuracy: accuracy!,
    };
    const table = translationTable(sentences, greedy, beam);
    const artifacts: Artifact[] = [
      { name: "translations.tsv", doc: "all test sentences with their translations", content: table },
    ];
    const longest = longestOf(sentences, shown.maps);
    for (const [rank, at] of longest.entries()) {
      const map = await attentionMap(translator, words, sentences[at]!.english, said[at]!);
      if (map) artifacts.push({ name: `attention-${rank + 1}.svg`, doc: map.title, content: map.svg });
    }
    const seconds = (performance.now() - started) / 1000;
    const text = sampleText(sentences, greedy);
    return { source, samples: split.test.length, metrics, seconds, text, artifacts };
  } finally {
    translator.dispose();
  }
}

/** BLEU, chrF and exact matches of translations. */
export function scores(
  sentences: readonly Translated[],
  found: readonly string[],
): Record<"exactMatch" | "exactMatchAll" | "bleu" | "chrf", number> {
  const references = sentences.map(({ french }) => french);
  const hits = sentences.map((sentence, at) => isExact(sentence, found[at]!));
  const short = hits.filter((_, at) => sentences[at]!.english.split(" ").length <= shortSentence);
  const share = (of: readonly boolean[]): number => of.filter(Boolean).length / Math.max(of.length, 1);
  return {
    exactMatch: share(short),
    exactMatchAll: share(hits),
    bleu: corpusBleu(found, references).score,
    chrf: corpusChrf(found, references),
  };
}

/** Whether a translation is one of those in the data, blanks around marks aside. */
const isExact = ({ french }: Translated, found: string): boolean => french.map(plainFrench).includes(found);

const prefixed = (prefix: string, figures: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [
      `${prefix}${name.charAt(0).toUpperCase()}${name.slice(1)}`,
      value,
    ]),
  );

function translationTable(
  sentences: readonly Translated[],
  greedy: readonly string[],
  beam: readonly string[] | undefined,
): string {
  const rows = sentences.map((sentence, at) => [
    sentence.english,
    greedy[at]!,
    isExact(sentence, greedy[at]!) ? "1" : "0",
    ...(beam ? [beam[at]!, isExact(sentence, beam[at]!) ? "1" : "0"] : []),
    sentence.french.join(" | "),
  ]);
  const header = ["english", "greedy", "exact", ...(beam ? ["beam", "beam exact"] : []), "references"];
  return [header, ...rows].map((row) => `${row.join("\t")}\n`).join("");
}

/** Sentences at even distances through the test part, right or wrong. */
function sampleText(sentences: readonly Translated[], found: readonly string[]): string {
  const count = Math.min(shown.samples, sentences.length);
  const places = Array.from({ length: count }, (_, at) => Math.floor((at * sentences.length) / count));
  const lines = places.map((at) => {
    const sentence = sentences[at]!;
    const mark = isExact(sentence, found[at]!) ? "=" : " ";
    return `${mark} ${sentence.english}\t${found[at]!}\t${sentence.french[0]!}`;
  });
  return ["  english\ttranslation\treference (= where it equals one)", ...lines].join("\n");
}

/** Places of the sentences with the most words. */
function longestOf(sentences: readonly Translated[], count: number): number[] {
  const lengths = sentences.map(({ english }) => englishTokens(english).length);
  return lengths
    .map((_, at) => at)
    .sort((a, b) => lengths[b]! - lengths[a]!)
    .slice(0, count);
}
