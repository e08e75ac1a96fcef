import { HostRandom } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { type BeamSearchOptions, beamSearch, type Continuations } from "./beam-search.js";

const [START, END] = [0, 1];
const words = 5;

/** A language whose next word depends on the two words before: logarithms of probabilities. */
function randomLanguage(seed: number): (before: number, last: number) => number[] {
  const random = new HostRandom(seed, "language");
  const table = Array.from({ length: words * words }, () => {
    const weights = Array.from({ length: words }, (_, word) => (word === START ? 0 : random.uniform() ** 3));
    const sum = weights.reduce((a, b) => a + b);
    return weights.map((weight) => Math.log(weight / sum));
  });
  return (before, last) => table[before * words + last]!;
}

/** A step that keeps the word before the last one as its state, moved with the hypotheses. */
function stepOf(language: ReturnType<typeof randomLanguage>, width: number): BeamSearchOptions["step"] {
  let last: Int32Array | undefined;
  return (tokens, parents): Continuations => {
    const before = Array.from(parents, (row) => last?.[row] ?? START);
    last = tokens.slice();
    const ranked = before.map((word, row) =>
      language(word, tokens[row]!)
        .map((logProbability, token) => ({ logProbability, token }))
        .sort((a, b) => b.logProbability - a.logProbability)
        .slice(0, width),
    );
    return {
      tokens: ranked.flat().map(({ token }) => token),
      logProbabilities: ranked.flat().map(({ logProbability }) => logProbability),
    };
  };
}

const search = (seed: number, width: number, settings: Partial<BeamSearchOptions> = {}) => {
  const step = stepOf(randomLanguage(seed), width);
  const given = { sequences: 1, start: START, end: END, maxLength: 5, lengthPenalty: 0, ...settings };
  return beamSearch({ ...given, width, step });
};

/** Every sequence of at most `longest` words with END, the likeliest first. */
function allSequences(seed: number, longest: number): { tokens: number[]; logProbability: number }[] {
  const language = randomLanguage(seed);
  const found: { tokens: number[]; logProbability: number }[] = [];
  const walk = (tokens: number[], logProbability: number, before: number, last: number): void => {
    language(before, last).forEach((log, token) => {
      const total = logProbability + log;
      if (token === END) found.push({ tokens, logProbability: total });
      else if (token !== START && tokens.length + 1 < longest) walk([...tokens, token], total, last, token);
    });
  };
  walk([], 0, START, START);
  return found.sort((a, b) => b.logProbability - a.logProbability);
}

describe("beamSearch", () => {
  it("finds the likeliest sequence of all with a wide beam", async () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const done = (await search(seed, words, { maxLength: 4 }))[0]!;
      // Those cut off at the last step are not complete.
      const complete = done.filter(({ tokens }) => tokens.length < 4);
      const [best] = allSequences(seed, 4);
      expect(complete[0]!.tokens).toEqual(best!.tokens);
      expect(complete[0]!.logProbability).toBeCloseTo(best!.logProbability, 12);
    }
  });

  it("takes the likeliest word each time with a width of 1", async () => {
    for (const seed of [1, 2, 3]) {
      const language = randomLanguage(seed);
      const expected: number[] = [];
      let [before, last] = [START, START] as [number, number];
      while (expected.length < 5) {
        const next = language(before, last);
        const token = next.indexOf(Math.max(...next));
        if (token === END) break;
        expected.push(token);
        [before, last] = [last, token];
      }
      const [found] = await search(seed, 1);
      expect(found!.map(({ tokens }) => tokens)).toEqual([expected]);
    }
  });

  it("gives each sequence what it gets alone", async () => {
    const alone = (await search(7, 3))[0]!;
    for (const found of await search(7, 3, { sequences: 4 })) expect(found).toEqual(alone);
  });

  it("a length penalty divides by a power of the length, END counted", async () => {
    for (const { tokens, logProbability, score } of (await search(3, 3, { lengthPenalty: 0.6 }))[0]!) {
      const length = tokens.length === 5 ? 5 : tokens.length + 1;
      expect(score).toBeCloseTo(logProbability / ((5 + length) / 6) ** 0.6, 12);
    }
    const scores = (await search(3, 3, { lengthPenalty: 0.6 }))[0]!.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(scores).toHaveLength(3);
  });
});
