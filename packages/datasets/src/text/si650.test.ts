import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DataError } from "@hekla/tensor/errors";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readLines, readText } from "./read-text.js";
import { readLabelledSentences, si650, si650Unlabelled, si650Words } from "./si650.js";
import { syntheticSi650, syntheticSi650Text, syntheticSi650Unlabelled } from "./synthetic-si650.js";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const notText = Uint8Array.of(49, 9, 97, 10, 48, 9, 98, 10, 49, 9, 0xff, 10);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hekla-si650-"));
  await mkdir(join(folder, "si650"));
  await writeFile(join(folder, "si650", "training.txt"), "1\tA fine film.\r\n0\t\u00a0What a\tbore\n");
  await writeFile(join(folder, "si650", "testdata.txt"), "first\nsecond");
});
afterAll(() => rm(folder, { recursive: true }));

describe("reading text", () => {
  test("takes UTF-8, a byte order mark or not, with any line ends", () => {
    expect(readText(bytes("\ufeffn\u00e9"), { name: "a.txt" })).toBe("n\u00e9");
    expect(readLines(bytes("a\r\n\r\nb\u2028c\u0085\n"), { name: "a.txt" })).toEqual([
      "a",
      "",
      "b\u2028c\u0085",
    ]);
  });

  test.each([
    [notText, "si650: x.txt line 3 is no text, got bytes that are not UTF-8, expected UTF-8"],
    [bytes(""), "si650: x.txt line 1 is missing, got an empty file, expected lines of text"],
    [
      bytes("1\ta\nno tab\n"),
      'x.txt line 2 lacks a column, got no tab in "no tab", expected label<TAB>sentence',
    ],
    [bytes("1\ta\n0\tb\n2\tc\n"), 'si650: x.txt line 3 has no usable label, got "2", expected 0 or 1'],
    [bytes("positive\ta\n"), 'x.txt line 1 has no usable label, got "positive"'],
    [bytes("\n"), 'x.txt line 1 lacks a column, got no tab in ""'],
  ])("names file and line of what is broken (%#)", (file, message) => {
    expect(() => readLabelledSentences(file, "x.txt")).toThrow(DataError);
    expect(() => readLabelledSentences(file, "x.txt")).toThrow(message);
  });
});

describe("si650", () => {
  test("reads both files", async () => {
    const { sentences, labels, source } = await si650({ dataDir: folder });
    expect(sentences).toEqual(["A fine film.", "\u00a0What a\tbore"]);
    expect(labels).toEqual(Int32Array.of(1, 0));
    expect(source).toBe(`SI650 from ${folder}/si650/training.txt`);
    expect((await si650Unlabelled({ dataDir: folder })).sentences).toEqual(["first", "second"]);
  });

  test("says where it looked and what works without", async () => {
    await expect(si650({ dataDir: join(folder, "none") })).rejects.toThrow(
      /si650\/training.txt was not found, got no such file in .*none, .*syntheticSi650\(\) needs no file/,
    );
  });

  test("words: small letters, ASCII only, the rules of then or of today", () => {
    const sentence = "\u00a0It\u2019s Caf\u00e9 time.. Don't \u201cwait\u201d.";
    expect(si650Words(sentence)).toEqual(["its", "caf", "time..", "do", "n't", "wait", "."]);
    expect(si650Words(sentence, { rules: "nltk" })).toContain("..");
  });
});

describe("the synthetic twin", () => {
  const { sentences, labels, source } = syntheticSi650({ seed: 3 });
  const count = sentences.reduce(
    (counts, text) => counts.set(text, (counts.get(text) ?? 0) + 1),
    new Map<string, number>(),
  );

  test("is as large, as lopsided, as full of duplicates and as sorted as SI650", () => {
    expect(sentences.length).toBe(7086);
    expect(count.size).toBeGreaterThan(1200);
    expect(count.size).toBeLessThan(1650);
    const positive = labels.indexOf(0);
    expect(positive / labels.length).toBeCloseTo(0.56, 1);
    expect(labels.subarray(positive).includes(1)).toBe(false);
    expect(Math.max(...sentences.map((text) => si650Words(text).length))).toBeLessThanOrEqual(42);
    expect(source).toBe("made-up sentences in the form of SI650, seed 3");
  });

  test("has a few wrong labels and a few characters beyond ASCII", () => {
    const pairs = new Set(sentences.map((text, i) => `${labels[i]}${text}`));
    const twoFaced = pairs.size - count.size;
    expect(twoFaced).toBeGreaterThan(0);
    expect(twoFaced).toBeLessThan(40);
    const beyond = sentences.filter((text) => /[^ -~]/.test(text)).length;
    expect(beyond / sentences.length).toBeGreaterThan(0.003);
    expect(beyond / sentences.length).toBeLessThan(0.04);
  });

  test("follows from the seed", () => {
    expect(syntheticSi650Text({ seed: 3, lines: 50 })).toBe(syntheticSi650Text({ seed: 3, lines: 50 }));
    expect(syntheticSi650Text({ seed: 4, lines: 50 })).not.toBe(syntheticSi650Text({ seed: 3, lines: 50 }));
    expect(syntheticSi650Text({ lines: 50 }).split("\n").length).toBe(51);
    const unlabelled = syntheticSi650Unlabelled({ seed: 3, lines: 200 });
    expect(unlabelled.sentences.length).toBe(200);
    expect(syntheticSi650Unlabelled({ seed: 3, lines: 200 })).toEqual(unlabelled);
    expect(() => syntheticSi650({ lines: 0 })).toThrow(DataError);
  });
});

describe.runIf(process.env.HEKLA_DATA_DIR)("the real SI650", () => {
  test("has the published facts, word for word", async () => {
    const { sentences, labels } = await si650();
    expect([sentences.length, labels.reduce((sum, label) => sum + label)]).toEqual([7086, 3995]);
    expect(new Set(sentences).size).toBe(1410);
    expect((await si650Unlabelled()).sentences.length).toBe(33_052);
    const facts = (options: Parameters<typeof si650Words>[1]): number[] => {
      const words = sentences.map((sentence) => si650Words(sentence, options));
      return [Math.max(...words.map(({ length }) => length)), new Set(words.flat()).size];
    };
    expect(facts({})).toEqual([42, 2313]);
    expect(facts({ preserveLine: true })).toEqual([42, 2329]);
    expect(facts({ rules: "nltk" })).toEqual([42, 2255]);
    expect(facts({ rules: "nltk", preserveLine: true })).toEqual([42, 2271]);
  });

  test("differs between the rules of then and of today in ellipses, apostrophes and asterisks only", async () => {
    const { sentences } = await si650();
    const words = (rules: "treebank" | "nltk"): Set<string> =>
      new Set(sentences.flatMap((sentence) => si650Words(sentence, { rules })));
    const then = words("treebank");
    const today = words("nltk");
    const gone = [...then].filter((word) => !today.has(word));
    const come = [...today].filter((word) => !then.has(word));
    expect([gone.length, come.length]).toEqual([93, 35]);
    expect(gone.filter((word) => !word.includes("..") && !word.startsWith("'"))).toEqual([]);
    // Ellipses, and words that had only occurred with one behind or before them.
    const parts = new Set(gone.flatMap((word) => word.split(/\.{2,}|^'/)));
    expect(come.filter((word) => !/^\.{4,}$/.test(word) && !parts.has(word))).toEqual(["ai"]);
  });
});
