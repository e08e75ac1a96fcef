import { DataError } from "@hekla/tensor/errors";
import { type ItemRandom, itemRandom } from "../counter-random.js";
import type { TranslationPairs } from "./translation-pairs.js";

const STREAM = 104;

type Gender = "masculine" | "feminine";

interface Noun {
  readonly english: string;
  readonly french: string;
  readonly gender: Gender;
}

const noun =
  (gender: Gender) =>
  (entry: string): Noun => {
    const [english = "", french = ""] = entry.split(" ");
    return { english, french, gender };
  };
const nouns: readonly Noun[] = [
  ..."cat chat,dog chien,garden jardin,book livre,boat bateau,tree arbre,child enfant"
    .split(",")
    .map(noun("masculine")),
  ..."house maison,car voiture,apple pomme,table table,island île,school école"
    .split(",")
    .map(noun("feminine")),
];
const plurals: Readonly<Record<string, string>> = { child: "children", bateau: "bateaux" };
const plural = (word: string): string => plurals[word] ?? `${word}s`;

/** English, masculine, feminine. */
const adjectives = [
  "round,rond,ronde",
  "green,vert,verte",
  "black,noir,noire",
  "strange,étrange,étrange",
].map((entry) => entry.split(",") as [string, string, string]);
/** English verb and the stem of a French one in -er. */
const verbs = ["admire,admir", "love,aim", "find,trouv", "show,montr", "draw,dessin", "keep,gard"].map(
  (entry) => entry.split(",") as [string, string],
);
/** English pronoun, French one, ending of a verb in -er, whether the English verb takes an s. */
const pronouns: readonly (readonly [string, string, string, boolean])[] = [
  ["I", "je", "e", false],
  ["you", "tu", "es", false],
  ["he", "il", "e", true],
  ["she", "elle", "e", true],
  ["we", "nous", "ons", false],
  ["they", "ils", "ent", false],
];
const times = [",", "today,aujourd'hui", "often,souvent", "here,ici"].map(
  (entry) => entry.split(",") as [string, string],
);

const pick = <T>(items: readonly T[], random: ItemRandom): T =>
  items[Math.floor(random.uniform() * items.length)]!;
const opensWithVowel = (word: string): boolean => /^[aeiouéîê]/.test(word);
const capital = (text: string): string => text[0]!.toUpperCase() + text.slice(1);

interface Phrase {
  readonly english: string;
  readonly french: string;
  readonly many: boolean;
}

/**
 * A noun with its article and perhaps an adjective, which stands behind the French noun and agrees with it; after a
 * denied verb `un`, `une` and `des` become `de`.
 */
function nounPhrase(random: ItemRandom, denied: boolean): Phrase {
  const { english, french, gender } = pick(nouns, random);
  const many = random.uniform() < 0.4;
  const definite = random.uniform() < 0.6;
  const adjective = random.uniform() < 0.5 ? pick(adjectives, random) : undefined;
  const described = [adjective?.[0], many ? plural(english) : english].filter(Boolean).join(" ");
  const indefinite = opensWithVowel(described) ? "an" : "a";
  const article = definite ? "the" : many ? "some" : indefinite;
  const agreeing = adjective?.[gender === "feminine" ? 2 : 1];
  const behind = agreeing === undefined ? "" : ` ${many ? `${agreeing}s` : agreeing}`;
  const feminine = gender === "feminine";
  let front = feminine ? "une " : "un ";
  if (many) front = definite ? "les " : "des ";
  if (!definite && denied) front = opensWithVowel(french) ? "d'" : "de ";
  else if (definite && !many) front = opensWithVowel(french) ? "l'" : feminine ? "la " : "le ";
  return {
    english: `${article} ${described}`,
    french: `${front}${many ? plural(french) : french}${behind}`,
    many,
  };
}

/** Pair number `item`: subject, verb, object and perhaps a time, told or denied. */
function pair(item: number, random: ItemRandom): [english: string, french: string] {
  random.seek(item);
  const [verb, stem] = pick(verbs, random);
  const pronoun = random.uniform() < 0.6 ? pick(pronouns, random) : undefined;
  const phrase = pronoun ? undefined : nounPhrase(random, false);
  const third = pronoun ? pronoun[3] : !phrase!.many;
  const ending = pronoun ? pronoun[2] : phrase!.many ? "ent" : "e";
  const denied = random.uniform() < 0.25;
  const object = nounPhrase(random, denied);
  const [englishTime, frenchTime] = pick(times, random);
  const conjugated = `${stem}${ending}`;
  const vowel = opensWithVowel(conjugated);
  const told = denied ? `${vowel ? "n'" : "ne "}${conjugated} pas` : conjugated;
  const subject = pronoun ? pronoun[1] : phrase!.french;
  const elided = subject === "je" && vowel && !denied ? "j'" : `${subject} `;
  const does = third ? "does" : "do";
  const englishVerb = denied ? `${does} not ${verb}` : third ? `${verb}s` : verb;
  const english = [pronoun?.[0] ?? phrase!.english, englishVerb, object.english, englishTime]
    .filter(Boolean)
    .join(" ");
  const french = [`${elided}${told}`, object.french, frenchTime].filter(Boolean).join(" ");
  return [`${capital(english)}.`, `${capital(french)}.`];
}

/** How many made-up pairs, from which seed. */
export interface SyntheticTranslationPairsOptions {
  /** Default 1. */
  readonly seed?: number;
  /** How many. Default 5000. */
  readonly pairs?: number;
}

/**
 * Made-up English sentences with their French translations, for where no file is at hand: a small grammar in which
 * articles and adjectives agree with nouns, adjectives stand behind them, verbs are conjugated and denied, vowels elided.
 *
 * A sentence has one translation only, about 70 words a side, at most 11 words and marks. The same seed gives the same
 * pairs everywhere.
 *
 * @throws DataError if `pairs` is no positive integer
 */
export function syntheticTranslationPairs(options: SyntheticTranslationPairsOptions = {}): TranslationPairs {
  const { seed = 1, pairs = 5000 } = options;
  if (!Number.isSafeInteger(pairs) || pairs < 1) {
    throw new DataError(
      `syntheticTranslationPairs: pairs is not usable, got ${pairs}, expected an integer of at least 1`,
    );
  }
  const random = itemRandom(seed, STREAM);
  const all = Array.from({ length: pairs }, (_, item) => pair(item, random));
  return {
    english: all.map(([english]) => english),
    french: all.map(([, french]) => french),
    source: `made-up English-French pairs, seed ${seed}`,
  };
}
