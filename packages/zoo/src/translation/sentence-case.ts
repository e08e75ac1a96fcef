const endsSentence = /^(?:[.!?]|\.{2,})$/;
const isWord = (token: string): boolean => /[\p{L}\p{N}]/u.test(token);

/**
 * Capitals at the beginning of sentences say nothing of a word: taken away before a text is learnt, put back behind. The usual
 * writing of a word is the one it has most often inside sentences.
 * Source: the truecaser of Moses (Koehn et al. 2007).
 */
export class SentenceCase {
  readonly #usual = new Map<string, string>();

  /** @param sentences words and marks of the text from which to learn */
  constructor(sentences: Iterable<readonly string[]>) {
    const counts = new Map<string, Map<string, number>>();
    for (const tokens of sentences) {
      mapWords(tokens, (token, begins) => {
        if (begins) return token;
        const small = token.toLowerCase();
        const forms = counts.get(small) ?? new Map<string, number>();
        counts.set(small, forms.set(token, (forms.get(token) ?? 0) + 1));
        return token;
      });
    }
    for (const [small, forms] of counts) {
      const [best] = [...forms].reduce((a, b) => (b[1] > a[1] ? b : a));
      this.#usual.set(small, best);
    }
  }

  /** First words of sentences in their usual writing, in small letters where that is not known; the others as they are. */
  remove(tokens: readonly string[]): string[] {
    return mapWords(tokens, (token, begins) => {
      const small = token.toLowerCase();
      return begins ? (this.#usual.get(small) ?? small) : token;
    });
  }
}

/** Sentences with a capital at the beginning. */
export const capitalizeSentences = (tokens: readonly string[]): string[] =>
  mapWords(tokens, (token, begins) => (begins ? token.charAt(0).toUpperCase() + token.slice(1) : token));

/** Each word through a function that is told whether a sentence begins with it; marks stay. */
function mapWords(tokens: readonly string[], change: (token: string, begins: boolean) => string): string[] {
  let begins = true;
  return tokens.map((token) => {
    if (!isWord(token)) {
      if (endsSentence.test(token)) begins = true;
      return token;
    }
    const changed = change(token, begins);
    begins = false;
    return changed;
  });
}
