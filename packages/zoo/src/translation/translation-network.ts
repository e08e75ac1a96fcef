import {
  Add,
  Attention,
  Bidirectional,
  Concatenate,
  Dense,
  Dropout,
  Embedding,
  input,
  type Layer,
  LSTM,
  Model,
  RandomNormal,
  Rescaling,
  type SymbolicTensor,
} from "@hekla/layers";
import type { Tensor } from "@hekla/tensor";

/**
 * First embeddings are standard normal ones: from Keras's default (0.05 at most) the layers behind cannot tell words apart for
 * the first thousand steps or so.
 */
const spread = new RandomNormal(0, 1);

/** What a translation network is made of. */
export interface TranslationNetworkOptions {
  readonly sourceWords: number;
  readonly targetWords: number;
  readonly embedding: number;
  readonly units: number;
  readonly bidirectional: boolean;
  readonly attention: "none" | "dot" | "general";
  readonly lexical: boolean;
  readonly dropout: number;
  readonly embeddingDropout: number;
  readonly seed: number;
}

/** Tensors of a step that runs, or symbolic ones of a model in the making. */
type Either = Tensor | SymbolicTensor;

/** What the decoder knows of a sentence: every step of the encoder, and its last states, h and c of each layer. */
export interface Encoded<T> {
  /** `[batch, steps, units]`, with the mask of the words. */
  readonly memory: T;
  /** The words themselves, embedded: `[batch, steps, embedding]`, with the same mask. */
  readonly words: T;
  /** `[batch, units]` each. */
  readonly states: readonly T[];
}

/**
 * Two stacked LSTM layers read the sentence, two others, which begin with their last states, say it in the other language
 * word by word. Inputs: source `[batch, steps]` and target `[batch, steps]` (what was said so far, beginning with
 * START), both numbers of words, 0 where there is none. Output: logits of the next words `[batch, steps, targetWords]`.
 * An encoder that is bidirectional has layers of units / 2 for each direction, side by side.
 *
 * With attention each of the decoder's outputs h looks at all steps m of the encoder: weights `softmax(h m^T / sqrt(units))` ("dot") or
 * `softmax(h W m^T / sqrt(units))` ("general"), context `sum(weights m)`, and `tanh(W [context, h])` in the place of h. With `lexical`
 * the words looked at have a say of their own: `sum(weights embedded words) W'` is added to the logits, so that a rare
 * word is translated by what it is rather than by what the sentence sounds like.
 * Source: Sutskever, Vinyals and Le 2014; Luong, Pham and Manning 2015, equations 5, 7 and 8;
 * Vaswani et al. 2017, section 3.2.1, for the scale; Nguyen and Chiang 2018, section 4, for `lexical`, here without its
 * hidden layer.
 */
export function translationNetwork(options: TranslationNetworkOptions): Model {
  const { embedding, units, dropout, embeddingDropout } = options;
  const layers = new Map<string, Layer>();
  const put = (layer: Layer): unknown => layers.set(layer.name, layer);
  const recurrent = (name: string, size: number) =>
    new LSTM(size, { name, returnSequences: true, returnState: true });
  const lstm = (name: string): unknown => put(recurrent(name, units));
  const bothWays = (name: string): void => {
    put(new Bidirectional(recurrent(name, units / 2), { name }));
    for (const state of ["h", "c"]) put(new Concatenate({ name: `${name}_${state}` }));
  };
  const embed = (words: number, name: string): unknown =>
    put(new Embedding(words, embedding, { name, maskZero: true, embeddingsInitializer: spread }));
  embed(options.sourceWords, "source_embedding");
  embed(options.targetWords, "target_embedding");
  for (const side of ["source", "target"]) put(new Dropout(embeddingDropout, { name: `${side}_dropout` }));
  for (const part of ["encoder", "decoder"]) {
    for (const name of [`${part}_1`, `${part}_2`]) {
      if (part === "encoder" && options.bidirectional) bothWays(name);
      else lstm(name);
    }
    put(new Dropout(dropout, { name: `${part}_dropout` }));
  }
  if (options.attention !== "none") {
    if (options.attention === "general") put(new Dense(units, { name: "query", useBias: false }));
    // Scores of many units would drive the softmax into places without a gradient, at the first word mostly.
    put(new Rescaling(1 / Math.sqrt(units), { name: "scaled_query" }));
    put(new Attention({ name: "attention" }));
    put(new Concatenate({ name: "with_context" }));
    put(new Dense(units, { name: "attended", useBias: false, activation: "tanh" }));
    if (options.lexical) {
      put(new Attention({ name: "lexical_attention" }));
      put(new Dropout(dropout, { name: "lexical_dropout" }));
      put(new Dense(options.targetWords, { name: "lexical_logits", useBias: false }));
      put(new Add({ name: "all_logits" }));
    }
  }
  put(new Dropout(dropout, { name: "output_dropout" }));
  put(new Dense(options.targetWords, { name: "logits" }));
  const find = (name: string): Layer | undefined => layers.get(name);
  const source = input([null], { name: "source", dtype: "int32" });
  const target = input([null], { name: "target", dtype: "int32" });
  const { logits } = decode(find, target, encode(find, source));
  return new Model([source, target], logits, { name: "translate_seq2seq", seed: options.seed });
}

