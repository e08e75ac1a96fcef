import { Dense, Embedding, input, LSTM, Model } from "@hekla/layers";
import { type Compiled, compile, type HostArray, type Tensor, zeros } from "@hekla/tensor";

/** What the sizes of a character network follow from. */
export interface CharacterSizes {
  readonly vocabularySize: number;
  readonly embedding: number;
  readonly units: number;
  readonly layers: number;
}

/**
 * Reads a text piece by piece and says after each character how likely each character is next. It has a
 * network's weights, and goes on from the states in which the piece before left it.
 */
export class CharacterReader {
  readonly #size: CharacterSizes;
  readonly #network: Model;
  readonly #step: Compiled<
    [tokens: Tensor, states: readonly Tensor[]],
    { logits: Tensor; states: readonly Tensor[] }
  >;
  #states: readonly Tensor[];

  constructor(sizes: CharacterSizes) {
    this.#size = sizes;
    const { vocabularySize, embedding, units, layers } = sizes;
    const tokens = input([null], { dtype: "int32" });
    const before = Array.from({ length: 2 * layers }, () => input([units]));
    const after = [];
    let x = new Embedding(vocabularySize, embedding).apply(tokens);
    for (let layer = 0; layer < layers; layer++) {
      const initialState = before.slice(2 * layer, 2 * layer + 2);
      const lstm = new LSTM(units, { returnSequences: true, returnState: true });
      const [y, ...states] = lstm.applyAll(x, { initialState });
      after.push(...states);
      x = y!;
    }
    const network = new Model([tokens, ...before], [new Dense(vocabularySize).apply(x), ...after]);
    this.#network = network;
    this.#states = this.#zeroStates();
    this.#step = compile((given: Tensor, states: readonly Tensor[]) => {
      const [logits, ...next] = network.applyAll([given, ...states]);
      return { logits: logits!, states: next };
    });
  }

  /** Takes the weights of a network of these sizes, and begins anew. */
  async follow(network: Model): Promise<this> {
    this.#network.setWeights(await network.getWeights());
    this.reset();
    return this;
  }

  /** Forgets what was read. */
  reset(): void {
    this.#states = this.#zeroStates();
  }

  /** Logits `[characters, vocabulary]` of the character after each of the given ones. */
  async read(tokens: Int32Array): Promise<HostArray> {
    const { logits, states } = this.#step({ data: tokens, shape: [1, tokens.length] }, this.#states);
    this.#states = states;
    return { data: await logits.data(), shape: [tokens.length, this.#size.vocabularySize] };
  }

  /** States of the layers as they are now, h and c of each, `[units]`. */
  states(): Promise<readonly ArrayLike<number>[]> {
    return Promise.all(this.#states.map((state) => state.data()));
  }

  dispose(): void {
    this.#step.dispose();
    this.#network.dispose();
  }

  #zeroStates(): Tensor[] {
    const { units, layers } = this.#size;
    return Array.from({ length: 2 * layers }, () => zeros([1, units]));
  }
}

/** How well a text was foreseen, character by character. */
export interface ReadingScore {
  /** Mean of -log2 p of the characters but the first. */
  readonly bitsPerCharacter: number;
  /** Share of them that were held most likely. */
  readonly accuracy: number;
}

/** Reads a whole text from zero states. */
export async function scoreReading(reader: CharacterReader, text: Int32Array): Promise<ReadingScore> {
  reader.reset();
  let [bits, hits] = [0, 0];
  const window = 256;
  for (let from = 0; from + 1 < text.length; from += window) {
    const given = text.subarray(from, Math.min(from + window, text.length - 1));
    const { data, shape } = await reader.read(given);
    const size = shape[1]!;
    for (let row = 0; row < given.length; row++) {
      const logits = data.subarray(row * size, (row + 1) * size) as Float32Array;
      const next = text[from + row + 1]!;
      bits += surprise(logits, next);
      if (logits.every((logit) => logit <= logits[next]!)) hits++;
    }
  }
  return { bitsPerCharacter: bits / (text.length - 1), accuracy: hits / (text.length - 1) };
}

/** Bits that one of the choices is worth: -log2 of its probability. */
export function surprise(logits: ArrayLike<number>, choice: number): number {
  let [largest, sum] = [Number.NEGATIVE_INFINITY, 0];
  for (let k = 0; k < logits.length; k++) largest = Math.max(largest, logits[k]!);
  for (let k = 0; k < logits.length; k++) sum += Math.exp(logits[k]! - largest);
  return (largest + Math.log(sum) - logits[choice]!) / Math.LN2;
}
