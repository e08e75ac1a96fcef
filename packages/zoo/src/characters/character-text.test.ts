import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DataNotFoundError } from "@hekla/datasets";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DataSource } from "../data-source.js";
import { CharacterNgrams } from "./character-ngrams.js";
import { CharacterVocabulary, loadCharacterText } from "./character-text.js";
import { sampleNext } from "./sample-next.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "text-"));
  for (const name of ["text", "fra-eng", "si650"]) await mkdir(join(folder, name));
});
afterAll(() => rm(folder, { recursive: true }));

const put = (name: string, content: string | Uint8Array) => writeFile(join(folder, name), content);
const load = (name: string) => loadCharacterText(new DataSource({ dataDir: folder }), name);

describe("loadCharacterText", () => {
  it("keeps a file's order, and holds its end out", async () => {
    const text = Array.from({ length: 100 }, (_, k) => String.fromCodePoint(0x61 + (k % 26))).join("");
    await put("text/alphabet.txt", text);
    const { train, validation, test, source } = await load("alphabet.txt");
    expect([train.length, validation.length, test.length]).toEqual([85, 5, 10]);
    expect(train + validation + test).toBe(text);
    expect(source).toContain("alphabet.txt");
  });

  it("tells sentences apart, shuffles them, and has each in one part", async () => {
    const lines = Array.from({ length: 200 }, (_, k) => `Sentence ${k % 100}.\tPhrase ${k}.`);
    await put("fra-eng/fra-first-25000.txt", `${lines.join("\r\n")}\r\n`);
    const { train, validation, test } = await load("fra-eng");
    const parts = [train, validation, test].map((part) => part.split("\n"));
    expect(parts.map(({ length }) => length)).toEqual([85, 5, 10]);
    expect(new Set(parts.flat()).size).toBe(100);
    expect(train).not.toMatch(/Phrase|\r|\t/);
    expect(parts[0]!.slice(0, 3)).not.toEqual(["Sentence 0.", "Sentence 1.", "Sentence 2."]);
  });

  it("says what is wrong with a file, and where", async () => {
    await put("fra-eng/fra-first-25000.txt", "Go.\tVa.\nStop.\n");
    await expect(load("fra-eng")).rejects.toThrow(
      /^char-lstm: .*25000\.txt line 2 lacks a column, got no tab in "Stop\.", expected english<TAB>french$/,
    );
    await put("si650/testdata.txt", Buffer.concat([Buffer.from("fine\n"), Buffer.from([0xff, 0x0a])]));
    await expect(load("si650")).rejects.toThrow(/testdata\.txt line 2 .*UTF-8/);
    await put("text/empty.txt", "");
    await expect(load("empty.txt")).rejects.toThrow(/empty\.txt is too short .* got 0 characters/);
    await expect(load("none.txt")).rejects.toThrow(DataNotFoundError);
    await expect(load("toString")).rejects.toThrow(DataNotFoundError);
  });
});

describe("CharacterVocabulary", () => {
  it("numbers the most frequent characters from 1 and calls all others 0", () => {
    const vocabulary = CharacterVocabulary.of("aab😀😀😀cb", 4);
    expect(vocabulary.characters).toEqual(["😀", "a", "b"]);
    expect([...vocabulary.encode("cab😀")]).toEqual([0, 2, 3, 1]);
    expect(Array.from([1, 2, 0], (at) => vocabulary.character(at)).join("")).toBe("😀a\ufffd");
  });
});

describe("CharacterNgrams", () => {
  const text = Int32Array.from("abababacab", (character) => character.charCodeAt(0) - 96);

  it("smooths as Witten and Bell do", () => {
    // a 5 times, b 4, c 1 of 10; 3 types; uniform 1/4 below.
    const unigram = new CharacterNgrams(text, 4, 1);
    expect(unigram.probability(text, 0)).toBeCloseTo((5 + 3 / 4) / 13, 12);
    // After a: b 4 times, c once.
    const bigram = new CharacterNgrams(text, 4, 2);
    expect(bigram.probability(text, 1)).toBeCloseTo((4 + 2 * ((4 + 3 / 4) / 13)) / 7, 12);
    // A history that was never seen leaves the shorter one's probability.
    expect(bigram.probability(Int32Array.of(0, 1), 1)).toBeCloseTo(unigram.probability(text, 0), 12);
  });

  it.each([1, 2, 3, 5])("gives probabilities that sum to 1 at order %i", (order) => {
    const ngrams = new CharacterNgrams(text, 4, order);
    for (const history of [
      [1, 2, 1],
      [3, 3, 3],
      [0, 1, 2],
    ]) {
      const sum = [0, 1, 2, 3]
        .map((next) => ngrams.probability(Int32Array.from([...history, next]), 3))
        .reduce((a, b) => a + b);
      expect(sum).toBeCloseTo(1, 12);
    }
  });
});

describe("sampleNext", () => {
  const logits = Float32Array.of(0, 2, 1, 2);

  it("draws as often as the softmax at that temperature says", () => {
    const draw = sampleNext(1, { temperature: 0.5, topK: 0 });
    const counts = [0, 0, 0, 0];
    for (let k = 0; k < 20_000; k++) counts[draw(logits)]!++;
    const weights = [...logits].map((logit) => Math.exp(logit / 0.5));
    const sum = weights.reduce((a, b) => a + b);
    counts.forEach((count, at) => {
      expect(Math.abs(count / 20_000 - weights[at]! / sum)).toBeLessThan(0.012);
    });
  });

  it("takes the first of the largest at temperature 0, few with topK, and none that is not allowed", () => {
    expect(sampleNext(1, { temperature: 0, topK: 0 })(logits)).toBe(1);
    expect(sampleNext(1, { temperature: 0, topK: 0 })(logits, (at) => at !== 1)).toBe(3);
    const two = sampleNext(2, { temperature: 5, topK: 2 });
    expect(new Set(Array.from({ length: 100 }, () => two(logits)))).toEqual(new Set([1, 3]));
  });
});
