import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { wasm } from "@hekla/kernels-wasm";
import { type Callback, type Model, modelFromBytes } from "@hekla/layers";
import { type Backend, HostRandom, useBackend } from "@hekla/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ConfigOf, resolveConfig } from "../config.js";
import { DataSource } from "../data-source.js";
import { translateSeq2seq } from "./translate-seq2seq.js";
import { END, englishTokens, frenchSentence, keptWords, START } from "./translation-data.js";
import { Translator } from "./translator.js";

const split = (line: string): (readonly [string, string])[] =>
  line.split(",").map((entry) => entry.split("=") as [string, string]);
const subjects = split("I=je,we=nous,Tom=Tom,dogs=les chiens");
const verbs = split("see=vois,like=aime,want=veux,draw=dessine");
const counts = split("two=deux,three=trois,four=quatre,five=cinq,six=six");
const colors = split("red=rouges,black=noirs,small=petits");
const nouns = split("cats=chats,books=livres,cars=bus,apples=fruits,boats=bateaux,hats=chapeaux");

/** A regular pair of languages, with the color before the noun or behind it. */
function madeUpPairs(count: number): string {
  const random = new HostRandom(9, "pairs");
  const pick = (items: readonly (readonly [string, string])[]) => items[random.integer(items.length)]!;
  const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
  const lines = Array.from({ length: count }, () => {
    const [subject, verb, number, color, noun] = [subjects, verbs, counts, colors, nouns].map(pick);
    const english = `${capital(subject![0])} ${verb![0]} ${number![0]} ${color![0]} ${noun![0]}.`;
    return `${english}\t${capital(subject![1])} ${verb![1]} ${number![1]} ${noun![1]} ${color![1]}.\n`;
  });
  return lines.join("");
}

let backend: Backend;
let folder: string;
let data: DataSource;
beforeAll(async () => {
  backend = await useBackend(wasm());
  folder = await mkdtemp(join(tmpdir(), "hekla-pairs-"));
  await mkdir(join(folder, "fra-eng"));
  await writeFile(join(folder, "fra-eng", "fra-first-25000.txt"), madeUpPairs(900));
  data = new DataSource({ dataDir: folder });
});
afterAll(async () => {
  await backend.dispose();
  await rm(folder, { recursive: true });
});

type Settings = Partial<ConfigOf<typeof translateSeq2seq.config>>;
const quick = {
  units: 48,
  embedding: 32,
  sourceWords: 30,
  targetWords: 60,
  dropout: 0,
  embeddingDropout: 0,
  wordDropout: 0,
  batchSize: 32,
  learningRate: 0.005,
  epochs: 20,
  testShare: 0.15,
  beamWidth: 3,
} as const;
const small = {
  ...quick,
  units: 8,
  embedding: 6,
  epochs: 2,
  limit: 120,
  dropout: 0.2,
  embeddingDropout: 0.2,
  wordDropout: 0.1,
} as const;
const configOf = (settings: Settings) => resolveConfig(translateSeq2seq.config, settings);
const train = (settings: Settings) => translateSeq2seq.train({ config: configOf(settings), data });

