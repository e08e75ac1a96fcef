import { describe, expect, it } from "vitest";
import { pairBatches } from "./pair-batches.js";
import { capitalizeSentences, SentenceCase } from "./sentence-case.js";
import {
  attachedWords,
  END,
  type EncodedPair,
  encodePairs,
  englishTokens,
  frenchSentence,
  groupTranslations,
  keptWords,
  learnCase,
  learnWords,
  plainFrench,
  type SentencePair,
  START,
  splitTranslations,
  UNKNOWN,
} from "./translation-data.js";

const pairs: readonly SentencePair[] = Array.from({ length: 300 }, (_, at) => [
  `Take ${Math.floor(at / 3)} ${at % 3 === 1 ? "!" : "."}`,
  `Prends ${at}.`,
]);

describe("splitTranslations", () => {
  it("keeps sentences that differ by marks and capitals alone in one part, and loses none", () => {
    const split = splitTranslations(pairs, { validation: 0.1, test: 0.2 }, 3);
    const [train, validation, test] = [split.train, split.validation, split.test].map(
      (part) => new Set(part.map(([english]) => englishTokens(english)[1]!)),
    ) as [Set<string>, Set<string>, Set<string>];
    expect([train.size, validation.size, test.size]).toEqual([70, 10, 20]);
    expect(new Set([...train, ...validation, ...test]).size).toBe(100);
    expect(split.train.length + split.validation.length + split.test.length).toBe(300);
    expect(splitTranslations(pairs, { validation: 0.1, test: 0.2 }, 3)).toEqual(split);
    expect(splitTranslations(pairs, { validation: 0.1, test: 0.2 }, 4)).not.toEqual(split);
  });

  it("refuses to leave a part empty", () => {
    expect(() => splitTranslations(pairs.slice(0, 3), { validation: 0.1, test: 0.1 }, 0)).toThrow(
      "translation: too few pairs for three parts, got 3 of 1 distinct sentences (3 for train, 0 for validation, " +
        "0 for test), expected some for each",
    );
    expect(() => splitTranslations(pairs, { validation: 0.5, test: 0.5 }, 0)).toThrow("0 for train, 150 for");
  });

  it("groups the translations of a sentence", () => {
    const groups = groupTranslations([
      ["Go.", "Va !"],
      ["Stop.", "Arrête !"],
      ["Go.", "Allez !"],
    ]);
    expect(groups).toEqual([
      { english: "Go.", french: ["Va !", "Allez !"] },
      { english: "Stop.", french: ["Arrête !"] },
    ]);
  });
});

describe("words", () => {
  const train: SentencePair[] = [
    ["Tom runs.", "Tom court."],
    ["I know Tom.", "Je connais Tom."],
    ["You run.", "Tu cours !"],
  ];
  const casing = learnCase(train);
  const words = learnWords(train, casing, { sourceWords: 5, targetWords: 100 });

  it("French begins with START and ends with END; rare and new words are one", () => {
    const [{ source, target, labels }] = encodePairs([["Tom knows.", "Tom court."]], words, casing) as [
      EncodedPair,
    ];
    expect(words.source.decode(source)).toEqual(["tom", "<unknown>", "."]);
    expect(target[0]).toBe(START);
    expect(labels.at(-1)).toBe(END);
    expect(target.slice(1)).toEqual(labels.slice(0, -1));
    expect(frenchSentence(words.target.decode(target.slice(1)))).toBe("Tom court.");
  });

  it("come back from a model's attachments", () => {
    const kept = keptWords(JSON.parse(JSON.stringify(attachedWords(words))));
    expect(kept.source.words).toEqual(words.source.words);
    expect(kept.target.encode(["Tom"])).toEqual(words.target.encode(["Tom"]));
    expect(() => keptWords({})).toThrow("translation: the model's file has no vocabularies");
  });

  it("lose the capitals that sentences begin with, and get them back", () => {
    const cases = new SentenceCase([
      ["Je", "vois", "Tom", "."],
      ["Viens", ".", "Vite", "!"],
      ["il", "vient", "vite"],
    ]);
    expect(cases.remove(["Tom", "vient", ".", "Vite", "!"])).toEqual(["Tom", "vient", ".", "vite", "!"]);
    expect(cases.remove(['"', "Paul", '"'])).toEqual(['"', "paul", '"']);
    expect(capitalizeSentences(["élan", ".", "va", "Tom"])).toEqual(["Élan", ".", "Va", "Tom"]);
    expect(frenchSentence(["où", "va", "-t-il", "?"])).toBe("Où va-t-il ?");
    expect(plainFrench("Où  va\u2009-t-il\u202f?")).toBe("Où va-t-il ?");
  });
});

