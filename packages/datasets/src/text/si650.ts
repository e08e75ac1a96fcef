import { DataError } from "@hekla/tensor/errors";
import { type FindFileOptions, findFile } from "../find-file.js";
import { readLines, readTabbed, shown } from "./read-text.js";
import { type WordTokenizeOptions, wordTokenize } from "./word-tokenize.js";

/** Labelled sentences. */
export interface LabelledSentences {
  /** As they stand in the file. */
  readonly sentences: readonly string[];
  /** `[sentences]`: 1 positive, 0 negative. */
  readonly labels: Int32Array;
  /** Where they came from. */
  readonly source: string;
}

/** Sentences without labels. */
export interface UnlabelledSentences {
  readonly sentences: readonly string[];
  /** Where they came from. */
  readonly source: string;
}

/** Where SI650 lies. */
export type Si650Options = Pick<FindFileOptions, "dataDir" | "place">;

/**
 * The labelled sentences of SI650 (University of Michigan, Kaggle in class): 7086 opinions on films, cities, makers.
 *
 * Sorted by label and full of duplicates (1410 distinct sentences): shuffle, and see `groupTrainTestSplit`.
 *
 * @throws DataError if `si650/training.txt` is neither in `dataDir` nor in HEKLA_DATA_DIR, or is broken: the line
 */
export async function si650(options: Si650Options = {}): Promise<LabelledSentences> {
  const names = ["si650/training.txt", "training.txt"];
  const file = await findFile(names, { ...options, dataset: "si650", twin: "syntheticSi650()" });
  return { ...readLabelledSentences(file.bytes, file.path), source: `SI650 from ${file.path}` };
}

/**
 * The 33 052 sentences of SI650 without labels, for which the competition wanted predictions.
 * @throws DataError if `si650/testdata.txt` is neither in `dataDir` nor in HEKLA_DATA_DIR, or is broken: the line
 */
export async function si650Unlabelled(options: Si650Options = {}): Promise<UnlabelledSentences> {
  const names = ["si650/testdata.txt", "testdata.txt"];
  const twin = "syntheticSi650Unlabelled()";
  const file = await findFile(names, { ...options, dataset: "si650", twin });
  const sentences = readLines(file.bytes, { name: file.path, owner: "si650" });
  return { sentences, source: `SI650 from ${file.path}` };
}

/**
 * The sentences and labels of a file of SI650's form: `label<TAB>sentence`, label 1 or 0.
 * @throws DataError for an empty file, a line without a tab, another label, or bytes that are not UTF-8: the line
 */
export function readLabelledSentences(
  bytes: Uint8Array,
  name: string,
): Pick<LabelledSentences, "sentences" | "labels"> {
  const rows = readTabbed(bytes, ["label", "sentence"], { name, owner: "si650" });
  const labels = Int32Array.from(rows, ([label = ""], index) => {
    if (label === "0" || label === "1") return Number(label);
    throw new DataError(
      `si650: ${name} line ${index + 1} has no usable label, got ${shown(label)}, expected 0 or 1`,
    );
  });
  return { sentences: rows.map(([, ...sentence]) => sentence.join("\t")), labels };
}

/**
 * The words of a sentence as the published SI650 programs make them: lower case, non-ASCII characters dropped, then
 * `wordTokenize`, with the rules that NLTK had then (`"treebank"`) unless `rules` says otherwise.
 *
 * The 7086 labelled sentences hold 2313 distinct words then, which is the published figure, and at most 42 at once. With
 * `rules: "nltk"` there are 2255: in today's NLTK two and four and more periods in a row are words of their own
 * (`awesome..` was one word and is two now) and an opening apostrophe is split off.
 */
export function si650Words(sentence: string, options: WordTokenizeOptions = {}): string[] {
  const ascii = sentence.toLowerCase().replace(/[^\x00-\x7f]+/g, "");
  return wordTokenize(ascii, { rules: "treebank", ...options });
}
