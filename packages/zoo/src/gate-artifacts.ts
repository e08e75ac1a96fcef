import type { Vocabulary } from "@hekla/datasets";
import { Bidirectional, GRU, type Layer, LSTM, type Model } from "@hekla/layers";
import { type HostArray, squeeze, type Tensor, tensor } from "@hekla/tensor";
import { gateTrace } from "./gate-trace.js";
import type { Artifact } from "./model.js";
import { heatMap } from "./plots/index.js";

const shown = 4;

/**
 * Gates and states of a network Embedding, ..., LSTM or GRU over the words of the first sentences: as numbers, and of the first as
 * a picture. Of two directions it is the forward one. Padding in front is left out.
 *
 * @param x numbered words `[sentences, length]`, filled up at the front.
 * @param tokens the words of each.
 */
export async function gateArtifacts(
  model: Model,
  x: HostArray,
  tokens: readonly (readonly string[])[],
  words: Vocabulary,
): Promise<Artifact[]> {
  const [embedding] = model.layers;
  const recurrent = model.layers
    .flatMap((layer) => (layer instanceof Bidirectional ? [...layer.children.values()] : [layer]))
    .find((layer) => layer instanceof LSTM || layer instanceof GRU);
  if (!embedding || !recurrent) return [];
  const [, length = 0] = x.shape;
  const traced: { words: string[]; gates: (readonly [string, HostArray])[] }[] = [];
  for (const [at, sentence] of tokens.slice(0, shown).entries()) {
    const count = Math.min(sentence.length, length);
    const numbers = Int32Array.from(x.data.subarray(at * length, (at + 1) * length));
    const gates = await gateTrace(recurrent, vectorsOf(embedding, numbers));
    traced.push({
      words: words.decode(numbers.subarray(length - count)),
      gates: Object.entries(gates).map(([name, values]) => [name, lastRows(values, count)]),
    });
  }
  const [first] = traced;
  if (!first) return [];
  const picture = await heatMap({
    title: "Gates and states, word by word",
    panels: first.gates.map(([title, values]) => ({ title, values: transposed(values) })),
    columnLabels: first.words,
    yLabel: "units",
  });
  const numbers = traced.map((sentence) => ({
    words: sentence.words,
    ...Object.fromEntries(sentence.gates.map(([name, values]) => [name, rowsOf(values)])),
  }));
  return [
    {
      name: "gates.json",
      doc: "gates and states for each word of the first test sentences",
      content: JSON.stringify(numbers),
    },
    { name: "gates.svg", doc: "those of the first one as a picture", content: picture },
  ];
}

/** The words' vectors `[length, features]`. */
function vectorsOf(embedding: Layer, numbers: Int32Array): Tensor {
  const vectors = embedding.apply(tensor(numbers, { shape: [1, numbers.length] }));
  return squeeze(vectors as Tensor, 0); // cast: one input gives one output
}

function lastRows({ data, shape: [rows = 0, width = 0] }: HostArray, count: number): HostArray {
  return { data: data.subarray((rows - count) * width), shape: [count, width] };
}

function transposed({ data, shape: [rows = 0, columns = 0] }: HostArray): HostArray {
  const turned = Float32Array.from(data, (_, at) => data[(at % rows) * columns + Math.floor(at / rows)]!);
  return { data: turned, shape: [columns, rows] };
}

function rowsOf({ data, shape: [rows = 0, width = 0] }: HostArray): number[][] {
  const row = (at: number) =>
    Array.from(data.subarray(at * width, (at + 1) * width), (v) => Number(v.toFixed(5)));
  return Array.from({ length: rows }, (_, at) => row(at));
}
