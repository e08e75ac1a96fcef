import {
  HostRandom,
  type RecurrentRoutine,
  type ReferenceRoutine,
  recurrentActivations,
  recurrentLayout,
  referenceRoutines,
  type StorageArray,
} from "@hekla/tensor";
import type { PlainCase } from "./plain-case.js";

type Recurrence = RecurrentRoutine & { readonly dtype: "float32" };

const random = new HostRandom(1, "recurrent");
const floats = (size: number): Float32Array =>
  Float32Array.from({ length: size }, () => 0.7 * random.normal());

function operandsOf(routine: Recurrence, given: Partial<Record<string, StorageArray>> = {}): StorageArray[] {
  const { batch, steps, units, recurrentMasks } = routine;
  const { gates, operands, states } = recurrentLayout(routine);
  const make = {
    projected: () => floats(batch * steps * gates * units),
    sequence: () => given.sequence!,
    kernel: () => floats(units * gates * units).map((x) => x / Math.sqrt(units)),
    bias: () => floats(gates * units),
    hidden: () => floats(batch * units),
    cell: () => floats(batch * units),
    mask: () => Int32Array.from({ length: batch * steps }, () => Math.min(1, random.integer(3))),
    recurrentMask: () =>
      Float32Array.from({ length: batch * recurrentMasks * units }, () => random.integer(3) / 2),
    gradient: () => floats(states),
  };
  return operands.map((name) => given[name] ?? make[name]());
}

/**
 * Both directions of a recurrence; what is kept for the gradient is held against the reference by what
 * comes of it.
 */
function* both(routine: Recurrence): Iterable<PlainCase> {
  const { states, operands: names, size } = recurrentLayout(routine);
  const operands = operandsOf(routine);
  const sequence = new Float32Array(size);
  // cast: the table has each routine under its own name
  (referenceRoutines[routine.name] as ReferenceRoutine<Recurrence>)(routine, operands, sequence);
  const tolerance = 4e-6;
  // What is kept of a masked step is not defined.
  yield { routine, operands, size, dtype: "float32", tolerance, ...(routine.mask && { compared: states }) };
  if (routine.hidden) {
    yield { routine: { ...routine, keep: false }, operands, size: states, dtype: "float32", tolerance };
  }
  // cast: each has its gradient
  const back: Recurrence = { ...routine, name: `${routine.name}Gradient` as Recurrence["name"] };
  const given = Object.fromEntries(names.map((name, at) => [name, operands[at]!]));
  const backOperands = operandsOf(back, { ...given, sequence });
  yield {
    routine: back,
    operands: backOperands,
    size: recurrentLayout(back).size,
    dtype: "float32",
    tolerance,
  };
}

const least = {
  dtype: "float32",
  batch: 3,
  steps: 4,
  units: 5,
  activation: "tanh",
  recurrentActivation: "sigmoid",
  resetAfter: true,
  bias: false,
  hidden: false,
  cell: false,
  mask: false,
  keep: true,
  recurrentMasks: 0,
} as const;

export const recurrentCells = ["lstm", "gru", "gru, reset before", "simpleRnn"] as const;

/** Sizes, operands and functions of a cell. */
export function* recurrentCases(name: (typeof recurrentCells)[number]): Iterable<PlainCase> {
  const cell = {
    lstm: { name: "lstmSequence" },
    gru: { name: "gruSequence" },
    "gru, reset before": { name: "gruSequence", resetAfter: false },
    simpleRnn: { name: "simpleRnnSequence" },
  } as const;
  const base = { ...least, ...cell[name] };
  const gates = recurrentLayout(base).gates;
  const isLstm = name === "lstm";
  const bias = name === "gru";
  const full = { ...base, hidden: true, cell: isLstm, bias, mask: true };
  for (const [batch, steps, units] of [
    [1, 1, 1],
    [2, 1, 4],
    [33, 2, 17],
    [259, 3, 4],
    [3, 5, 65],
    [0, 2, 3],
  ] as const) {
    yield* both({ ...base, batch, steps, units });
    yield* both({ ...full, batch, steps, units, recurrentMasks: 1 });
  }
  yield* both({ ...base, batch: 1, steps: 2, units: 700 });
  yield* both({ ...base, hidden: true });
  if (isLstm) yield* both({ ...base, cell: true });
  if (bias) yield* both({ ...base, bias });
  yield* both({ ...base, mask: true });
  yield* both({ ...base, recurrentMasks: 1 });
  yield* both({ ...full, recurrentMasks: gates });
  yield* both({ ...full, batch: 259, steps: 2, units: 4, recurrentMasks: gates });
  for (const activation of recurrentActivations) {
    yield* both({ ...base, activation, recurrentActivation: activation });
  }
}
