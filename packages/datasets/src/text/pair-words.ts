/** A side of the pairs. */
export type PairLanguage = "english" | "french";

/** How `pairWords` splits. */
export interface PairWordsOptions {
  readonly language: PairLanguage;
  /** Whether capitals become small. Default true. */
  readonly lowerCase?: boolean;
}

/**
 * A sentence with one way to write each character: NFC, straight apostrophes and quotes, plain blanks for the narrow
 * and no-break ones (U+00A0, U+2009, U+202F), single and none at the ends.
 */
export function normalizeSentence(text: string): string {
  return text
    .normalize("NFC")
    .replace(/[\u2018\u2019\u02bc]/g, "'")
    .replace(/[\u201c\u201d]/g, '"')
    .replace(/\u2026/g, "...")
    .replace(/\s+/g, " ")
    .trim();
}

const LETTERS = "[\\p{L}\\p{M}]+";
const NUMBER = "\\p{N}+(?:[.,:]\\p{N}+)*";
const INITIALS = "(?:\\p{L}\\.){2,}";
const MARK = "\\.{2,}|[^\\s]";
/** What is split off an English word: i 'm, do n't. */
const SHORT = "'(?:s|m|d|ll|re|ve)(?!\\p{L})";
const NOT = "n't(?!\\p{L})";
/** What is split off a French verb: a -t-il, donne -le -moi; arc-en-ciel is let be. */
const PRONOUN = "(?:je|tu|ils?|elles?|on|nous|vous|moi|toi|les?|la|lui|leur|en|y|ce|ci|là)(?![\\p{L}'])";
const HANGING = `-(?:t-(?:ils?|elles?|on)(?!\\p{L})|${PRONOUN}(?!-(?!${PRONOUN})\\p{L}))`;

const patterns: Readonly<Record<PairLanguage, RegExp>> = {
  // mother-in-law, o'clock and a.m. are one word each.
  english: new RegExp(
    `${NUMBER}|${NOT}|${SHORT}|${INITIALS}|\\p{L}+?(?=${NOT})` +
      `|${LETTERS}(?:(?:-|(?!${SHORT})'(?!t(?!\\p{L})))${LETTERS})*|${MARK}`,
    "giu",
  ),
  // l' homme; aujourd'hui, 14h30 and arc-en-ciel are one word each.
  french: new RegExp(
    `\\p{N}+h\\p{N}*|${NUMBER}|(?:aujourd|prud|quelqu)'\\p{L}+|${INITIALS}|${HANGING}` +
      `|${LETTERS}'|${LETTERS}(?:(?!${HANGING})-${LETTERS})*(?!')|${MARK}`,
    "giu",
  ),
};

/**
 * The words and marks of one side of a pair, of `normalizeSentence`'s form: `do n't`, `i 'm`, `j' ai`, `a -t-il`.
 *
 * `joinPairWords` puts them together again.
 */
export function pairWords(text: string, options: PairWordsOptions): string[] {
  const { language, lowerCase = true } = options;
  const sentence = normalizeSentence(text);
  return (lowerCase ? sentence.toLowerCase() : sentence).match(patterns[language]) ?? [];
}

const clitic = /^(?:n't|'(?:s|m|d|ll|re|ve)|-(?:t-)?\p{L}+)$/iu;

/**
 * Words of `pairWords` as a sentence a person reads: marks close to the words as each language has them, French with a
 * blank before `! ? : ;` and inside « ». Straight quotes open and close in turn.
 */
export function joinPairWords(words: readonly string[], language: PairLanguage): string {
  let sentence = "";
  let open = false;
  let glued = true;
  for (const word of words) {
    const quote = word === '"';
    const closes = quote ? open : /^(?:[.,)\]%]|\.{2,})$/.test(word);
    const marks = language === "english" && /^[!?:;]$/.test(word);
    const apart = !(glued || closes || marks || clitic.test(word));
    sentence += apart ? ` ${word}` : word;
    if (quote) open = !open;
    glued = (quote && open) || /^[([$]$/.test(word) || (language === "french" && /[\p{L}]'$/u.test(word));
  }
  return sentence;
}
