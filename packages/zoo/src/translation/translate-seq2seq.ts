import { syntheticTranslationPairs, translationPairs } from "@hekla/datasets";
import type { Model } from "@hekla/layers";
import { meanMetric, sparseCategoricalCrossentropy } from "@hekla/layers";
import { Adam, cosineDecay } from "@hekla/optim";
import { ConfigError, type ConfigOf, choice, flag, integer, number } from "../config.js";
import type { DataSource } from "../data-source.js";
import type { TaskModel, TrainContext, TrainOutcome } from "../model.js";
import { trainNetwork } from "../train-network.js";
import { evaluateTranslation } from "./evaluate-translation.js";
import { pairBatches } from "./pair-batches.js";
import { smoothedCrossentropy } from "./smoothed-crossentropy.js";
import { translateOptions, translateText } from "./translate-text.js";
import {
  attachedWords,
  encodePairs,
  learnCase,
  learnWords,
  reservedWords,
  type SentencePair,
  splitTranslations,
  type TranslationSplit,
} from "./translation-data.js";
import { translationNetwork } from "./translation-network.js";

const config = {
  attention: choice({
    default: "general",
    choices: ["none", "dot", "general"],
    doc: "How the decoder looks back at the sentence: not at all, by h m, or by h W m.",
  }),
  lexical: flag({
    default: true,
    doc: "With attention: whether the words looked at have a say of their own in what is said.",
  }),
  bidirectional: flag({
    default: true,
    doc: "Whether the encoder reads both ways, with half of the units each.",
  }),
  units: integer({ default: 192, min: 1, doc: "Units of each of the four LSTM layers." }),
  embedding: integer({ default: 128, min: 1, doc: "Numbers that stand for a word." }),
  dropout: number({
    default: 0.3,
    min: 0,
    below: 1,
    doc: "Share of the outputs of each LSTM stack's layers dropped in training.",
  }),
  embeddingDropout: number({
    default: 0,
    min: 0,
    below: 1,
    doc: "Share of the numbers that stand for a word dropped in training.",
  }),
  wordDropout: number({
    default: 0,
    min: 0,
    below: 1,
    doc: "Share of the words read as the unknown one in training.",
  }),
  sourceWords: integer({
    default: 2700,
    min: 1,
    doc: "The most frequent English words; all others are one.",
    unit: "words",
  }),
  targetWords: integer({
    default: 3500,
    min: 1,
    doc: "The most frequent French words; others are never said.",
    unit: "words",
  }),
  epochs: integer({ default: 8, min: 1, doc: "Passes over the training pairs.", unit: "epochs" }),
  batchSize: integer({ default: 32, min: 1, doc: "Pairs a training step.", unit: "pairs" }),
  learningRate: number({
    default: 0.005,
    above: 0,
    doc: "Adam's learning rate, which falls to zero along a half cosine.",
  }),
  clipNorm: number({ default: 5, above: 0, doc: "Largest norm of all gradients together." }),
  labelSmoothing: number({
    default: 0.1,
    min: 0,
    below: 1,
    doc: "Share of each label's probability that is spread over all words in training.",
  }),
  beamWidth: integer({
    default: 5,
    min: 1,
    max: 64,
    doc: "Hypotheses of the beam search that is evaluated beside greedy decoding.",
  }),
  lengthPenalty: number({
    default: 1,
    min: 0,
    doc: "Exponent of beam search's length penalty; 0 favours short sentences.",
  }),
  limit: integer({
    default: 25_000,
    min: 1,
    doc: "Takes the first so many pairs, which are the shortest.",
    unit: "pairs",
  }),
  testShare: number({
    default: 0.1,
    above: 0,
    below: 1,
    doc: "Share of the distinct English sentences to test on.",
  }),
  validationShare: number({
    default: 0.05,
    above: 0,
    below: 1,
    doc: "Share of them to watch the training by.",
  }),
  splitSeed: integer({
    default: 0,
    min: 0,
    max: 0xffffffff,
    doc: "Which sentences those are follows from it alone.",
  }),
  seed: integer({
    default: 1,
    min: 0,
    max: 0xffffffff,
    doc: "Initial weights, order of the pairs and dropout follow from it.",
  }),
};
export type TranslationConfig = ConfigOf<typeof config>;

