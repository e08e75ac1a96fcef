import {
  HostRandom,
  identityView,
  type RecurrentRoutine,
  type RoutineStep,
  recurrentActivations,
  recurrentLayout,
  reference,
  referenceRoutines,
  type StorageArray,
} from "@hekla/tensor";
import { describe, expect, test } from "vitest";
import { hasRelaxedSimd } from "../runtime/features.js";
import { type RunOptions, runRoutine } from "../testing/run-routine.js";

type Routine = RecurrentRoutine & { readonly dtype: "float32" };
const relaxedSimd = await hasRelaxedSimd();
const random = new HostRandom(1, "recurrent");
const floats = (size: number): Float32Array =>
  Float32Array.from({ length: size }, () => 0.7 * random.normal());

/** The routine on operands that start behind one element that is not theirs. */
function stepOf(
  routine: Routine,
  operands: readonly StorageArray[],
): { step: RoutineStep; buffers: StorageArray[] } {
  const buffers = operands.map((data) => {
    const moved = new (data.constructor as Float32ArrayConstructor)(data.length + 1);
    moved.set(data as Float32Array, 1);
    return moved;
  });
  const view = (size: number) => ({ ...identityView([size]), offset: 1 });
  const step: RoutineStep = {
    kind: "routine",
    label: "",
    routine,
    reference: referenceRoutines[routine.name],
    output: operands.length,
    operands: operands.map((data, buffer) => ({ buffer, view: view(data.length) })),
  };
  return { step, buffers };
}

const dtypeOf = (data: StorageArray): "float32" | "int32" =>
  data instanceof Float32Array ? "float32" : "int32";

function byReference(routine: Routine, operands: readonly StorageArray[]): StorageArray {
  const { step, buffers } = stepOf(routine, operands);
  const backend = reference();
  const { size } = recurrentLayout(routine);
  const executable = backend.prepare({
    key: "",
    buffers: [
      ...buffers.map((data) => ({
        kind: "input" as const,
        size: data.length,
        arenaOffset: -1,
        dtype: dtypeOf(data),
      })),
      { kind: "output", dtype: "float32", size, arenaOffset: 0 },
    ],
    inputs: buffers.map((_, at) => at),
    assigned: [],
    persistent: [],
    outputs: [buffers.length],
    steps: [step],
    arenaBytes: 0,
  });
  const slots = buffers.map((data) => backend.upload(data, dtypeOf(data)));
  return backend.readSync(executable.run(slots)[0]!);
}

function byWasm(routine: Routine, operands: readonly StorageArray[], options: RunOptions): StorageArray {
  const { step, buffers } = stepOf(routine, operands);
  const { size } = recurrentLayout(routine);
  return runRoutine(step, [...buffers, { size, dtype: "float32" }], options).at(-1)!;
}

function operandsOf(routine: Routine, given: Partial<Record<string, StorageArray>> = {}): StorageArray[] {
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

function expectClose(got: ArrayLike<number>, want: ArrayLike<number>, name: string): void {
  for (let i = 0; i < want.length; i++) {
    if (!(Math.abs(got[i]! - want[i]!) <= 4e-6 * (1 + Math.abs(want[i]!))))
      expect.fail(`${name}: [${i}] got ${got[i]}, expected ${want[i]}`);
  }
}

/** Both directions against the reference backend, tuned and plain, and the same bits for any number of threads. */
function check(routine: Routine): void {
  const { states, operands: names } = recurrentLayout(routine);
  const operands = operandsOf(routine);
  const sequence = byReference(routine, operands);
  const back: Routine = { ...routine, name: `${routine.name}Gradient` as Routine["name"] };
  const named = Object.fromEntries(names.map((name, at) => [name, operands[at]!]));
  const backOperands = operandsOf(back, { ...named, sequence });
  const gradient = byReference(back, backOperands);
  // What is kept of a masked step is not defined.
  const compared = routine.mask ? states : sequence.length;
  for (const options of [
    {},
    { threads: 3 },
    { relaxedSimd },
    { tuned: false },
    { tuned: false, threads: 2 },
  ]) {
    const name = `${JSON.stringify(options)} ${JSON.stringify(routine)}`;
    const forward = byWasm(routine, operands, options);
    expectClose(forward.subarray(0, compared), sequence.subarray(0, compared), name);
    const backward = byWasm(back, backOperands, options);
    expectClose(backward, gradient, `gradient ${name}`);
    const bare = { ...routine, keep: false };
    expect(byWasm(bare, operands, options)).toEqual(forward.subarray(0, states));
    if (!options.threads) continue;
    const alone = { ...options, threads: 1 };
    expect(forward.subarray(0, compared)).toEqual(byWasm(routine, operands, alone).subarray(0, compared));
    expect(backward).toEqual(byWasm(back, backOperands, alone));
  }
}

const least = {
  dtype: "float32",
  batch: 5,
  steps: 4,
  units: 9,
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

const cells = [
  ["lstm", { name: "lstmSequence" }, 4],
  ["gru", { name: "gruSequence" }, 3],
  ["gru, reset before", { name: "gruSequence", resetAfter: false }, 3],
  ["simpleRnn", { name: "simpleRnnSequence" }, 1],
] as const;

describe.each(cells)("%s", (_, cell, gates) => {
  const lstm = cell.name === "lstmSequence";
  const bias = cell.name === "gruSequence" && !("resetAfter" in cell);

  test.each([
    [1, 1, 1],
    [1, 3, 3],
    [2, 1, 4],
    [33, 2, 17],
    [4, 5, 8],
    [3, 2, 65],
    [9, 2, 32],
  ])("%i samples, %i steps, %i units", (batch, steps, units) => {
    check({ ...least, ...cell, batch, steps, units });
    check({
      ...least,
      ...cell,
      batch,
      steps,
      units,
      hidden: true,
      cell: lstm,
      bias,
      mask: true,
      recurrentMasks: 1,
    });
  });

  test("every operand by itself", () => {
    check({ ...least, ...cell, hidden: true });
    if (lstm) check({ ...least, ...cell, cell: true });
    if (bias) check({ ...least, ...cell, bias });
    check({ ...least, ...cell, mask: true });
    check({ ...least, ...cell, recurrentMasks: 1 });
    check({ ...least, ...cell, recurrentMasks: gates, hidden: true, mask: true });
    check({ ...least, ...cell, recurrentMasks: gates, units: 8 });
  });

  test.each(recurrentActivations)("%s", (activation) => {
    check({ ...least, ...cell, activation });
    check({ ...least, ...cell, recurrentActivation: activation });
  });
});

test("no samples", () => {
  check({ ...least, name: "lstmSequence", batch: 0 });
});

test("NaN stays in its sample", () => {
  const routine = { ...least, name: "lstmSequence" } as const;
  const operands = operandsOf(routine);
  operands[0]![2 * 4 * 36] = Number.NaN;
  const { states } = recurrentLayout(routine);
  const hidden = byWasm(routine, operands, {}).subarray(0, states);
  const bad = [...hidden.keys()].filter((at) => Number.isNaN(hidden[at]));
  expect(bad.length).toBeGreaterThan(0);
  const sample = (at: number): number => Math.floor(at < 180 ? at / 36 : (at - 180) / 9);
  expect(new Set(bad.map(sample))).toEqual(new Set([2]));
});