describe("pairBatches", () => {
  const encoded: EncodedPair[] = Array.from({ length: 100 }, (_, at) => {
    const target = new Array<number>((at % 9) + 1).fill(at + 4);
    return { source: [at + 4, ...target], target: [START, ...target], labels: [...target, END] };
  });
  const epoch = async (number: number, seed?: number, wordDropout = 0) => {
    const options = { batchSize: 8, wordDropout, ...(seed !== undefined && { seed }) };
    const batches = pairBatches(encoded, options);
    const found = await batches.toArray(number);
    expect(found).toHaveLength(batches.size!);
    return found as unknown as readonly { readonly x: readonly [Rows, Rows]; readonly y: Rows }[];
  };
  interface Rows {
    readonly data: Int32Array;
    readonly shape: readonly [number, number];
  }
  const rowsOf = ({ data, shape: [rows, length] }: Rows): number[][] =>
    Array.from({ length: rows }, (_, row) => [...data.subarray(row * length, (row + 1) * length)]);

  it("have every pair once an epoch, in few shapes", async () => {
    const batches = await epoch(0, 1);
    const shapes = new Set(batches.map(({ x, y }) => [...x, y].map(({ shape }) => shape.join()).join(" ")));
    expect(shapes.size).toBeLessThanOrEqual(6);
    const seen = batches.flatMap(({ x: [source, target], y }) => {
      const [sources, targets, labels] = [rowsOf(source), rowsOf(target), rowsOf(y)];
      return sources.map((_, row) => [sources[row]!, targets[row]!, labels[row]!].map(withoutPadding));
    });
    const pairsSeen = seen.filter(([source]) => source!.length > 0);
    const sorted = (rows: readonly (readonly (readonly number[])[])[]) =>
      rows.map((row) => JSON.stringify(row)).sort();
    expect(sorted(pairsSeen)).toEqual(
      sorted(encoded.map(({ source, target, labels }) => [source, target, labels])),
    );
  });

  it("come in an order that follows from seed and epoch", async () => {
    expect(await epoch(2, 1)).toEqual(await epoch(2, 1));
    expect(await epoch(2, 1)).not.toEqual(await epoch(3, 1));
    expect(await epoch(2, 1)).not.toEqual(await epoch(2, 2));
    expect(await epoch(2)).toEqual(await epoch(5));
  });

  it("drop words of both sides, others in each epoch, and no label or mark of a sentence's beginning", async () => {
    const [plain, dropped, later] = [await epoch(2, 1), await epoch(2, 1, 0.25), await epoch(3, 1, 0.25)];
    const words = (batches: typeof plain, side: 0 | 1) => batches.flatMap(({ x }) => [...x[side].data]);
    for (const side of [0, 1] as const) {
      const [before, after] = [words(plain, side), words(dropped, side)];
      const mayGo = before.filter((word) => word > END).length;
      const gone = after.filter((word, at) => word !== before[at]);
      expect(new Set(gone)).toEqual(new Set([UNKNOWN]));
      expect(Math.abs(gone.length / mayGo - 0.25)).toBeLessThan(0.08);
      expect(after.filter((word) => word === START)).toHaveLength(side * 100);
    }
    expect(dropped.map(({ y }) => y)).toEqual(plain.map(({ y }) => y));
    expect(later).not.toEqual(dropped);
    expect(await epoch(2, undefined, 0.25)).toEqual(await epoch(2));
  });
});

const withoutPadding = (row: readonly number[]): number[] => row.filter((word) => word !== 0);
