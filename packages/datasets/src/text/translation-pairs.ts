import { DataError } from "@hekla/tensor/errors";
import { type FindFileOptions, findFile } from "../find-file.js";
import { normalizeSentence } from "./pair-words.js";
import { readTabbed } from "./read-text.js";

/** Sentences and their translations: pair i is `english[i]` and `french[i]`. */
export interface TranslationPairs {
  readonly english: readonly string[];
  readonly french: readonly string[];
  /** Where they came from. */
  readonly source: string;
}

/** Where the pairs lie and how they are wanted. */
export interface TranslationPairsOptions extends Pick<FindFileOptions, "dataDir" | "place"> {
  /** Keep only the first so many. Default: all. */
  readonly limit?: number;
  /** Whether characters are unified, see `normalizeSentence`. Default true. */
  readonly normalize?: boolean;
}

/**
 * English sentences and their French translations, the shortest first: `english<TAB>french` lines of the Tatoeba project
 * as manythings.org/anki packs them.
 *
 * One sentence can have many translations: split with `groupTrainTestSplit(pairs.english)`.
 *
 * @throws DataError if neither `fra-eng/fra-first-25000.txt` nor `fra-eng/fra.txt` is in `dataDir` or HEKLA_DATA_DIR, or
 * if the file is broken: the line
 */
export async function translationPairs(options: TranslationPairsOptions = {}): Promise<TranslationPairs> {
  const { limit = Infinity } = options;
  if (limit !== Infinity && (!Number.isSafeInteger(limit) || limit < 1)) {
    throw new DataError(
      `translationPairs: limit is not usable, got ${limit}, expected an integer of at least 1`,
    );
  }
  const names = ["fra-eng/fra-first-25000.txt", "fra-eng/fra.txt", "fra-first-25000.txt", "fra.txt"];
  const twin = "syntheticTranslationPairs()";
  const { bytes, path } = await findFile(names, { ...options, dataset: "translationPairs", twin });
  return { ...readTranslationPairs(bytes, path, options), source: `English-French pairs from ${path}` };
}

/**
 * The pairs of a file of the form `english<TAB>french`; further columns, which later editions have, are passed over.
 * @throws DataError for an empty file, a line without a tab, an empty side, or bytes that are not UTF-8: the line
 */
export function readTranslationPairs(
  bytes: Uint8Array,
  name: string,
  options: Pick<TranslationPairsOptions, "limit" | "normalize"> = {},
): Omit<TranslationPairs, "source"> {
  const owner = "translationPairs";
  const rows = readTabbed(bytes, ["english", "french"], { name, owner }).slice(0, options.limit);
  const side = (column: number): string[] =>
    rows.map((cells, index) => {
      const sentence = options.normalize === false ? cells[column]! : normalizeSentence(cells[column]!);
      if (sentence !== "") return sentence;
      const which = column === 0 ? "English" : "French";
      throw new DataError(
        `${owner}: ${name} line ${index + 1} has no ${which} side, got nothing, expected a sentence`,
      );
    });
  return { english: side(0), french: side(1) };
}
