import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DataError } from "@hekla/tensor/errors";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { joinPairWords, normalizeSentence, type PairLanguage, pairWords } from "./pair-words.js";
import { syntheticTranslationPairs } from "./synthetic-translation-pairs.js";
import { readTranslationPairs, translationPairs } from "./translation-pairs.js";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const file =
  "Really?\tVraiment\u202f?\nIt\u2019s me.\tC\u2019est  moi.\tCC-BY 1\nCaf\u00e9\tcafe\u0301\u00a0!\n";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hekla-pairs-"));
  await mkdir(join(folder, "fra-eng"));
  await writeFile(join(folder, "fra-eng", "fra.txt"), file);
});
afterAll(() => rm(folder, { recursive: true }));

describe("translationPairs", () => {
  test("reads pairs and unifies their characters", async () => {
    const pairs = await translationPairs({ dataDir: folder });
    expect(pairs.english).toEqual(["Really?", "It's me.", "Caf\u00e9"]);
    expect(pairs.french).toEqual(["Vraiment ?", "C'est moi.", "caf\u00e9 !"]);
    expect(pairs.source).toBe(`English-French pairs from ${folder}/fra-eng/fra.txt`);
  });

  test("the first so many, as they stand", async () => {
    const pairs = await translationPairs({ dataDir: folder, limit: 1, normalize: false });
    expect([pairs.english, pairs.french]).toEqual([["Really?"], ["Vraiment\u202f?"]]);
    await expect(translationPairs({ limit: 0 })).rejects.toThrow("limit is not usable, got 0");
  });

  test.each([
    ["", "f.txt line 1 is missing, got an empty file"],
    ["Hi.\tSalut.\nBye.\n", 'f.txt line 2 lacks a column, got no tab in "Bye.", expected english<TAB>french'],
    ["Hi.\tSalut.\n\tQuoi ?\n", "f.txt line 2 has no English side"],
    ["Hi.\t \n", "f.txt line 1 has no French side"],
  ])("names file and line of what is broken: %j", (text, message) => {
    expect(() => readTranslationPairs(bytes(text), "f.txt")).toThrow(DataError);
    expect(() => readTranslationPairs(bytes(text), "f.txt")).toThrow(`translationPairs: ${message}`);
  });

  test("says where it looked and what works without", async () => {
    await expect(translationPairs({ dataDir: join(folder, "none") })).rejects.toThrow(
      /fra-eng\/fra-first-25000.txt was not found.*syntheticTranslationPairs\(\) needs no file/,
    );
  });
});

describe("pairWords", () => {
  test.each<[PairLanguage, string, string]>([
    ["english", "I don't, you can't; she's we'll.", "i do n't , you ca n't ; she 's we 'll ."],
    [
      "english",
      "It's 10:30 a.m. at O'Neil's mother-in-law.",
      "it 's 10:30 a.m. at o'neil 's mother-in-law .",
    ],
    ["english", 'He paid $1,200... "Why?"', 'he paid $ 1,200 ... " why ? "'],
    ["french", "J'ai vu l'homme aujourd'hui.", "j' ai vu l' homme aujourd'hui ."],
    ["french", "A-t-il l'arc-en-ciel ? Donne-le-moi !", "a -t-il l' arc-en-ciel ? donne -le -moi !"],
    [
      "french",
      "\u00c0 14h30, qu'est-ce qu'il d\u00eene\u202f?",
      "\u00e0 14h30 , qu' est -ce qu' il d\u00eene ?",
    ],
  ])("%s: %s", (language, sentence, words) => {
    expect(pairWords(sentence, { language }).join(" ")).toBe(words);
    const kept = pairWords(sentence, { language, lowerCase: false });
    expect(joinPairWords(kept, language)).toBe(normalizeSentence(sentence));
  });
});

describe("the synthetic twin", () => {
  const { english, french, source } = syntheticTranslationPairs({ seed: 2, pairs: 4000 });

  test("has one translation a sentence, few words, many sentences", () => {
    const translations = new Map(english.map((sentence, i) => [sentence, french[i]]));
    expect(english.every((sentence, i) => translations.get(sentence) === french[i])).toBe(true);
    expect(translations.size).toBeGreaterThan(3500);
    const words = french.map((sentence) => pairWords(sentence, { language: "french" }));
    expect(new Set(words.flat()).size).toBeLessThan(100);
    expect(Math.max(...words.map(({ length }) => length))).toBeLessThanOrEqual(12);
    expect(source).toBe("made-up English-French pairs, seed 2");
  });

  test("agrees: articles, adjectives, verbs, denials", () => {
    const translate = new Map(english.map((sentence, i) => [sentence, french[i]!]));
    const wanted = /^(?:We do not|An? |The )/;
    const some = [...translate].filter(([sentence]) => wanted.test(sentence));
    expect(some.length).toBeGreaterThan(500);
    for (const [sentence, translation] of translate) {
      if (sentence.startsWith("We do not"))
        expect(translation).toMatch(/^Nous (?:ne |n')\p{L}+ons pas (?:de |d'|l)/u);
      if (/^The green house \w+s /.test(sentence)) expect(translation).toMatch(/^La maison verte \p{L}+e /u);
      if (/^The green houses /.test(sentence))
        expect(translation).toMatch(/^Les maisons vertes (?:ne |n')?\p{L}+ent /u);
    }
  });

  test("follows from the seed", () => {
    expect(syntheticTranslationPairs({ seed: 2, pairs: 30 }).french).toEqual(french.slice(0, 30));
    expect(syntheticTranslationPairs({ seed: 3, pairs: 30 }).french).not.toEqual(french.slice(0, 30));
    expect(() => syntheticTranslationPairs({ pairs: 1.5 })).toThrow(DataError);
  });
});

test.runIf(process.env.HEKLA_DATA_DIR)("the real pairs come apart and together again", async () => {
  const pairs = await translationPairs();
  expect([pairs.english.length, new Set(pairs.english).size]).toEqual([25_000, 15_410]);
  for (const language of ["english", "french"] as const) {
    const same = pairs[language].filter(
      (sentence) => joinPairWords(pairWords(sentence, { language, lowerCase: false }), language) === sentence,
    );
    expect(same.length).toBeGreaterThan(24_900);
  }
});
