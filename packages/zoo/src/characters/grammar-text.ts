import { HostRandom } from "@hekla/tensor";

/** A word or phrase in the singular and in the plural. */
type Numbered = readonly [singular: string, plural: string];

const nouns: readonly Numbered[] = [
  ["dog", "dogs"],
  ["cat", "cats"],
  ["bird", "birds"],
  ["teacher", "teachers"],
  ["child", "children"],
  ["farmer", "farmers"],
  ["ship", "ships"],
  ["mountain", "mountains"],
];
const determiners: readonly Numbered[] = [
  ["the", "the"],
  ["this", "these"],
  ["that", "those"],
  ["every", "all"],
  ["a", "some"],
  ["one", "two"],
];
const verbs: readonly Numbered[] = [
  ["sees", "see"],
  ["follows", "follow"],
  ["likes", "like"],
  ["finds", "find"],
  ["paints", "paint"],
  ["watches", "watch"],
];
const intransitive: readonly Numbered[] = [
  ["sleeps", "sleep"],
  ["waits", "wait"],
  ["is late", "are late"],
  ["was here", "were here"],
];
const adjectives = ["old", "young", "small", "happy", "quiet", "grey"];
const places = ["near the river", "behind the house", "in the morning", "before the storm"];

/**
 * Made-up English sentences, one a line, of a small grammar in which verbs agree with subjects in number,
 * over phrases between them; a reader of characters has to remember to get them right.
 */
export function grammarText(seed: number, lines: number): string {
  const random = new HostRandom(seed, "grammar");
  const pick = <T>(list: readonly T[]): T => list[random.integer(list.length)]!;
  const chance = (share: number) => random.uniform() < share;
  const nounPhrase = (number: 0 | 1): string => {
    const words = [
      pick(determiners)[number],
      ...(chance(0.5) ? [pick(adjectives)] : []),
      pick(nouns)[number],
    ];
    return words.join(" ");
  };
  const number = (): 0 | 1 => (chance(0.5) ? 0 : 1);
  const sentence = (): string => {
    const subject = number();
    const words = [nounPhrase(subject)];
    if (chance(0.3)) words.push(pick(["near", "with", "behind"]), nounPhrase(number()));
    if (chance(0.3)) words.push(pick(intransitive)[subject]);
    else words.push(pick(verbs)[subject], nounPhrase(number()));
    if (chance(0.3)) words.push(pick(places));
    const text = words.join(" ");
    return `${text[0]!.toUpperCase()}${text.slice(1)}.`;
  };
  return Array.from({ length: lines }, sentence).join("\n");
}
