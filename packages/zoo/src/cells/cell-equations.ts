import type { LSTM } from "@hekla/layers";

/** Weights of one gate: `U[feature][unit]`, `V[unit][unit]`, `b[unit]`. */
interface GateWeights {
  readonly U: readonly (readonly number[])[];
  readonly V: readonly (readonly number[])[];
  readonly b: readonly number[];
}

/** Weights of an LSTM cell, gate by gate. */
export type CellWeights = { readonly [gate in "g" | "i" | "f" | "o"]: GateWeights };

/**
 * What happens in a cell at one step, `[units]` each: candidate, input, forget and output gate, state,
 * output.
 */
export type CellStep = { readonly [value in "g" | "i" | "f" | "o" | "s" | "h"]: readonly number[] };

/** The values of a step in the order in which they are computed, with their names. */
export const cellValues = [
  ["g", "candidate"],
  ["i", "input gate"],
  ["f", "forget gate"],
  ["o", "output gate"],
  ["s", "state"],
  ["h", "output"],
] as const;

/**
 * One step of a long short-term memory in plain numbers:
 *
 *     g = tanh(b_g + x U_g + h' V_g)        i, f, o = sigma(b + x U + h' V)
 *     s = f s' + i g                        h = o tanh(s)
 *
 * Source: the 2020 lecture; Hochreiter and Schmidhuber 1997, with the forget gate of Gers, Schmidhuber and
 * Cummins 2000.
 * @param x `[features]`.
 * @param before the step before; zeros before the first.
 */
export function cellStep(
  x: readonly number[],
  before: Pick<CellStep, "s" | "h">,
  weights: CellWeights,
): CellStep {
  const gate = ({ U, V, b }: GateWeights, activation: (z: number) => number) =>
    b.map((bias, unit) => activation(bias + product(x, U, unit) + product(before.h, V, unit)));
  const g = gate(weights.g, Math.tanh);
  const i = gate(weights.i, sigma);
  const f = gate(weights.f, sigma);
  const o = gate(weights.o, sigma);
  const s = g.map((candidate, unit) => f[unit]! * before.s[unit]! + i[unit]! * candidate);
  const h = o.map((open, unit) => open * Math.tanh(s[unit]!));
  return { g, i, f, o, s, h };
}

/** A cell over a sequence `[time][features]`, from a state of zeros. */
export function cellSteps(sequence: readonly (readonly number[])[], weights: CellWeights): CellStep[] {
  const zeros = weights.g.b.map(() => 0);
  const steps: CellStep[] = [];
  for (const x of sequence) steps.push(cellStep(x, steps.at(-1) ?? { s: zeros, h: zeros }, weights));
  return steps;
}

/** The weights of a layer, which stand there side by side for the gates i, f, g, o. */
export async function cellWeights(layer: LSTM): Promise<CellWeights> {
  const { units } = layer;
  const [kernel, recurrent, bias] = await Promise.all(layer.weights.map((weight) => weight.data()));
  const columns = (data: ArrayLike<number>, place: number) =>
    Array.from({ length: data.length / (4 * units) }, (_, row) =>
      Array.from({ length: units }, (_, unit) => data[row * 4 * units + place * units + unit]!),
    );
  const gate = (place: number): GateWeights => ({
    U: columns(kernel!, place),
    V: columns(recurrent!, place),
    b: columns(bias!, place)[0]!,
  });
  return { i: gate(0), f: gate(1), g: gate(2), o: gate(3) };
}

const sigma = (z: number): number => 1 / (1 + Math.exp(-z));

function product(row: readonly number[], matrix: readonly (readonly number[])[], column: number): number {
  return row.reduce((sum, value, at) => sum + value * matrix[at]![column]!, 0);
}
