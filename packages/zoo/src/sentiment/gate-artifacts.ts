import type { Vocabulary } from "@hekla/datasets";
import { Bidirectional, GRU, type Layer, LSTM, type Model } from "@hekla/layers";
import { type HostArray, squeeze, type Tensor, tensor } from "@hekla/tensor";
import type { Artifact } from "../model.js";
import { heatMap } from "../plots/index.js";
import { gateTrace } from "./gate-trace.js";

const shown = 4;
const pictured = 16;

/**
 * Gates and states of a network Embedding, ..., LSTM or GRU over the words of the first sentences: as numbers, and of the longest
 * of them as a picture of the units that move most. Of two directions it is the forward one. Padding in front is left out.
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
  if (traced.length === 0) return [];
  const longest = traced.reduce((one, other) => (other.words.length > one.words.length ? other : one));
  const units = liveliest(longest.gates.at(-1)![1]);
  const picture = await heatMap({
    title: `Gates and states, word by word, of the ${units.length} units that move most`,
    panels: longest.gates.map(([title, values]) => ({ title, values: unitRows(values, units) })),
    columnLabels: longest.words,
    cell: { width: 26, height: 7 },
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
    { name: "gates.svg", doc: "those of the longest of them as a picture", content: picture },
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

/** The units of `[time, units]` whose values differ most over time. */
function liveliest({ data, shape: [time = 0, units = 0] }: HostArray): number[] {
  const movement = Array.from({ length: units }, (_, unit) => {
    const values = Array.from({ length: time }, (_, at) => data[at * units + unit]!);
    const mean = values.reduce((sum, value) => sum + value, 0) / time;
    return { unit, moved: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) };
  });
  const sorted = movement.sort((a, b) => b.moved - a.moved || a.unit - b.unit);
  return sorted.slice(0, pictured).map(({ unit }) => unit);
}

/** `[time, units]` as `[those units, time]`. */
function unitRows({ data, shape: [time = 0, units = 0] }: HostArray, rows: readonly number[]): HostArray {
  const values = rows.flatMap((unit) => Array.from({ length: time }, (_, at) => data[at * units + unit]!));
  return { data: Float32Array.from(values), shape: [rows.length, time] };
}

function rowsOf({ data, shape: [rows = 0, width = 0] }: HostArray): number[][] {
  const row = (at: number) =>
    Array.from(data.subarray(at * width, (at + 1) * width), (v) => Number(v.toFixed(5)));
  return Array.from({ length: rows }, (_, at) => row(at));
}
