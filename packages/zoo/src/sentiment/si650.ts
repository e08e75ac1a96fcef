import {
  groupTrainTestSplit,
  padSequences,
  readLines,
  si650,
  si650Unlabelled,
  si650Words,
  syntheticSi650,
  syntheticSi650Unlabelled,
  takeRows,
  trainTestSplit,
  Vocabulary,
  type VocabularyJson,
  vocabulary,
} from "@hekla/datasets";
import type { Model } from "@hekla/layers";
import { Adam, cosineDecay } from "@hekla/optim";
import { DataError, type HostArray, type HostRandom } from "@hekla/tensor";
import { type ConfigOf, choice, integer, number, text } from "../config.js";
import type { DataSource } from "../data-source.js";
import type {
  Artifact,
  EvaluateContext,
  EvaluateOutcome,
  Prediction,
  PredictTask,
  TrainContext,
  TrainOutcome,
} from "../model.js";
import { trainNetwork } from "../train-network.js";
import { gateArtifacts } from "./gate-artifacts.js";

/** What every sentiment model lets a user set; the defaults are the lecture's. */
export const si650Config = {
  epochs: integer({ default: 10, min: 1, doc: "Passes over the training data.", unit: "epochs" }),
  batchSize: integer({ default: 32, min: 1, doc: "Sentences a training step.", unit: "sentences" }),
  learningRate: number({ default: 0.001, above: 0, doc: "Learning rate of Adam." }),
  units: integer({ default: 64, min: 1, doc: "Size of the recurrent state." }),
  embedding: integer({ default: 128, min: 1, doc: "Size of a word's vector." }),
  vocabularySize: integer({
    default: 2000,
    min: 1,
    doc: "The most common words that are kept.",
    unit: "words",
  }),
  length: integer({
    default: 40,
    min: 1,
    doc: "Sentences are filled up or cut to this, at their beginning.",
    unit: "tokens",
  }),
  spatialDropout: number({
    default: 0.2,
    min: 0,
    below: 1,
    doc: "Share of the embedding's channels that is dropped.",
  }),
  dropout: number({
    default: 0.2,
    min: 0,
    below: 1,
    doc: "Share of the recurrent layer's inputs that is dropped.",
  }),
  recurrentDropout: number({ default: 0.2, min: 0, below: 1, doc: "Share of its state that is dropped." }),
  wordDropout: number({
    default: 0,
    min: 0,
    below: 1,
    doc: "Share of the words that are unknown at each step of training.",
  }),
  schedule: choice({
    default: "constant",
    choices: ["constant", "cosine"],
    doc: "Learning rate over time: constant, or a half cosine down to zero.",
  }),
  weightDecay: number({ default: 0, min: 0, doc: "Decoupled weight decay." }),
  split: choice({
    default: "random",
    choices: ["random", "distinct"],
    doc: "A fifth of the lines at random, as the lecture did, or a fifth of the distinct sentences.",
  }),
  splitSeed: integer({
    default: 42,
    min: 0,
    max: 0xffffffff,
    doc: "Seed of the split, as scikit-learn's random_state.",
  }),
  limit: integer({
    default: 0,
    min: 0,
    doc: "Use only this many lines, spread over the data; 0 uses all.",
    unit: "lines",
  }),
  seed: integer({
    default: 1,
    min: 0,
    max: 0xffffffff,
    doc: "Initial weights, dropout and shuffling follow from it.",
  }),
};

export type Si650Schema = typeof si650Config;
export type Si650Config = ConfigOf<Si650Schema>;

/** What all three have: the lecture's settings, the honest split, a first look. */
export const si650Presets = {
  default: { doc: "The lecture's settings on a random split.", values: {} },
  lecture: { doc: "The same: batch 32, 10 epochs, all three dropouts at 0.2.", values: {} },
  distinct: {
    doc: "No test sentence stands in the training part as well; more dropout, found on other splits.",
    values: { split: "distinct", spatialDropout: 0.5, dropout: 0.4 },
  },
  start: { doc: "A first look within half a minute.", values: { epochs: 4 } },
} as const;

/** Sentences as numbered words, and their labels. */
interface Part {
  readonly sentences: readonly string[];
  /** Words of each. */
  readonly tokens: readonly (readonly string[])[];
  /** `[sentences, 1]`: 1 positive, 0 negative. */
  readonly y: HostArray;
}