/** The layers of a translation network by their names. */
export type FindLayer = (name: string) => Layer | undefined;

/** The layers of a network that was loaded. */
export const layersOf =
  (network: Model): FindLayer =>
  (name) =>
    network.layers.find((layer) => layer.name === name);

/** Sentences `[batch, steps]` through the encoder. */
export function encode<T extends Either>(find: FindLayer, source: T): Encoded<T> {
  const embedded = run(find, "source_dropout", run(find, "source_embedding", [source]));
  const [first, ...states1] = run(find, "encoder_1", embedded);
  const [memory, ...states2] = run(find, "encoder_2", run(find, "encoder_dropout", [first!]));
  const states = [...side(find, "encoder_1", states1), ...side(find, "encoder_2", states2)];
  return { memory: memory!, words: embedded[0]!, states };
}

/** The states h and c of a layer, those of both its directions side by side. */
function side<T extends Either>(find: FindLayer, layer: string, states: readonly T[]): readonly T[] {
  if (states.length === 2) return states;
  const [h, c, backwardH, backwardC] = states as readonly [T, T, T, T];
  return [...run(find, `${layer}_h`, [h, backwardH]), ...run(find, `${layer}_c`, [c, backwardC])];
}

/**
 * Words `[batch, steps]` through the decoder, from given states on.
 * @returns logits `[batch, steps, words]`, the states behind the last word, and the attention weights
 *   `[batch, steps, source steps]` where they are asked for and there are any
 */
export function decode<T extends Either>(
  find: FindLayer,
  target: T,
  { memory, words, states }: Encoded<T>,
  withWeights = false,
): { readonly logits: T; readonly states: readonly T[]; readonly weights: T | undefined } {
  const [h1, c1, h2, c2] = states as readonly [T, T, T, T];
  const embedded = run(find, "target_dropout", run(find, "target_embedding", [target]));
  const [first, ...states1] = run(find, "decoder_1", [embedded[0]!, h1, c1]);
  const [second, ...states2] = run(find, "decoder_2", [run(find, "decoder_dropout", [first!])[0]!, h2, c2]);
  const after = [...states1, ...states2];
  const logitsOf = (output: readonly T[]): T => run(find, "logits", run(find, "output_dropout", output))[0]!;
  if (!find("attention")) return { logits: logitsOf([second!]), states: after, weights: undefined };
  const turned = find("query") ? run(find, "query", [second!]) : [second!];
  const [query] = run(find, "scaled_query", turned) as readonly [T];
  const settings = withWeights ? { returnAttentionScores: true } : {};
  const [context, weights] = run(find, "attention", [query, memory], settings);
  const logits = logitsOf(run(find, "attended", run(find, "with_context", [context!, second!])));
  if (!find("lexical_attention")) return { logits, states: after, weights };
  const seen = run(find, "lexical_attention", [query, words, memory]);
  const [named] = run(find, "lexical_logits", run(find, "lexical_dropout", seen));
  return { logits: run(find, "all_logits", [logits, named!])[0]!, states: after, weights };
}

/** A layer of the network on one tensor or several, of either kind. */
function run<T extends Either>(
  find: FindLayer,
  name: string,
  inputs: readonly T[],
  options: Record<string, unknown> = {},
): readonly T[] {
  const given = (inputs.length === 1 ? inputs[0] : inputs) as Tensor; // cast: applyAll gives the kind that it takes
  return find(name)!.applyAll(given, options) as readonly Tensor[] as readonly T[];
}
