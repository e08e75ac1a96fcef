import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type BleuScore, corpusBleu, tokenize13a } from "./bleu.js";
import { corpusChrf } from "./chrf.js";

interface Case extends BleuScore {
  readonly name: string;
  readonly hypotheses: readonly string[];
  readonly references: readonly (readonly string[])[];
  readonly chrf: number;
}

const { cases, tokens } = JSON.parse(
  readFileSync(new URL("../../goldens/bleu.json", import.meta.url), "utf8"),
) as { readonly cases: readonly Case[]; readonly tokens: readonly { text: string; words: string[] }[] };

describe("against sacreBLEU", () => {
  it.each(cases)("BLEU and chrF: $name", ({ name: _, hypotheses, references, chrf, ...expected }) => {
    const { precisions, ...found } = corpusBleu(hypotheses, references);
    for (const [key, value] of Object.entries(found)) {
      expect(Math.abs(value - (expected as unknown as Record<string, number>)[key]!), key).toBeLessThan(
        1e-10,
      );
    }
    precisions.forEach((precision, at) => {
      expect(Math.abs(precision - expected.precisions[at]!)).toBeLessThan(1e-10);
    });
    expect(Math.abs(corpusChrf(hypotheses, references) - chrf)).toBeLessThan(1e-10);
  });

  it("the README's example", () => {
    const { score } = corpusBleu(cases[0]!.hypotheses, cases[0]!.references);
    expect(Math.abs(score - 48.530827009929865)).toBeLessThan(1e-10);
  });

  it.each(tokens)("words of $text", ({ text, words }) => {
    expect(tokenize13a(text)).toEqual(words);
  });
});

describe("what is no corpus", () => {
  it("is refused", () => {
    expect(() => corpusBleu(["a"], [])).toThrow(
      "corpusBleu: references are missing, got 1 hypotheses and 0 lists of references, expected one or more for each",
    );
    expect(() => corpusChrf(["a", "b"], [["a"], []])).toThrow("got none for hypothesis 1");
  });
});
