import {
  type Backend,
  type Dtype,
  type ElementwiseStep,
  type Operand,
  type Plan,
  type ReduceStep,
  type StorageArray,
  sizeOf,
} from "@hekla/tensor";

/** An operand of a step under test: its data and how it is walked. */
export interface TestOperand {
  readonly data: StorageArray;
  readonly dtype: Dtype;
  readonly view: Operand["view"];
}

type WithoutBuffers<Step> = Omit<Step, "operands" | "outputs" | "label">;
export type TestStep = WithoutBuffers<ElementwiseStep> | WithoutBuffers<ReduceStep>;

/** A plan of one step: its operands are the inputs, its results the outputs. */
export function singleStepPlan(step: TestStep, operands: readonly TestOperand[]): Plan {
  const inputs = operands.map((_, index) => index);
  const resultDtypes = step.program.results.map((line) => step.program.instructions[line]!.dtype);
  const kept =
    step.kind === "reduce" ? step.shape.filter((_, axis) => !step.axes.includes(axis)) : step.shape;
  let bytes = 0;
  const outputs = resultDtypes.map((dtype) => {
    const size = sizeOf(kept);
    const buffer = { kind: "output" as const, dtype: outputDtype(step, dtype), size, arenaOffset: bytes };
    bytes += Math.ceil((size * 4) / 256) * 256;
    return buffer;
  });
  const numbers = outputs.map((_, at) => operands.length + at);
  const bound = operands.map(({ view }, buffer) => ({ buffer, view }));
  return {
    key: JSON.stringify([step, operands.map(({ view }) => view)]),
    buffers: [
      ...operands.map(({ data, dtype }) => ({
        kind: "input" as const,
        dtype,
        size: data.length,
        arenaOffset: -1,
      })),
      ...outputs,
    ],
    inputs,
    assigned: [],
    persistent: [],
    outputs: numbers,
    steps: [{ ...step, label: "test", operands: bound, outputs: numbers }],
    arenaBytes: bytes,
  };
}

function outputDtype(step: TestStep, dtype: Dtype): Dtype {
  if (step.kind === "elementwise") return dtype;
  return step.reduction.startsWith("arg") ? "int32" : dtype;
}

/** The results of one step on a backend. */
export function runStep(backend: Backend, step: TestStep, operands: readonly TestOperand[]): StorageArray[] {
  const executable = backend.prepare(singleStepPlan(step, operands));
  const slots = executable.run(operands.map(({ data, dtype }) => backend.upload(data, dtype)));
  executable.dispose();
  return slots.map((slot) => backend.readSync(slot));
}
