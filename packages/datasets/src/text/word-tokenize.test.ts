import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { splitSentences } from "./split-sentences.js";
import { wordTokenize } from "./word-tokenize.js";

interface Case {
  readonly text: string;
  readonly sentences: string[];
  readonly words: string[];
  readonly nltk: string[];
  readonly treebank: string[];
}
const { cases } = JSON.parse(readFileSync(new URL("../../goldens/words.json", import.meta.url), "utf8")) as {
  readonly cases: readonly Case[];
};

describe("words and sentences are NLTK's", () => {
  test.each(cases)("$text", ({ text, sentences, words, nltk, treebank }) => {
    expect(wordTokenize(text, { preserveLine: true })).toEqual(nltk);
    expect(wordTokenize(text, { preserveLine: true, rules: "treebank" })).toEqual(treebank);
    expect(splitSentences(text)).toEqual(sentences);
    expect(wordTokenize(text)).toEqual(words);
  });
});

test("periods inside a line: words of their own only where a sentence ends", () => {
  const line = "I saw Dr. No. it was fun. Go see it.";
  expect(wordTokenize(line, { preserveLine: true }).join(" ")).toBe("I saw Dr. No. it was fun. Go see it .");
  expect(wordTokenize(line).join(" ")).toBe("I saw Dr. No . it was fun . Go see it .");
});

test("a long line without an end takes no quadratic time", () => {
  const started = performance.now();
  wordTokenize(`${"word' ".repeat(20_000)}${" ".repeat(20_000)}x`);
  expect(performance.now() - started).toBeLessThan(5000);
});
