import { readFileSync } from "node:fs";
import { DataError } from "@hekla/tensor/errors";
import { describe, expect, test } from "vitest";
import { type PadSequencesOptions, padSequences } from "./pad-sequences.js";
import { mostCommon, Vocabulary, vocabulary } from "./vocabulary.js";

interface Case {
  readonly sequences: number[][] | number[][][];
  readonly options: PadSequencesOptions;
  readonly shape: number[];
  readonly data: number[];
}
const { cases } = JSON.parse(
  readFileSync(new URL("../../goldens/padding.json", import.meta.url), "utf8"),
) as { readonly cases: readonly Case[] };

describe("padSequences", () => {
  test.each(cases)("gives Keras's array: $sequences, $options", ({ sequences, options, shape, data }) => {
    const padded = padSequences(sequences, options);
    expect(padded.shape).toEqual(shape);
    // -0 and 0 are one value here.
    expect(Array.from(padded.data, (x) => x + 0)).toEqual(data);
    const types = { int32: Int32Array, float32: Float32Array, float64: Float64Array };
    expect(padded.data).toBeInstanceOf(types[options.dtype ?? "int32"]);
  });

  test.each([
    [[[1]], { padding: "left" as "pre" }, "padding is not usable, got left"],
    [[[1]], { maxlen: 0 }, "maxlen is not usable, got 0"],
    [[[[1, 2], [3]]], {}, "got a vector of 1 at step 1 of sequence 0, expected a vector of 2"],
    [[[1], [[3]]], {}, "got a vector of 1 at step 0 of sequence 1, expected a number"],
  ])("refuses %j with %o", (sequences, options, message) => {
    expect(() => padSequences(sequences, options)).toThrow(DataError);
    expect(() => padSequences(sequences, options)).toThrow(message);
  });
});

describe("vocabulary", () => {
  const words = "the cat and the dog and the bird".split(" ");

  test("counts as Counter.most_common: ties in the order of first occurrence", () => {
    expect(mostCommon(words)).toEqual([
      ["the", 3],
      ["and", 2],
      ["cat", 1],
      ["dog", 1],
      ["bird", 1],
    ]);
  });

  test("PAD and UNK come first, then the most common words", () => {
    const kept = vocabulary(words, { size: 3 });
    expect(kept.words).toEqual(["PAD", "UNK", "the", "and", "cat"]);
    expect(kept.size).toBe(5);
    expect(kept.encode(["the", "dog", "cat"])).toEqual([2, 1, 4]);
    expect(kept.decode(Int32Array.of(0, 4, 1))).toEqual(["PAD", "cat", "UNK"]);
    expect([kept.indexOf("and"), kept.indexOf("dog")]).toEqual([3, undefined]);
  });

  test("other reserved words, or none", () => {
    expect(vocabulary(words, { size: 1, pad: "<pad>", reserved: ["<s>", "</s>"] }).words).toEqual([
      "<pad>",
      "UNK",
      "<s>",
      "</s>",
      "the",
    ]);
    const bare = vocabulary("abca", { pad: null, unknown: null });
    expect(bare.words).toEqual(["a", "b", "c"]);
    expect(() => bare.encode(["z"])).toThrow('got the unknown word "z"');
    expect(vocabulary(["UNK", "x"]).words).toEqual(["PAD", "UNK", "x"]);
  });

  test("comes back from JSON", () => {
    const kept = vocabulary(words, { size: 2, reserved: ["END"] });
    const back = new Vocabulary(JSON.parse(JSON.stringify(kept)));
    expect(back.words).toEqual(kept.words);
    expect(back.encode(["the", "?"])).toEqual(kept.encode(["the", "?"]));
  });

  test("refuses what makes no vocabulary", () => {
    expect(() => vocabulary(words, { size: -1 })).toThrow(DataError);
    expect(() => vocabulary(words, { reserved: ["PAD"] })).toThrow('got "PAD" twice');
    expect(() => new Vocabulary({ pad: "PAD", unknown: null, words: ["a"] })).toThrow('"PAD" is missing');
    expect(() => vocabulary(words).decode([99])).toThrow("got number 99, expected an integer in 0..6");
  });
});
