import { Dense, Dropout, Embedding, Input, LSTM, type Model, Sequential } from "@hekla/layers";
import { Adam, cosineDecay } from "@hekla/optim";
import { DataError, type HostArray } from "@hekla/tensor";
import { type ConfigOf, integer, number, text } from "../config.js";
import type { EvaluateContext, EvaluateOutcome, TaskModel, TrainContext, TrainOutcome } from "../model.js";
import { trainNetwork } from "../train-network.js";
import { CharacterNgrams } from "./character-ngrams.js";
import { CharacterReader, scoreReading } from "./character-reader.js";
import { CharacterVocabulary, loadCharacterText } from "./character-text.js";
import { samplesByTemperature, writeText } from "./character-writer.js";
import { readingPicture } from "./reading-picture.js";

const config = {
  text: text({
    default: "fra-eng",
    doc: "What to learn: fra-eng (English sentences), si650 (blogs), or a text file of the data folder.",
  }),
  vocabularySize: integer({
    default: 80,
    min: 3,
    doc: "The most frequent characters, and one number for all others.",
    unit: "characters",
  }),
  embedding: integer({ default: 48, min: 1, doc: "Numbers that stand for a character." }),
  units: integer({ default: 256, min: 1, doc: "Units of each LSTM layer." }),
  layers: integer({ default: 2, min: 1, max: 4, doc: "LSTM layers." }),
  dropout: number({
    default: 0.25,
    min: 0,
    below: 1,
    doc: "Share of each LSTM layer's outputs dropped in training.",
  }),
  window: integer({
    default: 64,
    min: 1,
    doc: "Characters a training step goes through; gradients end at its start, states go on.",
    unit: "characters",
  }),
  batchSize: integer({
    default: 16,
    min: 1,
    doc: "Parts of the text that are read side by side.",
    unit: "samples",
  }),
  epochs: integer({ default: 20, min: 1, doc: "Passes over the text.", unit: "epochs" }),
  learningRate: number({
    default: 0.003,
    above: 0,
    doc: "Adam's learning rate, which falls to zero along a half cosine.",
  }),
  clipNorm: number({ default: 1, above: 0, doc: "Largest norm of all gradients together." }),
  seed: integer({ default: 1, min: 0, max: 0xffffffff, doc: "Initial weights and dropout follow from it." }),
};
type CharConfig = ConfigOf<typeof config>;

const options = {
  prompt: text({ default: "", doc: "How the text begins." }),
  temperature: number({
    default: 0.6,
    min: 0,
    doc: "Below 1 the likely is made likelier, above 1 the unlikely; 0 always takes the likeliest.",
  }),
  topK: integer({ default: 0, min: 0, doc: "Draws from so many likeliest characters only; 0 from all." }),
  length: integer({ default: 400, min: 1, max: 100_000, doc: "Characters to write.", unit: "characters" }),
  seed: integer({ default: 1, min: 0, max: 0xffffffff, doc: "The drawn characters follow from it." }),
};

/**
 * A generative character model: reads a text and says which character comes next; drawn and fed back,
 * characters become a new text. Trained by backpropagation through time over windows of a text, with states
 * that go on from window to window.
 * Source: Graves, "Generating sequences with recurrent neural networks", 2013, section 3; the 2020
 * lecture's generative LSTM.
 */
export const charLstm: TaskModel<typeof config, typeof options> = {
  id: "char-lstm",
  title: "Character LSTM",
  doc: "Learns a text's characters one after the other, then writes new text.",
  published: "",
  samples: "windows",
  headline: ["bitsPerCharacter", "accuracy", "trigramBits", "fivegramBits"],

  config,
  presets: {
    default: { doc: "Most of 15 410 English sentences of at most six words, 20 times over.", values: {} },
    blogs: {
      doc: "Most of 8 747 sentences of blogs (SI650), 15 times over.",
      values: { text: "si650", vocabularySize: 100, epochs: 15 },
    },
    start: {
      doc: "A first look within half a minute: one layer of 96 units, six passes.",
      values: { layers: 1, units: 96, epochs: 6, learningRate: 0.01, dropout: 0 },
    },
  },

  build,
  train,
  evaluate,

  predict: {
    kind: "task",
    doc: "Writes text as the model has learnt it.",
    options,
    async run({ model, config: settings, options: { prompt, temperature, topK, length, seed } }) {
      const writer = {
        vocabulary: keptVocabulary(model),
        reader: await new CharacterReader(settings).follow(model),
      };
      try {
        const written = await writeText(writer, { prompt, temperature, topK, length, seed });
        return { text: prompt + written, json: { prompt, temperature, topK, seed, text: prompt + written } };
      } finally {
        writer.reader.dispose();
      }
    },
  },
};

