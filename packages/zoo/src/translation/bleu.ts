import { DataError } from "@hekla/tensor";

/** What `corpusBleu` finds. */
export interface BleuScore {
  /** From 0 to 100. */
  readonly score: number;
  /** Share of the 1- to 4-grams that are in a reference, in percent, smoothed. */
  readonly precisions: readonly number[];
  /** Factor for output that is shorter than the references. */
  readonly brevityPenalty: number;
  readonly hypothesisLength: number;
  /** Of the references that are nearest in length. */
  readonly referenceLength: number;
}

const order = 4;

/**
 * BLEU of a corpus: `100 bp exp(mean(log p_n))` for n = 1 to 4. `p_n` is the share of all n-grams of the hypotheses that are
 * in a reference, each counted at most as often as in the reference that has it most often; `bp = exp(1 - r / c)` where the
 * hypotheses' c words are fewer than r, those of the references nearest in length (the shorter of two as near). The k-th
 * precision that is 0 counts as `1 / (2^k total)`. Without any hit, or without n-grams of some length, the score is 0.
 *
 * @param hypotheses plain sentences; they are split into words by `tokenize13a`
 * @param references translations of each of them, as many as there are
 * @throws DataError where there is not a reference at least for each hypothesis
 * Source: Papineni et al. 2002; sacreBLEU 2 `corpus_bleu` (tokenizer 13a, exponential smoothing).
 */
export function corpusBleu(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
): BleuScore {
  checkReferences("corpusBleu", hypotheses, references);
  const hits = new Array<number>(order).fill(0);
  const totals = new Array<number>(order).fill(0);
  let hypothesisLength = 0;
  let referenceLength = 0;
  hypotheses.forEach((hypothesis, at) => {
    const words = tokenize13a(hypothesis);
    const others = references[at]!.map(tokenize13a);
    hypothesisLength += words.length;
    referenceLength += nearest(
      words.length,
      others.map(({ length }) => length),
    );
    for (let n = 1; n <= order; n++) {
      const inReferences = others.map((other) => countNgrams(other, n));
      for (const [ngram, count] of countNgrams(words, n)) {
        const most = Math.max(...inReferences.map((counts) => counts.get(ngram) ?? 0));
        hits[n - 1]! += Math.min(count, most);
        totals[n - 1]! += count;
      }
    }
  });
  const brevityPenalty =
    hypothesisLength >= referenceLength
      ? 1
      : hypothesisLength > 0
        ? Math.exp(1 - referenceLength / hypothesisLength)
        : 0;
  const found = hits.some((count) => count > 0);
  const precisions = found ? smoothed(hits, totals) : hits.map(() => 0);
  const logs = precisions.reduce((sum, precision) => sum + Math.log(precision), 0);
  const score = found ? brevityPenalty * Math.exp(logs / order) : 0;
  return { score, precisions, brevityPenalty, hypothesisLength, referenceLength };
}

/** Precisions in percent; those of 0 hits halve with each. None behind a length of which there are no n-grams. */
function smoothed(hits: readonly number[], totals: readonly number[]): number[] {
  let divisor = 1;
  return hits.map((count, at) => {
    if (totals[at] === 0) return 0;
    if (count > 0) return (100 * count) / totals[at]!;
    divisor *= 2;
    return 100 / (divisor * totals[at]!);
  });
}

/** The length nearest to `length`, the shorter of two. */
const nearest = (length: number, lengths: readonly number[]): number =>
  lengths.reduce((best, other) => {
    const gain = Math.abs(best - length) - Math.abs(other - length);
    return gain > 0 || (gain === 0 && other < best) ? other : best;
  });

/** How often each run of `n` items occurs. */
export function countNgrams(items: readonly string[], n: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let from = 0; from + n <= items.length; from++) {
    const ngram = items.slice(from, from + n).join(" ");
    counts.set(ngram, (counts.get(ngram) ?? 0) + 1);
  }
  return counts;
}

/** @throws DataError where there is not a reference at least for each hypothesis */
export function checkReferences(
  owner: string,
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
): void {
  if (hypotheses.length === references.length && references.every(({ length }) => length > 0)) return;
  const counts = `${hypotheses.length} hypotheses and ${references.length} lists of references`;
  const empty = references.findIndex(({ length }) => length === 0);
  throw new DataError(
    `${owner}: references are missing, got ${empty < 0 ? counts : `none for hypothesis ${empty}`}, expected one or ` +
      "more for each",
  );
}

const entities = [
  ["&quot;", '"'],
  ["&amp;", "&"],
  ["&lt;", "<"],
  ["&gt;", ">"],
] as const;

/**
 * Words and marks of a sentence as BLEU counts them: every mark of ASCII is one, but the apostrophe, periods and commas
 * inside numbers, and dashes that follow no digit.
 * Source: NIST mteval-v13a.pl; sacreBLEU's tokenizer "13a".
 */
export function tokenize13a(text: string): string[] {
  let line = text.trimEnd().replaceAll("<skipped>", "").replaceAll("-\n", "").replaceAll("\n", " ");
  for (const [entity, sign] of entities) line = line.replaceAll(entity, sign);
  return ` ${line} `
    .replace(/[{-~[-` -&(-+:-@/]/g, " $& ")
    .replace(/([^0-9])([.,])/gu, "$1 $2 ")
    .replace(/([.,])([^0-9])/gu, " $1 $2")
    .replace(/([0-9])(-)/g, "$1 $2 ")
    .split(/\s+/)
    .filter((word) => word !== "");
}
