/** One replacement as data, so that a worker can be handed it: expression, flags, replacement. */
export type TextRule = readonly [source: string, flags: string, replacement: string];

/** Blanks as Python's `str.isspace` has them; JavaScript's `\s` lacks U+001C to U+001F and U+0085 and has U+FEFF. */
export const BLANK =
  "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";

/** A character of a word as Python's `\w` has it: letters, numbers and the underscore of any script. */
const WORD = "[\\p{L}\\p{N}_]";

/** Python's `$`, which also stands before a last line feed. */
const END = "(?=\\n?$)";

const rule = (source: string, replacement: string, flags = ""): TextRule => [
  source,
  `gu${flags}`,
  replacement,
];

/** A contraction that is split in two wherever it stands as a word. */
const contraction = (first: string, second: string, after = `(?!${WORD})`): TextRule =>
  rule(`(?<!${WORD})(${first})(${second})${after}`, " $1 $2 ", "i");

const straightStartingQuotes: readonly TextRule[] = [
  rule('^"', "``"),
  rule("(``)", " $1 "),
  rule("([ ([{<])(\"|'{2})", "$1 `` "),
];

const finalPeriod = rule(`([^.])(\\.)([\\])}>"']*)${BLANK}*$`, "$1 $2$3 ");
const commas: readonly TextRule[] = [rule("([:,])([^\\p{Nd}])", " $1 $2"), rule(`([:,])${END}`, " $1 ")];
const symbols = rule("[;@#$%&]", " $& ");
const exclamations = rule("[?!]", " $& ");
const quoteBeforeBlank = rule("([^'])' ", "$1 ' ");
const brackets = rule("[\\]\\[(){}<>]", " $& ");
const doubleDashes = rule("--", " -- ");
const straightEndingQuotes: readonly TextRule[] = [rule("''", " '' "), rule('"', " '' ")];
const clitics: readonly TextRule[] = [
  rule("([^' ])('[sS]|'[mM]|'[dD]|') ", "$1 $2 "),
  rule("([^' ])('ll|'LL|'re|'RE|'ve|'VE|n't|N'T) ", "$1 $2 "),
];
const contractions: readonly TextRule[] = [
  contraction("can", "not"),
  contraction("d", "'ye"),
  contraction("gim", "me"),
  contraction("gon", "na"),
  contraction("got", "ta"),
  contraction("lem", "me"),
  contraction("more", "'n"),
  contraction("wan", "na", `(?=${BLANK})`),
  rule(` ('t)(is)(?!${WORD})`, " $1 $2 ", "i"),
  rule(` ('t)(was)(?!${WORD})`, " $1 $2 ", "i"),
];
/** A blank at both ends, for the rules after it to lean on. */
const pad = rule("^[^]*$", " $& ");

/** NLTK's `TreebankWordTokenizer`, which `word_tokenize` applied in early NLTK 3. */
export const treebankRules: readonly TextRule[] = [
  ...straightStartingQuotes,
  ...commas,
  rule("\\.\\.\\.", " ... "),
  symbols,
  finalPeriod,
  exclamations,
  quoteBeforeBlank,
  brackets,
  doubleDashes,
  pad,
  ...straightEndingQuotes,
  ...clitics,
  ...contractions,
];

/** NLTK's `NLTKWordTokenizer`, which `word_tokenize` applies today: also Unicode quotes, dashes and longer ellipses. */
export const nltkRules: readonly TextRule[] = [
  rule("([«“‘„]|`+)", " $1 "),
  ...straightStartingQuotes,
  rule(`(?<!${WORD})(')(?!(?:re|ve|ll|m|t|s|d|n)(?!${WORD}))(?=${WORD})`, "$1 ", "i"),
  rule(`([^.])(\\.)([\\])}>"'»”’ ]*)${BLANK}*$`, "$1 $2 $3 "),
  ...commas,
  rule("\\.{2,}", " $& "),
  symbols,
  rule("[\\u2012-\\u2015]", " $& "),
  finalPeriod,
  exclamations,
  quoteBeforeBlank,
  rule("\\*", " $& "),
  brackets,
  doubleDashes,
  pad,
  rule("([»”’])", " $1 "),
  ...straightEndingQuotes,
  // Runs of blanks become one; a lone blank, the common case, is let be.
  rule(`(?! (?!${BLANK}))${BLANK}+`, " "),
  ...clitics,
  ...contractions,
];
