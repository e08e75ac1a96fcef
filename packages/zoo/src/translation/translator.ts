import { type Model, maskOf, setMask } from "@hekla/layers";
import {
  argMax,
  compile,
  concat,
  coordinate,
  equal,
  gather,
  greaterEqual,
  type HostArray,
  less,
  logicalAnd,
  logSumExp,
  max,
  reshape,
  subtract,
  type Tensor,
  topK,
  where,
} from "@hekla/tensor";
import { beamSearch, type Hypothesis } from "./beam-search.js";
import { paddedRows } from "./pair-batches.js";
import { END, START } from "./translation-data.js";
import { decode, type Encoded, encode, layersOf } from "./translation-network.js";

/** How sentences are translated. */
export interface TranslateOptions {
  /** Hypotheses that beam search keeps; 1, the default, takes the likeliest word each time. */
  readonly beamWidth?: number;
  /** Exponent of beam search's length penalty. Default 1. */
  readonly lengthPenalty?: number;
}

/** Sentences that are translated side by side, and the steps to which their lengths are rounded up: few plans for all. */
const batchSentences = 64;
const lengthUnit = 8;

/** What the decoder knows, the mask as a tensor of its own: masks do not travel from one plan to the next. */
type Memory = {
  readonly memory: Tensor;
  readonly words: Tensor;
  readonly mask: Tensor;
  readonly states: readonly Tensor[];
};

/** Translates with a network: its encoder runs once, its decoder word by word, each as one plan. */
export class Translator {
  readonly #encode;
  readonly #greedy;
  readonly #beam;
  readonly #attend;
  readonly #hasAttention: boolean;

