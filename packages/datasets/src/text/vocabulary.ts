import { DataError } from "@hekla/tensor/errors";

/** What a vocabulary holds. */
export interface VocabularyOptions {
  /** How many of the most common words to keep, reserved ones not counted. Default: all. */
  readonly size?: number;
  /** The word that fills sequences up, number 0; null for none. Default `"PAD"`. */
  readonly pad?: string | null;
  /** The word that stands for all that were not kept; null for none. Default `"UNK"`. */
  readonly unknown?: string | null;
  /** Further reserved words, numbered after those two: `["START", "END"]`. Default none. */
  readonly reserved?: readonly string[];
}

/** A vocabulary as plain JSON. */
export interface VocabularyJson {
  readonly pad: string | null;
  readonly unknown: string | null;
  /** All words; a word's number is its place. */
  readonly words: readonly string[];
}

/** Words and their numbers: reserved words first, then the others from the most common on. */
export class Vocabulary {
  readonly pad: string | null;
  readonly unknown: string | null;
  /** All words; a word's number is its place. */
  readonly words: readonly string[];
  readonly #numbers: ReadonlyMap<string, number>;

  /** @throws DataError if a word stands twice, or `pad` or `unknown` is not among them */
  constructor({ pad, unknown, words }: VocabularyJson) {
    this.pad = pad;
    this.unknown = unknown;
    this.words = words;
    this.#numbers = new Map(words.map((word, number) => [word, number]));
    const twice = words.find((word, number) => this.#numbers.get(word) !== number);
    if (twice !== undefined) throw new DataError(`vocabulary: got "${twice}" twice, expected distinct words`);
    for (const word of [pad, unknown]) {
      if (word !== null && !this.#numbers.has(word)) {
        throw new DataError(
          `vocabulary: "${word}" is missing, got ${words.length} words without it, expected it`,
        );
      }
    }
  }

  /** How many words there are, reserved ones included. */
  get size(): number {
    return this.words.length;
  }

  /** The number of a word, or undefined if it was not kept. */
  indexOf(word: string): number | undefined {
    return this.#numbers.get(word);
  }

  /**
   * The words' numbers; that of `unknown` for a word which was not kept.
   * @throws DataError for such a word where `unknown` is null
   */
  encode(words: readonly string[]): number[] {
    const other = this.unknown === null ? undefined : this.#numbers.get(this.unknown);
    return words.map((word) => {
      const number = this.#numbers.get(word) ?? other;
      if (number !== undefined) return number;
      throw new DataError(
        `vocabulary: got the unknown word "${word}", expected one of the ${this.size} words`,
      );
    });
  }

  /**
   * The words of numbers, reserved ones included.
   * @throws DataError for a number beyond the last word
   */
  decode(numbers: ArrayLike<number>): string[] {
    return Array.from(numbers, (number) => {
      const word = this.words[number];
      if (word !== undefined) return word;
      throw new DataError(`vocabulary: got number ${number}, expected an integer in 0..${this.size - 1}`);
    });
  }

  /** As plain JSON, which the constructor takes back. */
  toJSON(): VocabularyJson {
    return { pad: this.pad, unknown: this.unknown, words: this.words };
  }
}

/**
 * Words and how often each occurs, from the most common on; equally common ones in the order of their first occurrence.
 *
 * Source: Python's `collections.Counter.most_common`.
 */
export function mostCommon(words: Iterable<string>): [word: string, count: number][] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}

/**
 * The vocabulary of a text's words: PAD = 0, UNK = 1, further reserved words, then the `size` most common ones, ties in
 * the order of `mostCommon`. A word of the text that looks like a reserved one is that one.
 *
 * @throws DataError if `size` is no integer of at least 0 or a reserved word stands twice
 */
export function vocabulary(words: Iterable<string>, options: VocabularyOptions = {}): Vocabulary {
  const { size = Infinity, pad = "PAD", unknown = "UNK", reserved = [] } = options;
  if (size !== Infinity && (!Number.isSafeInteger(size) || size < 0)) {
    throw new DataError(`vocabulary: size is not usable, got ${size}, expected an integer of at least 0`);
  }
  const first = [pad, unknown, ...reserved].filter((word) => word !== null);
  const others = mostCommon(words).flatMap(([word]) => (first.includes(word) ? [] : [word]));
  return new Vocabulary({ pad, unknown, words: [...first, ...others.slice(0, size)] });
}