/**
 * English to French: two stacked LSTM layers read a sentence, two others say it in French, with a look back at what was read
 * (attention) or without. Trained to say each next word of a given translation (teacher forcing).
 * Source: Sutskever, Vinyals and Le 2014; Luong, Pham and Manning 2015; the 2020 lecture's encoder-decoder.
 */
export const translateSeq2seq: TaskModel<typeof config, typeof translateOptions> = {
  id: "translate-seq2seq",
  title: "English-French translator",
  doc: "Two stacked LSTM networks, one that reads English and one that says it in French.",
  published: "",
  samples: "pairs",
  headline: ["exactMatch", "bleu", "tokenAccuracy"],

  config,
  presets: {
    default: { doc: "25 000 pairs of short sentences, with attention.", values: {} },
    plain: {
      doc: "The same without attention: all that is known of a sentence are the encoder's last states.",
      values: { attention: "none" },
    },
    start: {
      doc: "A first look within a minute or two: 4 000 pairs, small layers.",
      values: {
        limit: 4000,
        sourceWords: 1000,
        targetWords: 1200,
        units: 96,
        embedding: 64,
        epochs: 6,
        learningRate: 0.005,
      },
    },
  },

  build,
  train,
  async evaluate({ model, data, config: settings }) {
    const { split, source } = await loadSplit(data, settings);
    if (!model.compileOptions) model.compile(compileOptions(settings, 1));
    return evaluateTranslation({ model, split, source, settings });
  },

  predict: {
    kind: "task",
    doc: "Translates English sentences into French.",
    options: translateOptions,
    input: "English sentences, one a line",
    run: translateText,
  },
};

function build(settings: TranslationConfig): Model {
  if (settings.bidirectional && settings.units % 2 === 1) {
    const wanted = "an even number: half of them for each direction (or bidirectional false)";
    throw new ConfigError("units", String(settings.units), wanted);
  }
  const sourceWords = settings.sourceWords + reservedWords;
  return translationNetwork({
    ...settings,
    sourceWords,
    targetWords: settings.targetWords + reservedWords,
  });
}

async function train(context: TrainContext<TranslationConfig>): Promise<TrainOutcome> {
  const { config: settings, data } = context;
  const { split, source } = await loadSplit(data, settings);
  const casing = learnCase(split.train);
  const words = learnWords(split.train, casing, settings);
  const network = build(settings);
  network.attachments = attachedWords(words);
  const batches = (pairs: readonly SentencePair[], seed?: number) =>
    pairBatches(encodePairs(pairs, words, casing), {
      batchSize: settings.batchSize,
      ...(seed !== undefined && { seed, wordDropout: settings.wordDropout }),
    });
  const x = batches(split.train, settings.seed);
  const steps = x.size!;
  return trainNetwork({
    id: translateSeq2seq.id,
    network,
    context,
    compile: compileOptions(settings, steps),
    x,
    source,
    samples: split.train.length,
    steps,
    fit: { validationData: batches(split.validation) },
  });
}

/** Pairs from `dataDir`, or made-up ones, dealt out by the English side. */
async function loadSplit(
  data: DataSource,
  { limit, validationShare: validation, testShare: test, splitSeed }: TranslationConfig,
): Promise<{ readonly split: TranslationSplit; readonly source: string }> {
  const { english, french, source } = await data.load(
    "fra-eng",
    (options) => translationPairs(options),
    () => syntheticTranslationPairs(),
  );
  const pairs = english.slice(0, limit).map((sentence, at): SentencePair => [sentence, french[at]!]);
  return { split: splitTranslations(pairs, { validation, test }, splitSeed), source };
}

function compileOptions(
  { labelSmoothing, learningRate, clipNorm, epochs }: TranslationConfig,
  steps: number,
) {
  return {
    optimizer: new Adam(cosineDecay(learningRate, epochs * steps), { globalClipNorm: clipNorm }),
    loss:
      labelSmoothing > 0
        ? smoothedCrossentropy(labelSmoothing)
        : ({ name: "sparseCategoricalCrossentropy", fromLogits: true } as const),
    metrics: ["accuracy", crossentropy] as const,
  };
}

/** Nats a word. Named here: a function's own name does not outlive every bundler. */
const crossentropy = meanMetric("crossentropy", (labels, logits) =>
  sparseCategoricalCrossentropy(labels, logits, { fromLogits: true }),
);
