import { DataError } from "@hekla/tensor/errors";
import { type ItemRandom, itemRandom } from "../counter-random.js";
import { type LabelledSentences, readLabelledSentences, type UnlabelledSentences } from "./si650.js";

/** How many made-up sentences, from which seed. */
export interface SyntheticSi650Options {
  /** Default 1. */
  readonly seed?: number;
  /** How many. Default: as many as SI650 has, 7086 with and 33 052 without labels. */
  readonly lines?: number;
}

const SENTENCES = 101;
const LINES = 102;
const UNLABELLED_LINES = 103;
/** Shares of positive sentences, of lines with the wrong label, and of sentences with characters beyond ASCII. */
const POSITIVE = 0.56;
const NOISE = 0.003;
const BEYOND_ASCII = 0.015;
/** Distinct sentences by line, as in SI650 (1410 of 7086, not all of those offered being drawn). */
const DISTINCT = 0.23;

const words = (text: string): readonly string[] => text.split(" ");
const phrases = (text: string): readonly string[] => text.split("; ");

const topics = phrases(
  "the paper lantern; harbour lights; the third tide; north of amber; the glass orchard; winter ferry; velora city; " +
    "the old quarter of brenn; lindow college; a tallis phone; the quill tablet; morrow motors; the tin comet; " +
    "a night at the observatory; sand and signal; the clockmaker's niece",
);
const good = words(
  "wonderful brilliant lovely charming superb delightful gorgeous thrilling clever fantastic touching amazing",
);
const bad = words(
  "awful boring dreadful clumsy terrible stupid horrible dull ugly tedious worthless annoying",
);
const praise = phrases("love; adore; really like; enjoy; admire; cherish");
const blame = phrases("hate; despise; can't stand; really dislike; loathe; regret");
const people = phrases(
  "my sister; my brother; everyone here; our teacher; the whole class; my neighbour; nobody sane",
);
const things = words("plot music acting ending price camera weather design story battery food crowd");
const adverbs = words("so very truly simply quite absolutely honestly just");
const openings = phrases("; ; ; ; honestly,; well,; ok,; i must say,; after all,; by the way,; -; oh");
const closings = phrases(".; .; .; !; !!; ...; ..; ; , as always.; , and i mean it.; :); , don't you think?");

/** Sentences by their sentiment: T a topic, G and B words, P and H verbs, N somebody, S a thing, A an adverb. */
const frames: Readonly<Record<0 | 1, readonly string[]>> = {
  1: [
    "i P T",
    "T is A G",
    "i think that T is G and A G",
    "T was not B at all",
    "N and i P T",
    "the S of T is A G",
    "i never saw anything as G as T",
    "i thought T would be B, but it was A G",
    "we P the S, the S and the S of T because it's G",
    "i P T so much that i told N about the A G S and the G S",
    "N said T is B, which isn't true: i P T",
  ],
  0: [
    "i H T",
    "T is A B",
    "i think that T is B and A B",
    "T was not G at all",
    "N and i H T",
    "the S of T is A B",
    "i never saw anything as B as T",
    "i thought T would be G, but it was A B",
    "we H the S, the S and the S of T because it's B",
    "i H T so much that i told N about the A B S and the B S",
    "N said T is G, which isn't true: i H T",
  ],
};

const pick = <T>(items: readonly T[], random: ItemRandom): T =>
  items[Math.floor(random.uniform() * items.length)]!;

/** Sentence number `id` of a seed. */
function sentence(id: number, random: ItemRandom): { text: string; label: 0 | 1 } {
  random.seek(id);
  const label = random.uniform() < POSITIVE ? 1 : 0;
  const lists: Readonly<Record<string, readonly string[]>> = {
    T: topics,
    G: good,
    B: bad,
    P: praise,
    H: blame,
    N: people,
    S: things,
    A: adverbs,
  };
  const frame = pick(frames[label], random);
  const body = frame.replace(/\b[TGBPHNSA]\b/g, (slot) => pick(lists[slot]!, random));
  const small = `${pick(openings, random)} ${body}${pick(closings, random)}`.trimStart();
  const text = random.uniform() < 0.5 ? small[0]!.toUpperCase() + small.slice(1) : small;
  if (random.uniform() >= BEYOND_ASCII) return { text, label };
  return { text: `\u00a0${text.replaceAll("'", "\u2019")}`, label };
}

function checked(lines: number): number {
  if (Number.isSafeInteger(lines) && lines > 0) return lines;
  throw new DataError(`syntheticSi650: lines is not usable, got ${lines}, expected an integer of at least 1`);
}

/** Labelled lines in SI650's form: few sentences make up many of the lines, and a few lines have the wrong label. */
export function syntheticSi650Text(options: SyntheticSi650Options = {}): string {
  const { seed = 1 } = options;
  const lines = checked(options.lines ?? 7086);
  const random = itemRandom(seed, LINES);
  const ofSentence = itemRandom(seed, SENTENCES);
  const distinct = Math.ceil(lines * DISTINCT);
  const sorted: string[][] = [[], []];
  for (let line = 0; line < lines; line += 1) {
    random.seek(line);
    const { text, label } = sentence(Math.floor(random.uniform() ** 2 * distinct), ofSentence);
    const given = random.uniform() < NOISE ? 1 - label : label;
    sorted[given]!.push(`${given}\t${text}\n`);
  }
  return [...sorted[1]!, ...sorted[0]!].join("");
}

/**
 * Made-up opinions in the form of SI650, for where its file is not at hand: sorted by label, three of four lines said
 * before, some wrong labels, some characters beyond ASCII, negations that turn a word's sense round.
 *
 * The same seed gives the same sentences everywhere.
 *
 * @throws DataError if `lines` is no positive integer
 */
export function syntheticSi650(options: SyntheticSi650Options = {}): LabelledSentences {
  const bytes = new TextEncoder().encode(syntheticSi650Text(options));
  const source = `made-up sentences in the form of SI650, seed ${options.seed ?? 1}`;
  return { ...readLabelledSentences(bytes, "synthetic SI650"), source };
}

/**
 * Made-up opinions without labels, drawn apart from those of `syntheticSi650`.
 * @throws DataError if `lines` is no positive integer
 */
export function syntheticSi650Unlabelled(options: SyntheticSi650Options = {}): UnlabelledSentences {
  const { seed = 1 } = options;
  const lines = checked(options.lines ?? 33_052);
  const random = itemRandom(seed, UNLABELLED_LINES);
  const ofSentence = itemRandom(seed, SENTENCES);
  const distinct = Math.ceil(lines * DISTINCT);
  const sentences = Array.from({ length: lines }, (_, line) => {
    random.seek(line);
    // Numbers beyond those of any labelled file.
    return sentence(0x40000000 + Math.floor(random.uniform() ** 2 * distinct), ofSentence).text;
  });
  return { sentences, source: `made-up sentences in the form of SI650, seed ${seed}` };
}
