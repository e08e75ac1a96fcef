import type { Artifact } from "../model.js";
import { heatMap } from "../plots/index.js";
import { type CellStep, cellValues } from "./cell-equations.js";

/** One step: what came in, and a line of each gate's and state's values. */
export function stepText(x: readonly number[], values: CellStep, at: number): string {
  const row = (list: readonly number[]) => list.map((value) => value.toFixed(4).padStart(8)).join("");
  const lines = cellValues.map(([letter, name]) => `  ${letter} ${name.padEnd(12)}${row(values[letter])}`);
  return [`step ${at + 1}  x =${row(x)}`, ...lines].join("\n");
}

/** Gates and states of all cells over a sequence, as JSON and as a heat map for each cell. */
export async function cellArtifacts(
  sequence: readonly (readonly number[])[],
  traces: readonly CellStep[][],
): Promise<Artifact[]> {
  const columnLabels = sequence.map(([value, mark]) => `${value!.toFixed(2)}${mark! > 0.5 ? " *" : ""}`);
  const maps = traces.map(async (steps, level): Promise<Artifact> => {
    const units = steps[0]!.h.length;
    const panels = cellValues.map(([letter, name]) => {
      const data = Float32Array.from(
        { length: units * steps.length },
        (_, k) => steps[k % steps.length]![letter][Math.floor(k / steps.length)]!,
      );
      const range = "ifo".includes(letter) ? { range: [0, 1] as const } : {};
      return { title: `${letter}, ${name}`, values: { data, shape: [units, steps.length] }, ...range };
    });
    const content = await heatMap({
      title: `Gates and states of cell ${level + 1}`,
      xLabel: "values over time, marked ones with a star",
      columnLabels,
      panels,
      cell: { width: 30, height: 12 },
    });
    return {
      name: `gates-${level + 1}.svg`,
      doc: `gates and states of cell ${level + 1} over time`,
      content,
    };
  });
  const content = `${JSON.stringify({ sequence, cells: traces })}\n`;
  return [
    { name: "gates.json", doc: "values of gates and states, step by step", content },
    ...(await Promise.all(maps)),
  ];
}
