import { DeviceError, type Plan, type RoutineName, type RoutineStep, type Step } from "@hekla/tensor";
import { allPlainRoutines } from "../plain/all-plain-routines.js";
import type { Pass, PlainRoutine } from "../plain/plain-routine.js";
import { emitRecurrent } from "../recurrent/emit-recurrent.js";
import type { Index, Value } from "../text/kernel-writer.js";
import { emitWorkgroupReduce } from "../tuned/workgroup-reduce.js";
import type { DeviceTraits, StepKernels, Typed } from "./dispatch.js";
import { emitElementwise, writeResult } from "./elementwise.js";
import { emitReduce } from "./reduce.js";
import { StepBuilder } from "./step-builder.js";
import { tunedRoutines } from "./tuned-routines.js";
import { WgslWriter } from "./wgsl-writer.js";

/** The kernels of one step. */
export function stepKernels(plan: Plan, step: Step, label: string, traits: DeviceTraits): StepKernels {
  const isHalf = step.kind === "routine" && step.routine.dtype === "float16";
  const builder = new StepBuilder(plan, traits, label, isHalf);
  if (step.kind === "elementwise") emitElementwise(builder, step);
  else if (step.kind === "reduce") {
    if (!emitWorkgroupReduce(builder, step)) emitReduce(builder, step);
  } else emitRoutine(builder, isHalf ? { ...step, routine: { ...step.routine, dtype: "float32" } } : step);
  return builder.finish();
}

function emitRoutine(builder: StepBuilder, step: RoutineStep): void {
  const { routine } = step;
  if (tunedRoutines(builder, step) || emitRecurrent(builder, step)) return;
  const plain = (allPlainRoutines as Partial<Record<RoutineName, PlainRoutine>>)[routine.name];
  if (!plain) throw new DeviceError(`webgpu: there is no kernel for ${routine.name}`);
  emitPasses(builder, step, plain(routine as never)); // cast: the table has each routine under its own name
}

/** Writes a kernel for nothing but the operands it loads. */
class LoadRecorder extends WgslWriter {
  readonly loaded = new Set<number>();

  override load(operand: number, place: Index): Value {
    this.loaded.add(operand);
    return super.load(operand, place);
  }
}

/** Only what a pass loads is bound to it: devices bind few arrays, and routines have many passes. */
function loadedBy(pass: Pass, operands: readonly Typed[]): (Typed | undefined)[] {
  const stored = ({ dtype }: Typed) => (dtype === "float32" ? "f32" : "i32");
  const bound = operands.map(
    (operand, at) => ({ ...operand, name: `b${at}`, stored: stored(operand) }) as const,
  );
  const recorder = new LoadRecorder(bound);
  if (pass.size > 0) pass.write(recorder, "index");
  return operands.map((operand, at) => (recorder.loaded.has(at) ? operand : undefined));
}

/** A dispatch for each pass; the last one runs the epilogue. */
function emitPasses(builder: StepBuilder, step: RoutineStep, passes: readonly Pass[]): void {
  const operands: Typed[] = step.operands.map(({ buffer, view }) => builder.buffer(buffer, view.offset));
  for (const [at, pass] of passes.entries()) {
    const last = at === passes.length - 1;
    const loaded = loadedBy(pass, operands);
    if (!last) {
      const target = builder.scratch(pass.size, pass.dtype);
      const options = { name: `pass ${at + 1}` };
      builder.threads(
        pass.size,
        loaded,
        [target],
        (writer, index, [result]) => writer.store(result!, index, pass.write(writer, index)),
        options,
      );
      operands.push(target);
      continue;
    }
    const { epilogue, output } = step;
    const first = operands.length;
    const all = [...loaded, ...(epilogue?.operands ?? []).map((operand) => builder.operand(operand))];
    const outputs = [...(output === undefined ? [] : [output]), ...(epilogue?.outputs ?? [])];
    builder.threads(
      pass.size,
      all,
      outputs.map((buffer) => builder.buffer(buffer)),
      (writer, index, results) => {
        const raw = pass.write(writer, index);
        const rest = output === undefined ? results : results.slice(1);
        writeResult(writer, index, raw, output === undefined ? undefined : results[0], epilogue, first, rest);
      },
    );
  }
}
