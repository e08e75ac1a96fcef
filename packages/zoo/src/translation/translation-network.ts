import {
  Attention,
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
  readonly attention: "none" | "dot" | "general";
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
  /** `[batch, units]` each. */
  readonly states: readonly T[];
}

/**
 * Two stacked LSTM layers read the sentence, two others, which begin with their last states, say it in the other language
 * word by word. Inputs: source `[batch, steps]` and target `[batch, steps]` (what was said so far, beginning with
 * START), both numbers of words, 0 where there is none. Output: logits of the next words `[batch, steps, targetWords]`.
 *
 * With attention each of the decoder's outputs h looks at all steps m of the encoder: weights `softmax(h m^T / sqrt(units))` ("dot") or
 * `softmax(h W m^T / sqrt(units))` ("general"), context `sum(weights m)`, and `tanh(W [context, h])` in the place of h.
 * Source: Sutskever, Vinyals and Le 2014; Luong, Pham and Manning 2015, equations 5, 7 and 8;
 * Vaswani et al. 2017, section 3.2.1, for the scale.
 */
export function translationNetwork(options: TranslationNetworkOptions): Model {
  const { embedding, units, dropout, embeddingDropout } = options;
  const layers = new Map<string, Layer>();
  const put = (layer: Layer): unknown => layers.set(layer.name, layer);
  const lstm = (name: string): unknown =>
    put(new LSTM(units, { name, returnSequences: true, returnState: true }));
  const embed = (words: number, name: string): unknown =>
    put(new Embedding(words, embedding, { name, maskZero: true, embeddingsInitializer: spread }));
  embed(options.sourceWords, "source_embedding");
  embed(options.targetWords, "target_embedding");
  for (const side of ["source", "target"]) put(new Dropout(embeddingDropout, { name: `${side}_dropout` }));
  for (const part of ["encoder", "decoder"]) {
    lstm(`${part}_1`);
    put(new Dropout(dropout, { name: `${part}_dropout` }));
    lstm(`${part}_2`);
  }
  if (options.attention !== "none") {
    if (options.attention === "general") put(new Dense(units, { name: "query", useBias: false }));
    // Scores of many units would drive the softmax into places without a gradient, at the first word mostly.
    put(new Rescaling(1 / Math.sqrt(units), { name: "scaled_query" }));
    put(new Attention({ name: "attention" }));
    put(new Concatenate({ name: "with_context" }));
    put(new Dense(units, { name: "attended", useBias: false, activation: "tanh" }));
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
  const [first, h1, c1] = run(find, "encoder_1", embedded);
  const [memory, h2, c2] = run(find, "encoder_2", run(find, "encoder_dropout", [first!]));
  return { memory: memory!, states: [h1!, c1!, h2!, c2!] };
}

/**
 * Words `[batch, steps]` through the decoder, from given states on.
 * @returns logits `[batch, steps, words]`, the states behind the last word, and the attention weights
 *   `[batch, steps, source steps]` where they are asked for and there are any
 */
export function decode<T extends Either>(
  find: FindLayer,
  target: T,
  { memory, states }: Encoded<T>,
  withWeights = false,
): { readonly logits: T; readonly states: readonly T[]; readonly weights: T | undefined } {
  const [h1, c1, h2, c2] = states as readonly [T, T, T, T];
  const embedded = run(find, "target_dropout", run(find, "target_embedding", [target]));
  const [first, ...states1] = run(find, "decoder_1", [embedded[0]!, h1, c1]);
  const [second, ...states2] = run(find, "decoder_2", [run(find, "decoder_dropout", [first!])[0]!, h2, c2]);
  let [output, weights]: (T | undefined)[] = [second];
  if (find("attention")) {
    const turned = find("query") ? run(find, "query", [second!]) : [second!];
    const [query] = run(find, "scaled_query", turned);
    const settings = withWeights ? { returnAttentionScores: true } : {};
    const [context, seen] = run(find, "attention", [query!, memory], settings);
    weights = seen;
    output = run(find, "attended", run(find, "with_context", [context!, second!]))[0]!;
  }
  const [logits] = run(find, "logits", run(find, "output_dropout", [output!]));
  return { logits: logits!, states: [...states1, ...states2], weights };
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
