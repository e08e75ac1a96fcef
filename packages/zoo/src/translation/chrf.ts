import { checkReferences, countNgrams } from "./bleu.js";

const characterOrder = 6;
const beta = 2;

/** N-grams of one length: in the hypotheses, in the references, in both. */
type Matches = readonly [hypothesis: number, reference: number, both: number];

/**
 * chrF2 of a corpus, 0 to 100: the F-score, recall counting twice as much as precision, of the 1- to 6-grams of characters
 * without spaces, precision and recall being means over those lengths of which both sides have n-grams. Of several
 * references the one that fits a hypothesis best counts.
 *
 * @throws DataError where there is not a reference at least for each hypothesis
 * Source: Popović 2015; sacreBLEU 2 `corpus_chrf`.
 */
export function corpusChrf(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
): number {
  checkReferences("corpusChrf", hypotheses, references);
  const totals = Array.from({ length: characterOrder }, () => [0, 0, 0] as [number, number, number]);
  hypotheses.forEach((hypothesis, at) => {
    const candidates = references[at]!.map((reference) => matches(hypothesis, reference));
    const best = candidates.reduce((a, b) => (fScore(b) > fScore(a) ? b : a));
    best.forEach((counts, n) => {
      counts.forEach((count, part) => {
        totals[n]![part]! += count;
      });
    });
  });
  return fScore(totals);
}

function matches(hypothesis: string, reference: string): Matches[] {
  const [own, other] = [hypothesis, reference].map((text) => [...text.replace(/\s/g, "")]) as [
    string[],
    string[],
  ];
  return Array.from({ length: characterOrder }, (_, at) => {
    const known = countNgrams(other, at + 1);
    let both = 0;
    for (const [ngram, count] of countNgrams(own, at + 1)) both += Math.min(count, known.get(ngram) ?? 0);
    const count = (items: readonly string[]): number => Math.max(0, items.length - at);
    // Where the reference is too short for this length, the hypothesis's n-grams do not count against it.
    return [known.size > 0 ? count(own) : 0, count(other), both];
  });
}

function fScore(lengths: readonly Matches[]): number {
  const counted = lengths.filter(([own, other]) => own > 0 && other > 0);
  if (counted.length === 0) return 0;
  const precision = counted.reduce((sum, [own, , both]) => sum + both / own, 0) / counted.length;
  const recall = counted.reduce((sum, [, other, both]) => sum + both / other, 0) / counted.length;
  if (precision + recall === 0) return 0;
  return (100 * (1 + beta ** 2) * precision * recall) / (beta ** 2 * precision + recall);
}