describe("translate-seq2seq", () => {
  let learnt: { readonly model: Model; readonly config: ReturnType<typeof configOf> };
  beforeAll(async () => {
    const { model } = await train(quick);
    learnt = { model: modelFromBytes(await model.toBytes()), config: configOf(quick) };
  });

  it("learns a regular pair of languages, and says so from its file alone", async () => {
    const { metrics, text, artifacts = [] } = await translateSeq2seq.evaluate({ ...learnt, data });
    expect(metrics["exactMatch"]).toBeGreaterThan(0.9);
    expect(metrics["beamExactMatch"]).toBeGreaterThan(0.9);
    expect(metrics["bleu"]).toBeGreaterThan(90);
    expect(metrics["tokenAccuracy"]).toBeGreaterThan(0.95);
    expect(metrics["perplexity"]).toBeCloseTo(Math.exp(metrics["loss"]!), 10);
    expect(text!.split("\n")).toHaveLength(13);
    expect(artifacts.map(({ name }) => name)).toEqual([
      "translations.tsv",
      "attention-1.svg",
      "attention-2.svg",
      "attention-3.svg",
    ]);
    expect(artifacts[1]!.content).toContain("<svg");
    const [header, ...rows] = (artifacts[0]!.content as string).trimEnd().split("\n");
    expect(header!.split("\t")).toEqual(["english", "greedy", "exact", "beam", "beam exact", "references"]);
    const exact = rows.filter((row) => row.split("\t")[2] === "1").length;
    expect(exact / rows.length).toBeCloseTo(metrics["exactMatchAll"]!, 10);
  });

  it("translates a text, and names the words it does not know", async () => {
    const options = { text: "  we like five black   cats. ", beamWidth: 3, lengthPenalty: 1 };
    const found = await translateSeq2seq.predict.run({ ...learnt, data, options });
    expect(found.text).toBe("Nous aime cinq chats noirs.");
    expect(found.artifacts!.map(({ name }) => name)).toEqual(["attention.svg"]);
    const input = {
      name: "lines.txt",
      bytes: new TextEncoder().encode("Tom wants two big hats.\r\nI draw six red apples.\n"),
    };
    const lines = await translateSeq2seq.predict.run({ ...learnt, data, options, input });
    expect(lines.text.split("\n")[0]).toMatch(/\t\(unknown words: wants, big\)$/);
    expect(lines.text.split("\n")[1]).toBe("Je dessine six fruits rouges.");
    const { translations } = lines.json as { translations: { unknown: string[]; hypotheses: unknown[] }[] };
    expect(translations[0]!.unknown).toEqual(["wants", "big"]);
    expect(translations[1]!.hypotheses.length).toBe(3);
  });

  it.each([
    [
      "",
      undefined,
      "predict: text: there is nothing to translate, got no words, expected an English sentence",
    ],
    ["Hi.", "Hi.\n\nHo.\n", "predict: in.txt line 2: there is nothing to translate"],
    ["Hi.", "", "predict: in.txt line 1 is missing, got an empty file"],
    ["Hi.", "ok\nno \xff\n", "predict: in.txt line 2 is no text, got bytes that are not UTF-8"],
    [`${"so ".repeat(201)}`, undefined, "predict: text: the sentence is too long, got 201 words and marks"],
  ])("refuses %.20j with the file %j", async (given, file, message) => {
    const options = { text: given, beamWidth: 1, lengthPenalty: 1 };
    const input = file === undefined ? undefined : { name: "in.txt", bytes: Buffer.from(file, "latin1") };
    const run = translateSeq2seq.predict.run({ ...learnt, data, options, ...(input && { input }) });
    await expect(run).rejects.toThrow(message);
  });

  it("says word by word what the whole network says, with a beam of 1 as greedily", async () => {
    const words = keptWords(learnt.model.attachments);
    const translator = new Translator(learnt.model, words.target.size);
    const sentences = ["I see two red cats.", "Tom.", "Boats like small dogs, six cars, and what?"].map(
      (text) => words.source.encode(englishTokens(text)),
    );
    const greedy = await translator.translate(sentences);
    const beams = await translator.hypotheses(sentences, 1, 1);
    expect(beams.map(([best]) => best!.tokens)).toEqual(greedy);
    expect(frenchSentence(words.target.decode(greedy[0]!))).toBe("Je vois deux chats rouges.");
    const [widest] = await translator.hypotheses([sentences[0]!], 64, 0);
    expect(widest![0]!.tokens).toEqual(greedy[0]);
    expect(Math.min(...widest!.flatMap(({ tokens }) => tokens))).toBeGreaterThan(END);
    for (const [at, source] of sentences.entries()) {
      const target = [START, ...greedy[at]!];
      const logits = await learnt.model.predict([
        { data: Int32Array.from(source), shape: [1, source.length] },
        { data: Int32Array.from(target), shape: [1, target.length] },
      ]);
      const size = logits.shape[2]!;
      const best = target.map((_, step) => {
        const row = Array.from(logits.data.slice(step * size, (step + 1) * size));
        row.fill(-Infinity, 0, END).fill(-Infinity, words.target.size);
        return row.indexOf(Math.max(...row));
      });
      expect(best.slice(0, greedy[at]!.length)).toEqual(greedy[at]);
    }
    translator.dispose();
  });

  it("looks at the words it read with weights that sum to 1", async () => {
    const words = keptWords(learnt.model.attachments);
    const translator = new Translator(learnt.model, words.target.size);
    const source = words.source.encode(englishTokens("We want four black books."));
    const [target] = await translator.translate([source]);
    const weights = (await translator.attention(source, target!))!;
    expect(weights).toHaveLength(target!.length + 1);
    for (const row of weights) {
      expect(row).toHaveLength(source.length);
      expect(Math.min(...row)).toBeGreaterThanOrEqual(0);
      expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    }
    translator.dispose();
  });
});

