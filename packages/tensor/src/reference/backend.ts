import type { Backend, Executable, MemoryInfo, Slot } from "../backend.js";
import { bytesPerElement, type Dtype, fromStorage, isFloat, type StorageArray } from "../dtype.js";
import { DeviceError } from "../errors.js";
import { toHalf } from "../half.js";
import type { Epilogue, Operand, Plan, RoutineStep } from "../plan.js";
import { identityView } from "../view.js";
import { dense, evaluate, type Source } from "./program.js";
import { reduce } from "./reduce.js";
import { HostSlot, type Precision, settle, zeroed } from "./storage.js";

/** Options of `reference`. */
export interface ReferenceOptions {
  /** "float64" computes float16 and float32 tensors in double precision, for gradient checks. Default "float32". */
  readonly dtype?: Precision;
}

/** Runs a plan step by step in plain TypeScript. */
class ReferenceExecutable implements Executable {
  constructor(
    readonly plan: Plan,
    readonly precision: Precision,
  ) {}

  run(inputs: readonly Slot[]): Slot[] {
    const { plan, precision } = this;
    const values = plan.buffers.map(({ dtype, size, kind }) =>
      kind === "input" ? undefined : zeroed(dtype, size, precision),
    );
    plan.inputs.forEach((buffer, position) => {
      values[buffer] = (inputs[position] as HostSlot).values;
    });
    const source = ({ buffer, view }: Operand): Source => ({ values: values[buffer]!, view });
    for (const step of plan.steps) {
      if (step.kind === "elementwise") {
        // Results go to fresh arrays first: an output may be the memory of an operand.
        const results = step.outputs.map((output) =>
          zeroed(plan.buffers[output]!.dtype, values[output]!.length, precision),
        );
        evaluate(step.program, step.shape, step.operands.map(source), results, precision);
        step.outputs.forEach((output, i) => {
          values[output]!.set(results[i]!);
        });
      } else if (step.kind === "reduce") {
        const outputs = step.outputs.map((output) => values[output]!);
        reduce(step, step.operands.map(source), outputs, precision);
        step.outputs.forEach((output, i) => {
          settle(plan.buffers[output]!.dtype, outputs[i]!, precision);
        });
      } else this.#routine(step, values, source);
    }
    return plan.outputs.map((buffer) => new HostSlot(plan.buffers[buffer]!.dtype, values[buffer]!, false));
  }

  #routine(
    step: RoutineStep,
    values: (StorageArray | undefined)[],
    source: (operand: Operand) => Source,
  ): void {
    const { routine, epilogue } = step;
    const out =
      step.output === undefined
        ? zeroed(
            routine.dtype,
            epilogue!.shape.reduce((a, b) => a * b, 1),
            this.precision,
          )
        : values[step.output]!;
    step.reference(
      routine as never,
      step.operands.map((operand) => dense(source(operand))),
      out,
    );
    settle(
      step.output === undefined ? routine.dtype : this.plan.buffers[step.output]!.dtype,
      out,
      this.precision,
    );
    if (epilogue) this.#epilogue(epilogue, out, values, source);
  }

  #epilogue(
    { shape, operands, program, outputs }: Epilogue,
    result: StorageArray,
    values: (StorageArray | undefined)[],
    source: (operand: Operand) => Source,
  ): void {
    const sources = operands.map((operand) =>
      operand ? source(operand) : { values: result, view: identityView(shape) },
    );
    evaluate(
      program,
      shape,
      sources,
      outputs.map((output) => values[output]!),
      this.precision,
    );
  }

  dispose(): void {}
}

/** The definition of right: every step in plain TypeScript, sums in double precision, no speed claimed. */
export function reference(options: ReferenceOptions = {}): Backend {
  const precision = options.dtype ?? "float32";
  let persistentBytes = 0;
  let slots = 0;
  const bytes = (slot: HostSlot): number => slot.size * bytesPerElement(slot.dtype);
  const hostSlot = (slot: Slot): HostSlot => {
    if (!(slot instanceof HostSlot)) throw new DeviceError("reference: got the slot of another backend");
    return slot;
  };
  const stored = (data: StorageArray, dtype: Dtype): StorageArray =>
    (precision === "float64" || dtype === "float16") && isFloat(dtype) && !(data instanceof Float64Array)
      ? Float64Array.from(fromStorage(dtype, data))
      : data;
  const readSync = (slot: Slot): StorageArray => {
    const { values, dtype } = hostSlot(slot);
    return dtype === "float16" && precision === "float32" ? toHalf(values) : values.slice();
  };
  return {
    name: precision === "float64" ? "reference (float64)" : "reference",
    dtypes: ["float16", "float32", "float64", "int32", "bool"],
    prepare: (plan: Plan) => new ReferenceExecutable(plan, precision),
    upload: (data, dtype) => new HostSlot(dtype, stored(data, dtype), false),
    allocate: (size, dtype) => {
      const slot = new HostSlot(dtype, zeroed(dtype, size, precision), true);
      persistentBytes += bytes(slot);
      slots++;
      return slot;
    },
    write: (slot, data) => hostSlot(slot).values.set(stored(data, slot.dtype)),
    copy: (slot, from) => hostSlot(slot).values.set(hostSlot(from).values),
    read: async (slot) => readSync(slot),
    readSync,
    free: (slot) => {
      if (!hostSlot(slot).persistent) return;
      persistentBytes -= bytes(hostSlot(slot));
      slots--;
    },
    memory: (): MemoryInfo => ({ persistentBytes, arenaBytes: 0, slots }),
    dispose: () => {},
  };
}
