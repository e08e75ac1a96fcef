/**
 * Character n-grams as a forecast to beat: the probability of a character after the n - 1 before it, with
 * Witten and Bell's smoothing, `p(c | h) = (count(h c) + types(h) p(c | h')) / (count(h) + types(h))`,
 * where h' is h without its first character and the end of the chain is uniform over the vocabulary.
 * Source: Witten, Bell, "The zero-frequency problem", IEEE Transactions on Information Theory 37, 1991,
 * method C; Chen, Goodman, "An empirical study of smoothing techniques for language modeling", 1999,
 * section 2.5.
 */
export class CharacterNgrams {
  /** What followed each history, by the history's text of numbers. */
  readonly #followers = new Map<string, { total: number; readonly counts: Map<number, number> }>();

  /**
   * @param text numbers of characters to count.
   * @param size of the vocabulary.
   * @param order n: 1 looks at no character before, 3 at two.
   */
  constructor(
    text: Int32Array,
    readonly size: number,
    readonly order: number,
  ) {
    for (let at = 0; at < text.length; at++) {
      for (const history of this.#histories(text, at)) {
        const entry = this.#followers.get(history) ?? { total: 0, counts: new Map<number, number>() };
        this.#followers.set(history, entry);
        entry.total++;
        entry.counts.set(text[at]!, (entry.counts.get(text[at]!) ?? 0) + 1);
      }
    }
  }

  /** Probability of the character at `at` after those before it. */
  probability(text: Int32Array, at: number): number {
    let probability = 1 / this.size;
    for (const history of this.#histories(text, at)) {
      const entry = this.#followers.get(history);
      if (!entry) break;
      const types = entry.counts.size;
      probability = ((entry.counts.get(text[at]!) ?? 0) + types * probability) / (entry.total + types);
    }
    return probability;
  }

  /** Mean of -log2 p over a text's characters but the first, in bits a character. */
  bitsPerCharacter(text: Int32Array): number {
    let bits = 0;
    for (let at = 1; at < text.length; at++) bits -= Math.log2(this.probability(text, at));
    return bits / (text.length - 1);
  }

  /** The histories before a place, from none to n - 1 characters. */
  *#histories(text: Int32Array, at: number): Generator<string> {
    let history = "";
    yield history;
    for (let back = 1; back < this.order && back <= at; back++) {
      history = `${text[at - back]},${history}`;
      yield history;
    }
  }
}