  /** @param words how many words the target's vocabulary has; the network may have room for more */
  constructor(
    network: Model,
    private readonly words: number,
  ) {
    const find = layersOf(network);
    this.#hasAttention = find("attention") !== undefined;
    const known = ({ memory, words, mask, states }: Memory): Encoded<Tensor> => ({
      memory: setMask(memory, mask),
      words: setMask(words, mask),
      states,
    });
    this.#encode = compile((source: Tensor): Memory => {
      const { memory, words, states } = encode(find, source);
      return { memory, words, mask: maskOf(memory)!, states };
    });
    const next = (tokens: Tensor, memory: Memory) => {
      const { logits, states } = decode(find, reshape(tokens, [-1, 1]), known(memory));
      const all = reshape(logits, [-1, logits.shape.at(-1)!]);
      const word = coordinate([1, all.shape[1]!], 1);
      // Numbers before END are never said: padding, unknown words, START.
      const isSaid = logicalAnd(greaterEqual(word, END), less(word, words));
      return { all, allowed: where(isSaid, all, -1e9), states };
    };
    this.#greedy = compile((tokens: Tensor, memory: Memory) => {
      const { allowed, states } = next(tokens, memory);
      return { tokens: argMax(allowed, { axis: -1 }), states };
    });
    this.#beam = compile((tokens: Tensor, parents: Tensor, memory: Memory, width: number) => {
      const kept = memory.states.map((state) => gather(state, parents));
      const { all, allowed, states } = next(tokens, { ...memory, states: kept });
      const { values, indices } = largest(allowed, width);
      const logProbabilities = subtract(values, logSumExp(all, { axes: -1, keepDims: true }));
      return { tokens: indices, logProbabilities, states };
    });
    this.#attend = compile((source: Tensor, target: Tensor) => {
      const { weights } = decode(find, target, encode(find, source), true);
      return weights ?? source;
    });
  }

  /** Sentences as numbers of words to their likeliest translations, likewise, without START and END. */
  async translate(
    sentences: readonly (readonly number[])[],
    { beamWidth = 1, lengthPenalty = 1 }: TranslateOptions = {},
  ): Promise<number[][]> {
    const found: number[][] = new Array(sentences.length);
    // Sentences of like lengths side by side: they end at about the same step.
    const order = sentences.map((_, at) => at).sort((a, b) => sentences[a]!.length - sentences[b]!.length);
    for (let from = 0; from < order.length; from += batchSentences) {
      const places = order.slice(from, from + batchSentences);
      const batch = places.map((at) => sentences[at]!);
      const results =
        beamWidth === 1
          ? await this.#greedily(batch)
          : (await this.hypotheses(batch, beamWidth, lengthPenalty)).map(([best]) => [...best!.tokens]);
      places.forEach((at, row) => {
        found[at] = results[row]!;
      });
    }
    return found;
  }

  /** All hypotheses that beam search keeps for at most 64 sentences, the best first: no more than there are words. */
  async hypotheses(
    batch: readonly (readonly number[])[],
    beamWidth: number,
    lengthPenalty: number,
  ): Promise<Hypothesis[][]> {
    const width = Math.min(beamWidth, this.words - END);
    const rows = batch.flatMap((sentence) => new Array<readonly number[]>(width).fill(sentence));
    const { memory, maxLength } = this.#begin(rows, rowsFor(batch) * width);
    let { states } = memory;
    const all = await beamSearch({
      sequences: rowsFor(batch),
      width,
      start: START,
      end: END,
      maxLength,
      lengthPenalty,
      step: async (tokens, parents) => {
        const result = this.#beam(column(tokens), column(parents), { ...memory, states }, width);
        states = result.states;
        const [words, logProbabilities] = await Promise.all([
          result.tokens.data(),
          result.logProbabilities.data(),
        ]);
        return { tokens: words, logProbabilities };
      },
    });
    return all.slice(0, batch.length);
  }

  /**
   * How much each step of the decoder looks at each word of the sentence while it says `target` and END:
   * `[target + 1][source]`, rows sum to 1. Undefined without attention.
   */
  async attention(source: readonly number[], target: readonly number[]): Promise<number[][] | undefined> {
    if (!this.#hasAttention) return undefined;
    const said = [START, ...target];
    const [from, to] = [source, said].map(({ length }) => roundUp(length)) as [number, number];
    const weights = await this.#attend(paddedRows([source], 1, from), paddedRows([said], 1, to)).data();
    return said.map((_, row) => Array.from(source, (_word, at) => weights[row * from + at]!));
  }

  async #greedily(batch: readonly (readonly number[])[]): Promise<number[][]> {
    const { memory, maxLength } = this.#begin(batch, rowsFor(batch));
    const found: number[][] = batch.map(() => []);
    const ended = batch.map(() => false);
    let tokens: Tensor | HostArray = column(new Int32Array(rowsFor(batch)).fill(START));
    let { states } = memory;
    for (let length = 1; length <= maxLength && ended.includes(false); length++) {
      ({ tokens, states } = this.#greedy(tokens, { ...memory, states }));
      const words = await tokens.data();
      batch.forEach((_, row) => {
        if (words[row] === END) ended[row] = true;
        else if (!ended[row]) found[row]!.push(words[row]!);
      });
    }
    return found;
  }

  /** Rows through the encoder, filled up to `count`, and how long their translations may become. */
  #begin(rows: readonly (readonly number[])[], count: number): { memory: Memory; maxLength: number } {
    const steps = roundUp(Math.max(...rows.map(({ length }) => length)));
    return { memory: this.#encode(paddedRows(rows, count, steps)), maxLength: 2 * steps };
  }

  /** Gives back the memory of the plans. */
  dispose(): void {
    for (const compiled of [this.#encode, this.#greedy, this.#beam, this.#attend]) compiled.dispose();
  }
}

/** Up to so many of a row's largest are found one by one, which takes less time than to sort all words. */
const fewLargest = 16;

/** `topK` of each row of `[rows, words]`. */
function largest(scores: Tensor, count: number): { readonly values: Tensor; readonly indices: Tensor } {
  if (count > fewLargest) return topK(scores, count);
  const word = coordinate([1, scores.shape[1]!], 1);
  const found: { readonly value: Tensor; readonly index: Tensor }[] = [];
  let left = scores;
  for (let rank = 0; rank < count; rank++) {
    const index = argMax(left, { axis: -1, keepDims: true });
    found.push({ value: max(left, { axes: -1, keepDims: true }), index });
    left = where(equal(word, index), Number.NEGATIVE_INFINITY, left);
  }
  const joined = (parts: readonly Tensor[]): Tensor => concat(parts, { axis: 1 });
  return {
    values: joined(found.map(({ value }) => value)),
    indices: joined(found.map(({ index }) => index)),
  };
}

/** Sentences of a plan: one alone, or as many as fit. */
const rowsFor = (batch: readonly unknown[]): number => (batch.length === 1 ? 1 : batchSentences);
const roundUp = (length: number): number => Math.ceil(Math.max(length, 1) / lengthUnit) * lengthUnit;
const column = (data: Int32Array): HostArray => ({ data: data.slice(), shape: [data.length] });
