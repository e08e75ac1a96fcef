import { textFile } from "@hekla/datasets";
import { DataError, HostRandom } from "@hekla/tensor";
import type { DataSource } from "../data-source.js";
import { grammarText } from "./grammar-text.js";

/** A text in three parts; none of a collection's sentences is in two of them. */
export interface CharacterText {
  readonly train: string;
  readonly validation: string;
  readonly test: string;
  /** Name of the text's origin. */
  readonly source: string;
}

/**
 * Collections of sentences by name. They are sorted and hold duplicates, so their lines are told apart and
 * shuffled.
 */
const collections: Readonly<Record<string, { readonly file: string; readonly tabbed: boolean }>> = {
  "fra-eng": { file: "fra-eng/fra-first-25000.txt", tabbed: true },
  si650: { file: "si650/testdata.txt", tabbed: false },
};
const shares = { validation: 0.05, test: 0.1 };

/**
 * The text `name`: the English sentences of "fra-eng", the unlabelled sentences of "si650", or a file of
 * the data folder or of its folder `text`. The last tenth is for tests, the twentieth before it for
 * validation: of the distinct sentences in an order that never changes, or of a file's characters.
 * @throws DataNotFoundError without such a file
 * @throws DataError for bytes that are not UTF-8, a line of fra-eng without a tab, or a text that is too
 * short
 */
export function loadCharacterText(data: DataSource, name: string): Promise<CharacterText> {
  return data.load(
    `text ${name}`,
    async ({ dataDir }) => {
      const collection = Object.hasOwn(collections, name) ? collections[name] : undefined;
      const names = collection ? [collection.file] : [`text/${name}`, name];
      const { text, path } = await textFile(names, { dataset: "char-lstm", ...(dataDir && { dataDir }) });
      if (!collection) return { ...splitCharacters(text, path), source: path };
      const lines = text.split(/\r?\n/);
      if (lines.at(-1) === "") lines.pop();
      const sentences = collection.tabbed
        ? lines.map((line, index) => beforeTab(line, path, index + 1))
        : lines;
      return { ...splitSentences(sentences, path), source: `${name} from ${path}` };
    },
    () => ({
      ...splitSentences(grammarText(1, 3000).split("\n"), "grammar"),
      source: "sentences of a built-in grammar",
    }),
  );
}

function beforeTab(line: string, path: string, number: number): string {
  const tab = line.indexOf("\t");
  if (tab >= 0) return line.slice(0, tab);
  const got = JSON.stringify(line.length > 40 ? `${line.slice(0, 40)}...` : line);
  throw new DataError(
    `char-lstm: ${path} line ${number} lacks a column, got no tab in ${got}, expected english<TAB>french`,
  );
}

function splitSentences(lines: readonly string[], path: string): Omit<CharacterText, "source"> {
  const distinct = [...new Set(lines.map((line) => line.trim()))].filter((line) => line !== "");
  const shuffled = Array.from(new HostRandom(1, "lines").permutation(distinct.length), (at) => distinct[at]!);
  const [trainEnd, validationEnd] = ends(shuffled.length);
  const part = (from: number, to?: number) => shuffled.slice(from, to).join("\n");
  return checked(
    { train: part(0, trainEnd), validation: part(trainEnd, validationEnd), test: part(validationEnd) },
    path,
  );
}

function splitCharacters(text: string, path: string): Omit<CharacterText, "source"> {
  const characters = [...text.replaceAll("\r\n", "\n")];
  const [trainEnd, validationEnd] = ends(characters.length);
  const part = (from: number, to?: number) => characters.slice(from, to).join("");
  return checked(
    { train: part(0, trainEnd), validation: part(trainEnd, validationEnd), test: part(validationEnd) },
    path,
  );
}

const ends = (count: number): [number, number] => [
  Math.floor(count * (1 - shares.validation - shares.test)),
  Math.floor(count * (1 - shares.test)),
];

function checked(text: Omit<CharacterText, "source">, path: string): Omit<CharacterText, "source"> {
  const { train, validation, test } = text;
  const shortest = Math.min(train.length, validation.length, test.length);
  if (shortest >= 2) return text;
  const got = train.length + validation.length + test.length;
  throw new DataError(
    `char-lstm: ${path} is too short to learn from, got ${got} characters, expected at least 40`,
  );
}

/** Characters and their numbers; number 0 stands for every other character. */
export class CharacterVocabulary {
  readonly #numbers: ReadonlyMap<string, number>;

  /** @param characters the character of number 1, 2, ... */
  constructor(readonly characters: readonly string[]) {
    this.#numbers = new Map(characters.map((character, index) => [character, index + 1]));
  }

  /**
   * The most frequent characters of a text, at most `size - 1`; of equally frequent ones the first by code
   * point.
   */
  static of(text: string, size: number): CharacterVocabulary {
    const counts = new Map<string, number>();
    for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
    const order = [...counts].sort(
      ([a, x], [b, y]) => y - x || (a.codePointAt(0) ?? 0) - (b.codePointAt(0) ?? 0),
    );
    return new CharacterVocabulary(order.slice(0, size - 1).map(([character]) => character));
  }

  /** The number of each character. */
  encode(text: string): Int32Array {
    return Int32Array.from([...text], (character) => this.#numbers.get(character) ?? 0);
  }

  /** The character of a number; U+FFFD for 0. */
  character(number: number): string {
    return this.characters[number - 1] ?? "\ufffd";
  }
}
