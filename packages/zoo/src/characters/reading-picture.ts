import type { Artifact } from "../model.js";
import { heatMap } from "../plots/index.js";
import { surprise } from "./character-reader.js";
import type { Writer } from "./character-writer.js";

/** How much each character of a text surprised the network, and the cell states that move most over it. */
export async function readingPicture({ vocabulary, reader }: Writer, piece: Int32Array): Promise<Artifact> {
  reader.reset();
  const bits = new Float32Array(piece.length).fill(Number.NaN);
  const moments: number[][] = [];
  for (let at = 0; at < piece.length; at++) {
    const { data } = await reader.read(piece.subarray(at, at + 1));
    if (at + 1 < piece.length) bits[at + 1] = surprise(data, piece[at + 1]!);
    const cell = (await reader.states()).at(-1)!;
    moments.push(Array.from(cell, Math.tanh));
  }
  const liveliest = moments[0]!
    .map((_, unit) => moments.map((cells) => cells[unit]!))
    .sort((a, b) => movement(b) - movement(a))
    .slice(0, 24);
  const columnLabels = Array.from(piece, (token) => {
    const character = vocabulary.character(token);
    return character === "\n" ? "↵" : character === " " ? "␣" : character;
  });
  const content = await heatMap({
    title: "Reading text that it has not seen",
    columnLabels,
    cell: { width: 14, height: 12 },
    panels: [
      { title: "surprise (bits)", values: { data: bits, shape: [1, piece.length] } },
      {
        title: `tanh of the cell state, the ${liveliest.length} units of the last layer that move most`,
        values: { data: Float32Array.from(liveliest.flat()), shape: [liveliest.length, piece.length] },
      },
    ],
  });
  return { name: "reading.svg", doc: "surprise and cell states, character by character", content };
}

/** Mean squared distance from the mean. */
function movement(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}
