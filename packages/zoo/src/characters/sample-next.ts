import { HostRandom } from "@hekla/tensor";

export interface SampleNextOptions {
  /** Divides the logits; 0 takes the largest. */
  readonly temperature: number;
  /** Draws from so many of the largest only; 0 from all. */
  readonly topK: number;
}

/** Draws a place of a list of logits, of those that are allowed. */
export type SampleNext = (logits: ArrayLike<number>, allowed?: (choice: number) => boolean) => number;

/**
 * A sampler of softmax(logits / temperature) whose draws follow from the seed. Of equal logits the first
 * counts as larger.
 */
export function sampleNext(seed: number, { temperature, topK }: SampleNextOptions): SampleNext {
  const random = new HostRandom(seed, "sample");
  return (logits, allowed = () => true) => {
    const choices = Array.from({ length: logits.length }, (_, choice) => choice)
      .filter(allowed)
      .sort((a, b) => logits[b]! - logits[a]! || a - b);
    if (temperature === 0) return choices[0]!;
    const kept = topK > 0 ? choices.slice(0, topK) : choices;
    const largest = logits[kept[0]!]!;
    const weights = kept.map((choice) => Math.exp((logits[choice]! - largest) / temperature));
    let rest = random.uniform() * weights.reduce((sum, weight) => sum + weight, 0);
    const at = weights.findIndex((weight) => {
      rest -= weight;
      return rest < 0;
    });
    return kept[at < 0 ? kept.length - 1 : at]!;
  };
}
