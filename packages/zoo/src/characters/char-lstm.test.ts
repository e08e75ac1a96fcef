import { wasm } from "@hekla/kernels-wasm";
import { SGD } from "@hekla/optim";
import { type Backend, useBackend } from "@hekla/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveConfig } from "../config.js";
import { DataSource } from "../data-source.js";
import { charLstm } from "./char-lstm.js";
import { CharacterReader, scoreReading } from "./character-reader.js";
import { CharacterVocabulary, loadCharacterText } from "./character-text.js";

const data = new DataSource({ synthetic: "always" });
const small = {
  layers: 1,
  vocabularySize: 40,
  embedding: 16,
  units: 96,
  window: 32,
  batchSize: 16,
  dropout: 0,
};
const config = resolveConfig(charLstm.config, { ...small, epochs: 3, learningRate: 0.015 });
const tiny = resolveConfig(charLstm.config, {
  ...small,
  units: 12,
  layers: 2,
  dropout: 0.2,
  batchSize: 512,
  epochs: 2,
});

let backend: Backend;
beforeAll(async () => {
  backend = await useBackend(wasm());
});
afterAll(() => backend.dispose());

function writeFrom(
  model: Parameters<typeof charLstm.predict.run>[0]["model"],
  settings: typeof config,
  given: Readonly<Record<string, unknown>>,
) {
  const options = resolveConfig(charLstm.predict.options, { length: 60, ...given });
  return charLstm.predict.run({ model, config: settings, data, options });
}

describe("char-lstm on the sentences of a grammar", () => {
  it("learns more than five-grams know, and writes words", async () => {
    const { model, history } = await charLstm.train({ config, data });
    expect(history["val_bits"]).toHaveLength(3);
    const { metrics, text, artifacts } = await charLstm.evaluate({ model, data, config });
    expect(metrics["unigramBits"]).toBeGreaterThan(3.5);
    expect(metrics["trigramBits"]).toBeLessThan(2);
    expect(metrics["bitsPerCharacter"]).toBeLessThan(metrics["fivegramBits"]!);
    expect(metrics["accuracy"]).toBeGreaterThan(0.7);
    expect(text).toMatch(/temperature 0\.2:\n {2}[A-Z]/);
    expect(artifacts?.map(({ name }) => name)).toEqual(["samples.txt", "reading.svg"]);

    const written = await writeFrom(model, config, { prompt: "The old ", temperature: 0.3, length: 120 });
    expect(written.text).toHaveLength("The old ".length + 120);
    const { train } = await loadCharacterText(data, config.text);
    const words = new Set(train.split(/[\s.]+/).map((word) => word.toLowerCase()));
    const drawn = written.text.split(/[\s.]+/).slice(0, -1);
    const known = drawn.filter((word) => words.has(word.toLowerCase()));
    expect(known.length / drawn.length).toBeGreaterThan(0.9);
    const likeliest = await writeFrom(model, config, { temperature: 0 });
    expect((await writeFrom(model, config, { topK: 1 })).text).toBe(likeliest.text);
  }, 60_000);

  it("has the same bytes and text twice, and resumes as if there had been no interruption", async () => {
    const whole = await charLstm.train({ config: tiny, data });
    const controller = new AbortController();
    const stop = { onEpochEnd: () => controller.abort() };
    const begun = await charLstm.train({ config: tiny, data, callbacks: [stop], signal: controller.signal });
    const resumed = await charLstm.train({
      config: tiny,
      data,
      resume: { bytes: await begun.model.toBytes(), source: "begun" },
    });
    const again = await charLstm.train({ config: tiny, data });
    const bytes = await whole.model.toBytes();
    expect(Buffer.compare(await again.model.toBytes(), bytes)).toBe(0);
    expect(resumed.initialEpoch).toBe(1);
    expect(Buffer.compare(await resumed.model.toBytes(), bytes)).toBe(0);
    const [one, two, other] = [
      await writeFrom(whole.model, tiny, { seed: 3 }),
      await writeFrom(again.model, tiny, { seed: 3 }),
      await writeFrom(again.model, tiny, { seed: 4 }),
    ];
    expect(two).toEqual(one);
    expect(other.text).not.toBe(one.text);
  });

  it("reads piece by piece what the network reads at once", async () => {
    const network = charLstm.build(tiny);
    const { test } = await loadCharacterText(data, tiny.text);
    const tokens = CharacterVocabulary.of(test, tiny.vocabularySize).encode(test).subarray(0, 601);
    network.compile({ optimizer: new SGD(), loss: "sparseCategoricalCrossentropy" });
    const { loss } = await network.evaluate(
      { data: tokens.slice(0, 600), shape: [1, 600] },
      { data: tokens.slice(1), shape: [1, 600] },
    );
    const { bitsPerCharacter } = await scoreReading(await new CharacterReader(tiny).follow(network), tokens);
    expect(bitsPerCharacter * Math.LN2).toBeCloseTo(loss!, 4);
  });

  it("says what it cannot do", async () => {
    const model = charLstm.build(tiny);
    await expect(writeFrom(model, tiny, {})).rejects.toThrow(/does not say which characters/);
    model.attachments = { characters: "\nabc" };
    await expect(writeFrom(model, tiny, { prompt: "aÿb" })).rejects.toThrow(
      'char-lstm: the prompt holds a character the model has not learnt, got "ÿ", expected some of "\\nabc"',
    );
    const long = resolveConfig(charLstm.config, { ...small, window: 100_000 });
    await expect(charLstm.train({ config: long, data })).rejects.toThrow(
      /built-in grammar is too short, got \d+ characters to learn from, expected at least 1600001/,
    );
  });
});