function build({ vocabularySize, embedding, units, layers, dropout, seed }: CharConfig): Sequential {
  const stack = Array.from({ length: layers }, () => [
    new LSTM(units, { returnSequences: true, stateful: true }),
    ...(dropout > 0 ? [new Dropout(dropout)] : []),
  ]);
  return new Sequential(
    [
      new Input([null], { dtype: "int32" }),
      new Embedding(vocabularySize, embedding),
      ...stack.flat(),
      new Dense(vocabularySize, { activation: "softmax" }),
    ],
    { name: "char_lstm", seed },
  );
}

async function train(context: TrainContext<CharConfig>): Promise<TrainOutcome> {
  const { config: settings, data } = context;
  const { window, batchSize, vocabularySize, epochs, learningRate, clipNorm } = settings;
  const read = await loadCharacterText(data, settings.text);
  const vocabulary = CharacterVocabulary.of(read.train, vocabularySize);
  const { x, y } = streams(vocabulary.encode(read.train), batchSize, window, read.source);
  const samples = x.shape[0]!;

  const network = build(settings);
  network.attachments = { characters: vocabulary.characters.join("") };
  const reader = new CharacterReader(settings);
  const held = vocabulary.encode(read.validation).subarray(0, 2048);
  const resetStates = () => {
    for (const layer of network.layers) if (layer instanceof LSTM) layer.resetStates();
  };
  try {
    return await trainNetwork({
      id: charLstm.id,
      network,
      context,
      compile: {
        loss: "sparseCategoricalCrossentropy",
        optimizer: new Adam(cosineDecay(learningRate, (epochs * samples) / batchSize), {
          globalClipNorm: clipNorm,
        }),
      },
      x,
      y,
      source: read.source,
      samples,
      fit: {
        shuffle: false,
        callbacks: [
          {
            onEpochBegin: resetStates,
            async onEpochEnd(_epoch, logs) {
              const { bitsPerCharacter } = await scoreReading(await reader.follow(network), held);
              logs["val_bits"] = bitsPerCharacter;
            },
            // The file need not hold where in the text the last epoch ended.
            onTrainEnd: resetStates,
          },
        ],
      },
    });
  } finally {
    reader.dispose();
  }
}

/**
 * A text as `count` long streams read side by side: sample k of each batch goes on where sample k of the
 * batch before ended. x and y are `[batches * count, window]`, y one character ahead.
 */
function streams(
  text: Int32Array,
  count: number,
  window: number,
  source: string,
): { x: HostArray; y: HostArray } {
  const batches = Math.floor((text.length - 1) / count / window);
  if (batches === 0) {
    throw new DataError(
      `char-lstm: ${source} is too short, got ${text.length} characters to learn from, expected at least ` +
        `${count * window + 1} for a batchSize of ${count} and a window of ${window}`,
    );
  }
  const shape = [batches * count, window];
  const [x, y] = [new Int32Array(batches * count * window), new Int32Array(batches * count * window)];
  for (let batch = 0; batch < batches; batch++) {
    for (let stream = 0; stream < count; stream++) {
      const from = (stream * batches + batch) * window;
      const to = (batch * count + stream) * window;
      x.set(text.subarray(from, from + window), to);
      y.set(text.subarray(from + 1, from + window + 1), to);
    }
  }
  return { x: { data: x, shape }, y: { data: y, shape } };
}

/** Bits per character of the network and of n-grams on the test text, and samples at several temperatures. */
async function evaluate({
  model,
  data,
  config: settings,
}: EvaluateContext<CharConfig>): Promise<EvaluateOutcome> {
  const read = await loadCharacterText(data, settings.text);
  const vocabulary = keptVocabulary(model);
  const [known, test] = [vocabulary.encode(read.train), vocabulary.encode(read.test)];
  const ngramBits = (order: number) =>
    new CharacterNgrams(known, settings.vocabularySize, order).bitsPerCharacter(test);
  const reader = await new CharacterReader(settings).follow(model);
  try {
    const started = performance.now();
    const { bitsPerCharacter, accuracy } = await scoreReading(reader, test);
    const seconds = (performance.now() - started) / 1000;
    const samples = await samplesByTemperature({ vocabulary, reader });
    return {
      source: read.source,
      samples: Math.ceil((test.length - 1) / settings.window),
      metrics: {
        bitsPerCharacter,
        accuracy,
        unigramBits: ngramBits(1),
        trigramBits: ngramBits(3),
        fivegramBits: ngramBits(5),
        characters: test.length,
        unknown: test.filter((character) => character === 0).length,
      },
      seconds,
      text: samples,
      artifacts: [
        { name: "samples.txt", doc: "text written at several temperatures", content: samples },
        await readingPicture({ vocabulary, reader }, test.subarray(0, 64)),
      ],
    };
  } finally {
    reader.dispose();
  }
}

function keptVocabulary(model: Model): CharacterVocabulary {
  const kept = model.attachments["characters"];
  if (typeof kept === "string") return new CharacterVocabulary([...kept]);
  throw new DataError(
    "char-lstm: the model's file does not say which characters its numbers stand for, got none, " +
      "expected a file that hekla train char-lstm wrote",
  );
}