describe("training", () => {
  it.each(["none", "dot", "general"] as const)(
    "with attention %s gives the same bytes again",
    async (attention) => {
      const bytes = await Promise.all(
        [await train({ ...small, attention }), await train({ ...small, attention })].map(({ model }) =>
          model.toBytes(),
        ),
      );
      expect(Buffer.compare(bytes[0]!, bytes[1]!)).toBe(0);
      const other = await (await train({ ...small, attention, seed: 2 })).model.toBytes();
      expect(Buffer.compare(bytes[0]!, other)).not.toBe(0);
    },
  );

  it.each([
    ["after an epoch", (stop: () => void) => ({ onEpochEnd: stop }), 1, 0],
    ["inside one", (stop: () => void) => ({ onBatchEnd: (batch: number) => batch === 1 && stop() }), 0, 2],
  ])(
    "goes on after an interruption %s as if there had been none, to the bit",
    async (_, at, epochs, steps) => {
      const config = configOf({ ...small, labelSmoothing: 0 });
      const straight = await translateSeq2seq.train({ config, data });
      const controller = new AbortController();
      const callbacks = [at(() => controller.abort()) as Callback];
      const { signal } = controller;
      const begun = await translateSeq2seq.train({ config, data, callbacks, signal });
      expect(begun.history["loss"] ?? []).toHaveLength(epochs);
      const bytes = await begun.model.toBytes();
      const resumed = await translateSeq2seq.train({ config, data, resume: { bytes, source: "begun" } });
      expect([resumed.initialEpoch, resumed.initialStep]).toEqual([epochs, steps]);
      expect(Buffer.compare(await resumed.model.toBytes(), await straight.model.toBytes())).toBe(0);
    },
  );

  it("reads forwards alone, or without a say of single words, where that is wanted", async () => {
    const layersOf = (settings: Settings) =>
      translateSeq2seq.build(configOf({ ...small, ...settings })).layers.map(({ name }) => name);
    expect(layersOf({})).toEqual(expect.arrayContaining(["encoder_2_h", "lexical_logits"]));
    expect(layersOf({ bidirectional: false })).not.toContain("encoder_2_h");
    expect(layersOf({ lexical: false })).not.toContain("lexical_logits");
    expect(layersOf({ attention: "none" })).not.toContain("lexical_logits");
    const { model, history } = await train({ ...small, bidirectional: false, lexical: false });
    expect(history["loss"]![1]).toBeLessThan(history["loss"]![0]!);
    const options = { text: "I see two red cats.", beamWidth: 2, lengthPenalty: 1 };
    const config = configOf(small);
    expect((await translateSeq2seq.predict.run({ model, config, data, options })).text).not.toBe("");
    expect(() => translateSeq2seq.build(configOf({ ...small, units: 7 }))).toThrow(
      /units does not fit, got 7, expected an even number/,
    );
  });

  it("without attention, a prediction has no map of it", async () => {
    const config = configOf({ ...small, attention: "none" });
    const { model } = await translateSeq2seq.train({ config, data });
    const options = { text: "I see two red cats.", beamWidth: 2, lengthPenalty: 1 };
    expect((await translateSeq2seq.predict.run({ model, config, data, options })).artifacts).toEqual([]);
    const { artifacts } = await translateSeq2seq.evaluate({ model, config, data });
    expect(artifacts!.map(({ name }) => name)).toEqual(["translations.tsv"]);
  });

  it("has the synthetic pairs where no others are asked for", async () => {
    const config = configOf({ ...small, epochs: 1 });
    const made = new DataSource({ synthetic: "always" });
    const { source, trainSamples, stepsPerEpoch } = await translateSeq2seq.train({ config, data: made });
    expect(source).toMatch(/^made-up English-French pairs/);
    expect(trainSamples).toBeGreaterThan(80);
    expect(stepsPerEpoch).toBeGreaterThanOrEqual(Math.ceil(trainSamples / 32));
  });
});
