import { Dataset } from "@hekla/datasets";
import type { LabelledBatch } from "@hekla/layers";
import { type HostArray, HostRandom } from "@hekla/tensor";
import { type EncodedPair, reservedWords, UNKNOWN } from "./translation-data.js";

/** How pairs become batches. */
export interface PairBatchesOptions {
  readonly batchSize: number;
  /** Of the order of pairs and batches; without it the order stays the same. */
  readonly seed?: number;
  /** Share of the words, of both sides but not of the labels, read as the unknown one; others in each epoch. Needs a seed. Default 0. */
  readonly wordDropout?: number;
  /** Most groups of like lengths, each of which has steps of one shape: a plan for each. Default 6. */
  readonly groups?: number;
}

/** Pairs of like lengths, and the lengths to which they are filled up. */
interface LengthGroup {
  readonly pairs: readonly EncodedPair[];
  readonly sourceLength: number;
  readonly targetLength: number;
}

/**
 * Batches of pairs of like lengths: `x` is source `[batch, steps]` and target `[batch, steps]`, `y` the labels of the
 * target's steps. Every epoch has each pair once. Rows behind the last pair of a group are padding all over, which masks leave
 * out, so that all batches of a group have one shape. `dataset.size` is the number of steps an epoch.
 */
export function pairBatches(
  pairs: readonly EncodedPair[],
  { batchSize, seed, wordDropout = 0, groups: most = 6 }: PairBatchesOptions,
): Dataset<LabelledBatch> {
  const groups = lengthGroups(pairs, most);
  const steps = groups.reduce((sum, group) => sum + Math.ceil(group.pairs.length / batchSize), 0);
  return Dataset.generate(function* (epoch) {
    const random = seed === undefined ? undefined : new HostRandom(seed, "shuffle", epoch);
    const drops = seed === undefined ? undefined : new HostRandom(seed, "word dropout", epoch);
    const read = (words: readonly number[]): readonly number[] =>
      drops && wordDropout > 0
        ? words.map((word) => (drops.uniform() < wordDropout && word >= reservedWords ? UNKNOWN : word))
        : words;
    const order = (count: number): Int32Array =>
      random?.permutation(count) ?? Int32Array.from({ length: count }, (_, at) => at);
    const batches: (readonly [LengthGroup, readonly EncodedPair[]])[] = [];
    for (const group of groups) {
      const shuffled = Array.from(order(group.pairs.length), (at) => group.pairs[at]!);
      for (let from = 0; from < shuffled.length; from += batchSize) {
        batches.push([group, shuffled.slice(from, from + batchSize)]);
      }
    }
    for (const at of order(batches.length)) {
      const [{ sourceLength, targetLength }, rows] = batches[at]!;
      const filled = (sequences: readonly (readonly number[])[], length: number) =>
        paddedRows(sequences, batchSize, length);
      yield {
        x: [
          filled(
            rows.map(({ source }) => read(source)),
            sourceLength,
          ),
          filled(
            rows.map(({ target }) => read(target)),
            targetLength,
          ),
        ],
        y: filled(
          rows.map(({ labels }) => labels),
          targetLength,
        ),
      };
    }
  }, steps);
}

/** Sequences as rows of one array, padding behind each, and rows of padding up to `rows`. */
export function paddedRows(
  sequences: readonly (readonly number[])[],
  rows: number,
  length: number,
): HostArray {
  const data = new Int32Array(rows * length);
  sequences.forEach((sequence, row) => {
    data.set(sequence, row * length);
  });
  return { data, shape: [rows, length] };
}

/** Pairs by the length of their target, cut where a group has its share of all steps. */
function lengthGroups(pairs: readonly EncodedPair[], most: number): LengthGroup[] {
  const lengths = [...new Set(pairs.map(({ target }) => target.length))].sort((a, b) => a - b);
  const share = pairs.length / most;
  const groups: EncodedPair[][] = [];
  for (const length of lengths) {
    const found = pairs.filter(({ target }) => target.length === length);
    const last = groups.at(-1);
    if (last && (last.length < share || found.length < share / 4)) last.push(...found);
    else groups.push(found);
  }
  return groups.map((group) => ({
    pairs: group,
    sourceLength: Math.max(...group.map(({ source }) => source.length)),
    targetLength: group.at(-1)!.target.length,
  }));
}