interface Si650Data {
  readonly train: Part;
  readonly test: Part;
  readonly words: Vocabulary;
  readonly source: string;
}

/** The split, and the vocabulary of all sentences, as the lecture took it. */
async function prepare(data: DataSource, config: Si650Config): Promise<Si650Data> {
  const set = await data.load("si650", si650, () => syntheticSi650());
  const every = config.limit > 0 ? Math.max(1, Math.floor(set.sentences.length / config.limit)) : 1;
  const lines = set.sentences.map((_, at) => at).filter((at) => at % every === 0);
  const sentences = takeRows(set.sentences, lines);
  const labels = lines.map((at) => set.labels[at]!);
  const tokens = sentences.map((sentence) => si650Words(sentence));
  const sizes = { testSize: 0.2, randomState: config.splitSeed };
  const rows =
    config.split === "random"
      ? trainTestSplit(sentences.length, sizes)
      : groupTrainTestSplit(
          tokens.map((words) => words.join(" ")),
          sizes,
        );
  const part = (indices: Int32Array): Part => ({
    sentences: takeRows(sentences, indices),
    tokens: takeRows(tokens, indices),
    y: { data: Float32Array.from(indices, (at) => labels[at]!), shape: [indices.length, 1] },
  });
  return {
    train: part(rows.train),
    test: part(rows.test),
    words: vocabulary(tokens.flat(), { size: config.vocabularySize }),
    source: set.source,
  };
}

/** `[sentences, length]`, filled up at the front. */
function encode(tokens: readonly (readonly string[])[], words: Vocabulary, config: Si650Config): HostArray {
  return padSequences(
    tokens.map((sentence) => words.encode(sentence)),
    { maxlen: config.length },
  );
}

const objectives = { loss: "binaryCrossentropy", metrics: ["accuracy"] } as const;

/** Trains a freshly built network on the sentences as its config says. */
export async function trainSi650(
  id: string,
  network: Model,
  context: TrainContext<Si650Config>,
): Promise<TrainOutcome> {
  const { config } = context;
  const { train, test, words, source } = await prepare(context.data, config);
  const steps = config.epochs * Math.ceil(train.sentences.length / config.batchSize);
  const rate = config.schedule === "cosine" ? cosineDecay(config.learningRate, steps) : config.learningRate;
  const x = encode(train.tokens, words, config);
  network.attachments = { ...network.attachments, vocabulary: words.toJSON() };
  return trainNetwork({
    id,
    network,
    context,
    compile: {
      ...objectives,
      optimizer: new Adam(rate, { weightDecay: config.weightDecay }),
    },
    x: config.wordDropout > 0 ? { data: Float32Array.from(x.data), shape: x.shape } : x,
    y: train.y,
    source,
    samples: train.sentences.length,
    fit: {
      validationData: [encode(test.tokens, words, config), test.y],
      ...(config.wordDropout > 0 && { augment: forgetWords(config.wordDropout, words) }),
    },
  });
}

/** Makes words unknown at random; padding stays. */
function forgetWords(share: number, words: Vocabulary) {
  const unknown = words.indexOf(words.unknown ?? "") ?? 0;
  return (batch: Float32Array, _shape: readonly number[], random: HostRandom): void => {
    for (let at = 0; at < batch.length; at++)
      if (batch[at] !== 0 && random.uniform() < share) batch[at] = unknown;
  };
}

