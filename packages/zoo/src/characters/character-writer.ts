import { DataError, type HostArray } from "@hekla/tensor";
import type { CharacterReader } from "./character-reader.js";
import type { CharacterVocabulary } from "./character-text.js";
import { type SampleNextOptions, sampleNext } from "./sample-next.js";

/** What writes: a reader that follows a network, and what its numbers stand for. */
export interface Writer {
  readonly vocabulary: CharacterVocabulary;
  readonly reader: CharacterReader;
}

export interface WriteOptions extends SampleNextOptions {
  /** How the text begins. */
  readonly prompt: string;
  /** Characters to write behind it. */
  readonly length: number;
  readonly seed: number;
}

/**
 * Text that goes on from a prompt. Before it the network writes a line to itself: from zero states, which
 * it has hardly seen, it would begin with nonsense.
 * @returns what was written, without the prompt
 * @throws DataError for a prompt with a character that the vocabulary lacks
 */
export async function writeText({ vocabulary, reader }: Writer, wanted: WriteOptions): Promise<string> {
  const { prompt, length, seed } = wanted;
  const strange = [...prompt].find((character) => vocabulary.encode(character)[0] === 0);
  if (strange !== undefined) {
    throw new DataError(
      `char-lstm: the prompt holds a character the model has not learnt, got ${JSON.stringify(strange)}, ` +
        `expected some of ${JSON.stringify(vocabulary.characters.join(""))}`,
    );
  }
  reader.reset();
  const warmUp = sampleNext(0, { temperature: 0.5, topK: 0 });
  let next = vocabulary.encode("\n");
  let logits = lastLogits(await reader.read(next), vocabulary);
  for (let count = 0; count < 100; count++) {
    next = Int32Array.of(warmUp(logits, isCharacter));
    logits = lastLogits(await reader.read(next), vocabulary);
    if (vocabulary.character(next[0]!) === "\n") break;
  }
  if (vocabulary.character(next[0]!) !== "\n") {
    logits = lastLogits(await reader.read(vocabulary.encode("\n")), vocabulary);
  }
  if (prompt !== "") logits = lastLogits(await reader.read(vocabulary.encode(prompt)), vocabulary);

  const draw = sampleNext(seed, wanted);
  let written = "";
  for (let count = 0; count < length; count++) {
    next = Int32Array.of(draw(logits, isCharacter));
    written += vocabulary.character(next[0]!);
    if (count + 1 < length) logits = lastLogits(await reader.read(next), vocabulary);
  }
  return written;
}

/** A few lines at each of several temperatures. */
export async function samplesByTemperature(writer: Writer): Promise<string> {
  const parts: string[] = [];
  for (const temperature of [0.2, 0.5, 0.8, 1, 1.2]) {
    const written = await writeText(writer, { prompt: "", temperature, topK: 0, length: 240, seed: 1 });
    parts.push(`temperature ${temperature}:\n  ${written.trim().replaceAll("\n", "\n  ")}`);
  }
  return `${parts.join("\n")}\n`;
}

/** Number 0 stands for characters that are not known. */
const isCharacter = (number: number): boolean => number > 0;

/** Logits behind the last character read; numbers that no character of the text got are left out. */
function lastLogits({ data, shape }: HostArray, { characters }: CharacterVocabulary): HostArray["data"] {
  const [rows = 0, size = 0] = shape;
  return data.subarray((rows - 1) * size, (rows - 1) * size + characters.length + 1);
}
