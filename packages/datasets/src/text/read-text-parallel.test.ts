import { DataError } from "@hekla/tensor/errors";
import { describe, expect, test } from "vitest";
import { readTextParallel } from "./read-text-parallel.js";
import { syntheticSi650Unlabelled } from "./synthetic-si650.js";
import { wordTokenize } from "./word-tokenize.js";

const lines = [
  ...syntheticSi650Unlabelled({ lines: 3000 }).sentences,
  "",
  "e\u0301t\u00e9 \ufb01n \u00c9T\u00c9 \u03a3\u03a3",
  "\u{1f642} \u732b\u3000 tabs\tand\u202fblanks ",
  "It's \"quoted\" -- isn't it?",
];
const bytes = new TextEncoder().encode(`\ufeff${lines.join("\n")}\r\n`);
const name = "large.txt";

describe("readTextParallel", () => {
  test.each([
    [{ normalization: "none" }, (line: string) => line],
    [{}, (line: string) => line.normalize("NFC")],
    [{ normalization: "NFKC", lowerCase: true }, (line: string) => line.normalize("NFKC").toLowerCase()],
    [{ tokenize: "blanks" }, (line: string) => line.normalize("NFC").trim().replace(/\s+/g, " ")],
    [
      { tokenize: "nltk" },
      (line: string) => wordTokenize(line.normalize("NFC"), { preserveLine: true }).join(" "),
    ],
    [
      { tokenize: "treebank", normalization: "none" },
      (line: string) => wordTokenize(line, { preserveLine: true, rules: "treebank" }).join(" "),
    ],
  ] as const)("%o: the same lines for any number of workers and any pieces", async (options, expected) => {
    const wanted = lines.map(expected);
    for (const [workers, chunkBytes] of [
      [0, 1 << 20],
      [0, 1000],
      [1, 5000],
      [2, 20_000],
      [3, 1],
    ] as const) {
      // A piece of one byte is a line each: fewer of them.
      const some = chunkBytes === 1 ? 40 : lines.length;
      const part = chunkBytes === 1 ? new TextEncoder().encode(lines.slice(-some).join("\n")) : bytes;
      expect(await readTextParallel(part, { name, workers, chunkBytes, ...options })).toEqual(
        wanted.slice(-some),
      );
    }
  });

  test.each([0, 2])("names the first line that is not UTF-8, with %i workers", async (workers) => {
    const broken = bytes.slice();
    for (const line of [2900, 700, 2000]) {
      let at = 0;
      for (let seen = 1; seen < line; seen += 1) at = broken.indexOf(10, at) + 1;
      broken[at] = 0xff;
    }
    const read = readTextParallel(broken, { name, workers, chunkBytes: 1000 });
    await expect(read).rejects.toThrow(DataError);
    await expect(read).rejects.toThrow(
      "readTextParallel: large.txt line 700 is no text, got bytes that are not UTF-8",
    );
  });

  test("refuses an empty file and options that are not usable", async () => {
    await expect(readTextParallel(new Uint8Array(), { name })).rejects.toThrow("large.txt line 1 is missing");
    await expect(readTextParallel(bytes, { name, workers: -1 })).rejects.toThrow(
      "workers is not usable, got -1",
    );
    await expect(readTextParallel(bytes, { name, chunkBytes: 0 })).rejects.toThrow(
      "chunkBytes is not usable",
    );
  });
});
