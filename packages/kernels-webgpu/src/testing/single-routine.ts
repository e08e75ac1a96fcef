import {
  type Backend,
  identityView,
  type Plan,
  type RoutineStep,
  referenceRoutines,
  type StorageArray,
} from "@hekla/tensor";
import { dtypeOfData, expectRight, type PlainCase } from "./plain-case.js";

/** Elements in front of each operand that are not its own: with 3, nothing lies where four are read at a time. */
const defaultOffset = 3;

/** A plan of one routine, whose operands are the inputs. */
export function planOf({ routine, operands, size, dtype }: PlainCase, offset = defaultOffset): Plan {
  const step: RoutineStep = {
    kind: "routine",
    label: "",
    routine,
    reference: referenceRoutines[routine.name],
    operands: operands.map(({ length }, buffer) => ({ buffer, view: { ...identityView([length]), offset } })),
    output: operands.length,
  };
  const inputs = operands.map((data) => ({
    kind: "input" as const,
    dtype: dtypeOfData(data),
    size: data.length + offset,
    arenaOffset: -1,
  }));
  return {
    key: JSON.stringify(routine),
    buffers: [...inputs, { kind: "output", dtype, size, arenaOffset: 0 }],
    inputs: inputs.map((_, at) => at),
    assigned: [],
    persistent: [],
    outputs: [inputs.length],
    steps: [step],
    arenaBytes: Math.ceil((size * 4) / 256) * 256,
  };
}

/** The result of a routine on a backend. */
export async function runOn(
  backend: Backend,
  given: PlainCase,
  offset = defaultOffset,
): Promise<StorageArray> {
  const slots = given.operands.map((data) => {
    const moved = new (data.constructor as Float32ArrayConstructor)(data.length + offset);
    moved.set(data as Float32Array, offset); // cast: both are of one kind
    return backend.upload(moved, dtypeOfData(data));
  });
  const executable = backend.prepare(planOf(given, offset));
  const [result] = executable.run(slots);
  const values = await backend.read(result!);
  executable.dispose();
  return values;
}

/** Holds routines on a backend against the reference. */
export async function expectOn(
  backend: Backend,
  cases: Iterable<PlainCase>,
  offset = defaultOffset,
): Promise<void> {
  for (const each of cases) expectRight(each, await runOn(backend, each, offset));
}