/** Loss and accuracy on the test sentences, and on those of them that do not stand in the training part. */
export async function evaluateSi650(context: EvaluateContext<Si650Config>): Promise<EvaluateOutcome> {
  const { model, config, data } = context;
  const { train, test, source } = await prepare(data, config);
  const words = wordsOf(model);
  const x = encode(test.tokens, words, config);
  if (!model.compileOptions) model.compile({ ...objectives, optimizer: new Adam() });
  const started = performance.now();
  const figures = await model.evaluate(x, test.y, { batchSize: 256 });
  const seconds = (performance.now() - started) / 1000;
  const scores = (await model.predict(x, { batchSize: 256 })).data;
  const right = Array.from(scores, (score, at) => verdict(score) === test.y.data[at]);

  // Sentences stand in the data up to 169 times: the honest figures count each once, and only those not learnt from.
  const keys = test.tokens.map((tokens) => tokens.join(" "));
  const known = new Set(train.tokens.map((tokens) => tokens.join(" ")));
  const once = keys.flatMap((key, at) => (keys.indexOf(key) === at ? [at] : []));
  const unseen = once.filter((at) => !known.has(keys[at]!));
  const share = (rows: readonly number[]) => rows.filter((at) => right[at]).length / rows.length;
  const row = (at: number) => `${verdict(scores[at]!)}\t${test.y.data[at]}\t${test.sentences[at]!.trim()}`;
  const wrong = right.flatMap((isRight, at) => (isRight ? [] : [at]));
  const shown = Array.from({ length: Math.min(8, right.length) }, (_, at) => at);
  return {
    source,
    samples: test.sentences.length,
    seconds,
    metrics: {
      ...figures,
      unseenAccuracy: share(unseen),
      unseenSentences: unseen.length,
    },
    text: [
      "predicted, label, sentence:",
      ...shown.map(row),
      ...(wrong.length > 0 ? ["", "Wrong:", ...wrong.slice(0, 5).map(row)] : []),
    ].join("\n"),
    artifacts: [
      {
        name: "predictions.tsv",
        doc: "predicted, label and sentence of every test sentence",
        content: `${right.map((_, at) => row(at)).join("\n")}\n`,
      },
      ...(await submission(context)),
      ...(await gateArtifacts(model, x, test.tokens, words)),
    ],
  };
}

/** The competition's file: 0 or 1 for each unlabelled sentence, a line each. */
async function submission({ data, model, config }: EvaluateContext<Si650Config>): Promise<Artifact[]> {
  const { sentences } = await data.load("si650 without labels", si650Unlabelled, () =>
    syntheticSi650Unlabelled(),
  );
  const x = encode(
    sentences.map((sentence) => si650Words(sentence)),
    wordsOf(model),
    config,
  );
  const scores = (await model.predict(x, { batchSize: 256 })).data;
  const content = `${Array.from(scores, verdict).join("\n")}\n`;
  const doc = `0 or 1 for each of the ${sentences.length} unlabelled sentences`;
  return [{ name: "submission.txt", doc, content }];
}

const verdict = (score: number): number => (score > 0.5 ? 1 : 0);

function wordsOf(model: Model): Vocabulary {
  const json = model.attachments["vocabulary"] as VocabularyJson | undefined; // cast: written by trainSi650
  if (!json)
    throw new DataError("si650: the model's file has no vocabulary, expected one that train has written");
  return new Vocabulary(json);
}

const predictOptions = {
  text: text({ default: "", doc: "A sentence to judge." }),
};

export type JudgeSentences = PredictTask<Si650Config, typeof predictOptions>;

/** Judges sentences: `predicted<TAB>probability<TAB>sentence`. */
export const judgeSentences: JudgeSentences = {
  kind: "task",
  doc: "Judges sentences: positive (1) or negative (0).",
  options: predictOptions,
  input: "text file with one sentence a line",
  async run({ model, config, options, input }): Promise<Prediction> {
    const lines = input ? readLines(input.bytes, { name: input.name }) : [options.text];
    const sentences = lines.filter((line) => line.trim() !== "");
    if (sentences.length === 0) {
      throw new DataError(
        `predict: nothing to judge, got ${input ? `an empty ${input.name}` : "no text"}, expected a sentence`,
      );
    }
    const words = wordsOf(model);
    const tokens = sentences.map((sentence) => si650Words(sentence));
    const scores = (await model.predict(encode(tokens, words, config), { batchSize: 256 })).data;
    const judged = sentences.map((sentence, at) => ({
      sentence,
      predicted: verdict(scores[at]!),
      probability: scores[at]!,
      unknown: tokens[at]!.filter((word) => words.indexOf(word) === undefined),
    }));
    const line = ({ predicted, probability, sentence, unknown }: (typeof judged)[number]) =>
      `${predicted}\t${probability.toFixed(4)}\t${sentence}${unknown.length > 0 ? `\t(unknown: ${unknown.join(" ")})` : ""}`;
    return { text: judged.map(line).join("\n"), json: { predictions: judged } };
  },
};
