import { abbreviations, sentenceStarters } from "./abbreviations.js";
import { BLANK } from "./treebank-rules.js";

const NON_WORD = "[)\";}\\]*:@'({\\[\\u2018\\u2019\\u201c\\u201d\\xab\\xbb?!]";
const MULTI = `(?:-{2,}|\\.{2,}|(?:\\.${BLANK}){2,}\\.)`;
const SOLID = "[^\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";

/** A period, ? or ! that may end a sentence: something follows it, other punctuation or a blank and a word. */
const candidates = new RegExp(`[.?!](?=(${NON_WORD}|${BLANK}+(?<next>${SOLID}+)))`, "gu");
/** A word with its periods, or one mark. */
const words = new RegExp(
  `${MULTI}|(?=[^("\`{\\[:;&#*@)}\\]\\-,])${SOLID}+?` +
    `(?=${BLANK}|$|${NON_WORD}|${MULTI}|,(?=$|${BLANK}|${NON_WORD}|${MULTI}))|${SOLID}`,
  "gu",
);
/** Closing marks that belong to the sentence before them. */
const closing = new RegExp(`["')\\]}\\u2018\\u2019\\u201c\\u201d\\xab\\xbb]+?(?:${BLANK}+|(?=--)|$)`, "muy");
const trailingBlanks = new RegExp(`(?<!${BLANK})${BLANK}+$`, "u");
const lastWord = /[^ \t\n\r\v\f]*$/;

const initial = /^\p{L}\.$/u;
const dottedLetters = /^\p{L}(?:\.\p{L})+$/u;
const number = /^-?[.,]?\p{Nd}[\p{Nd},.-]*\.?$/u;

/** Whether a word begins a sentence, by its looks; undefined where they do not tell. */
function startsSentence(word: string): boolean | undefined {
  if (/^[;:,.!?]$/.test(word)) return false;
  if (/^\p{Ll}/u.test(word)) return false;
  return /^\p{Lu}/u.test(word) && sentenceStarters.has(word.toLowerCase()) ? true : undefined;
}

/** Whether a sentence ends after `word`, the next one being `next`. */
function endsSentence(word: string, next: string): boolean {
  if (word === "?" || word === "!" || word === ".") return true;
  if (!word.endsWith(".")) return false;
  const ellipsis = word.endsWith("..");
  const stem = word.slice(0, -1).toLowerCase();
  const short =
    abbreviations.has(stem) || abbreviations.has(stem.split("-").at(-1)!) || dottedLetters.test(stem);
  const starts = startsSentence(next);
  if (initial.test(word)) return starts === true;
  if (ellipsis || short) return starts === true;
  return !(number.test(word) && starts === false);
}

/** Whether a sentence ends in a candidate's surroundings: the word before it, itself and what follows. */
function hasEnd(context: string): boolean {
  const found = context.match(words) ?? [];
  return found.some((word, index) => index + 1 < found.length && endsSentence(word, found[index + 1]!));
}

interface Candidate {
  /** The word before it. */
  readonly from: number;
  readonly end: number;
  /** The punctuation or the blanks and word after it. */
  readonly after: string;
  readonly next?: number | undefined;
}

/** Where the candidate itself stands; 0 before the first. */
const at = ({ end }: Candidate): number => Math.max(end - 1, 0);

/** Candidates with the word before each; of several that share a word (`!!!`) only the last. */
function* candidatesIn(text: string): Generator<Candidate> {
  let previous: Candidate = { from: 0, end: 0, after: "" };
  for (const match of text.matchAll(candidates)) {
    const to = match.index;
    const before = text.slice(at(previous), to);
    const start = before.length - lastWord.exec(before)![0].length;
    // As in Punkt, a blank at the very start of what lies between does not part the two.
    const from = start > 1 ? at(previous) + start : previous.from;
    if (previous.end > 0 && at(previous) <= from) yield previous;
    const after = match[1]!;
    const { next } = match.groups!;
    previous = {
      from,
      end: to + 1,
      after,
      next: next === undefined ? next : to + 1 + after.length - next.length,
    };
  }
  if (previous.end > 0) yield previous;
}

/**
 * The sentences of an English text, without the blanks between them: the decisions of the Punkt sentence tokenizer.
 *
 * A `?` or `!` ends a sentence where a blank or other punctuation follows. So does a period, unless it belongs to an
 * abbreviation, an initial, an ellipsis or a number and the next word does not look like a beginning: one that starts
 * small, never; one of the commonest openers (`The`, `It`, ...) with a capital, always; other words after an
 * abbreviation or initial do not, after a number do. Closing quotes and brackets stay with the sentence before them.
 *
 * Punkt reads abbreviations and openers from a model trained on newspapers. That model is not part of this package:
 * the lists here are short and its statistics of upper and lower case are replaced by the rule above. Texts with
 * rarer abbreviations can therefore be split otherwise than by NLTK.
 *
 * Source: Kiss, Strunk, "Unsupervised multilingual sentence boundary detection", Computational Linguistics 32, 2006,
 * section 4; NLTK 3.10, `nltk.tokenize.punkt`.
 */
export function splitSentences(text: string): string[] {
  const spans: { start: number; end: number }[] = [];
  let start = 0;
  for (const { from, end, after, next } of candidatesIn(text)) {
    if (!hasEnd(text.slice(from, end) + after)) continue;
    spans.push({ start, end });
    start = next ?? end;
  }
  spans.push({ start, end: text.replace(trailingBlanks, "").length });
  const sentences: string[] = [];
  let moved = 0;
  spans.forEach((span, index) => {
    const begin = span.start + moved;
    moved = 0;
    let { end } = span;
    const following = spans[index + 1];
    if (following) {
      const rest = text.slice(following.start, following.end);
      closing.lastIndex = 0;
      const marks = closing.exec(rest)?.[0];
      if (marks !== undefined) {
        end = following.start + marks.replace(trailingBlanks, "").length;
        moved = marks.length;
      }
    }
    if (end > begin) sentences.push(text.slice(begin, end));
  });
  return sentences;
}
