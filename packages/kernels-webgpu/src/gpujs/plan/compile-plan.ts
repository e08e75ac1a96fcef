import {
  DeviceError,
  type ElementwiseStep,
  type Epilogue,
  type Plan,
  type RecurrentRoutine,
  type ReduceStep,
  type Routine,
  type RoutineName,
  type RoutineStep,
  sizeOf,
} from "@hekla/tensor";
import { allPlainRoutines } from "../../plain/all-plain-routines.js";
import type { Pass, PlainRoutine } from "../../plain/plain-routine.js";
import type { Index, KernelWriter, Value } from "../../text/kernel-writer.js";
import { sourceAt } from "../../text/places.js";
import { printProgram } from "../../text/print-program.js";
import type { Device } from "../device/device.js";
import { type Launch, LaunchList, type Source } from "./launch-list.js";
import { addRecurrence } from "./recurrence.js";
import { addReduction } from "./reduce.js";

/** A value becomes that of a buffer. */
export interface Move {
  readonly from: number;
  readonly to: number;
}

/**
 * A step of a plan: launches, then all their results go to buffers at once, since they may be those that were
 * read.
 */
export interface CompiledStep {
  readonly launches: readonly Launch[];
  readonly moves: readonly Move[];
}

/** A plan as launches over registers, of which the first are its buffers. */
export interface CompiledPlan {
  readonly steps: readonly CompiledStep[];
  readonly registers: number;
}

/** The kernels of a plan. */
export function compilePlan(plan: Plan, device: Device): CompiledPlan {
  const list = new LaunchList(plan, device);
  const steps = plan.steps.map((step): CompiledStep => {
    const begin = list.launches.length;
    list.label = step.label || step.kind;
    const moves: Move[] = [];
    const toBuffer = (from: number, to: number): void => void moves.push({ from, to });
    if (step.kind === "elementwise") addElementwise(list, step, toBuffer);
    else if (step.kind === "reduce") addReduce(list, step, toBuffer);
    else addRoutine(list, step, toBuffer);
    return { launches: list.launches.slice(begin), moves };
  });
  markLastReads(plan, steps);
  return { steps, registers: list.floats.length };
}

type ToBuffer = (register: number, buffer: number) => void;

/** Whether there are elements to compute. */
const isSome = (plan: Plan, buffer: number): boolean => plan.buffers[buffer]!.size > 0;

function addElementwise(list: LaunchList, step: ElementwiseStep, toBuffer: ToBuffer): void {
  const { shape, operands, program, outputs } = step;
  for (const [at, output] of outputs.entries()) {
    if (!isSome(list.plan, output)) continue;
    const line = program.results[at]!;
    const register = list.add({
      size: sizeOf(shape),
      dtype: program.instructions[line]!.dtype,
      sources: operands.map((operand) => list.operand(operand)),
      write(kernel, index) {
        const source = sourceAt(kernel, index, shape, operands, program);
        return printProgram(kernel, program, source, [line])[0]!;
      },
    });
    toBuffer(register, output);
  }
}

function addReduce(list: LaunchList, step: ReduceStep, toBuffer: ToBuffer): void {
  for (const [at, output] of step.outputs.entries()) {
    if (isSome(list.plan, output)) toBuffer(addReduction(list, step, step.program.results[at]!), output);
  }
}

const isRecurrent = (routine: Routine): routine is Routine & RecurrentRoutine => "recurrentMasks" in routine;

function addRoutine(list: LaunchList, step: RoutineStep, toBuffer: ToBuffer): void {
  const { routine, operands, output, epilogue } = step;
  const some = epilogue ? sizeOf(epilogue.shape) > 0 : isSome(list.plan, output!);
  if (!some) return;
  const sources = operands.map((operand) => list.dense(operand));
  if (isRecurrent(routine)) {
    const register = addRecurrence(list, routine, sources);
    if (output !== undefined) toBuffer(register, output);
    if (epilogue) addEpilogue(list, epilogue, register, routine.dtype, toBuffer);
    return;
  }
  const plain = (allPlainRoutines as Partial<Record<RoutineName, PlainRoutine>>)[routine.name];
  if (!plain) throw new DeviceError(`gpujs: got the routine ${routine.name}, for which there is no kernel`);
  const passes = plain(routine as never); // cast: the table has each routine under its own name
  const all: Source[] = [...sources];
  for (const pass of passes.slice(0, -1)) {
    all.push({ register: addPass(list, pass, all), dtype: pass.dtype, offset: 0 });
  }
  const last = passes.at(-1)!;
  // One result alone is made of the raw one while that is at hand.
  if (epilogue && output === undefined && epilogue.outputs.length === 1) {
    toBuffer(addLastPass(list, last, all, epilogue), epilogue.outputs[0]!);
    return;
  }
  const raw = addPass(list, last, all);
  if (output !== undefined) toBuffer(raw, output);
  if (epilogue) addEpilogue(list, epilogue, raw, last.dtype, toBuffer);
}

const addPass = (list: LaunchList, { size, dtype, write }: Pass, sources: readonly Source[]): number =>
  list.add({ size, dtype, sources, write });

/**
 * What an epilogue makes of the raw result at `index`, which `raw` writes; its operands are numbered from
 * `first` on.
 */
function writeEpilogue(
  kernel: KernelWriter,
  index: Index,
  { shape, operands, program }: Epilogue,
  line: number,
  first: number,
  raw: () => Value,
): Value {
  const source = sourceAt(kernel, index, shape, operands, program, (operand) => first + operand);
  const load = (operand: number): Value => (operands[operand] ? source.load(operand) : raw());
  return printProgram(kernel, program, { ...source, load }, [line])[0]!;
}

/** The last pass of a routine with the epilogue's one result. */
function addLastPass(list: LaunchList, pass: Pass, sources: readonly Source[], epilogue: Epilogue): number {
  const line = epilogue.program.results[0]!;
  const others = epilogue.operands.map((operand) => operand && list.operand(operand));
  return list.add({
    size: pass.size,
    dtype: epilogue.program.instructions[line]!.dtype,
    sources: [...sources, ...others],
    write(kernel, index) {
      const raw = kernel.keep(pass.write(kernel, index));
      return writeEpilogue(kernel, index, epilogue, line, sources.length, () => raw);
    },
  });
}

/** The results of an epilogue, from a raw result that is stored. */
function addEpilogue(
  list: LaunchList,
  epilogue: Epilogue,
  register: number,
  dtype: Routine["dtype"],
  toBuffer: ToBuffer,
): void {
  const { operands, program, outputs, shape } = epilogue;
  const raw: Source = { register, dtype, offset: 0 };
  for (const [at, output] of outputs.entries()) {
    const line = program.results[at]!;
    const result = list.add({
      size: sizeOf(shape),
      dtype: program.instructions[line]!.dtype,
      sources: operands.map((operand) => (operand ? list.operand(operand) : raw)),
      write: (kernel, index) =>
        writeEpilogue(kernel, index, epilogue, line, 0, () =>
          kernel.load(operands.indexOf(undefined), index),
        ),
    });
    toBuffer(result, output);
  }
}

/** Notes with each launch which registers' values are of no use behind it. */
function markLastReads(plan: Plan, steps: readonly CompiledStep[]): void {
  const stays = new Set([...plan.inputs, ...plan.outputs]);
  const seen = new Set<number>(stays);
  for (const { launches, moves } of [...steps].reverse()) {
    // Values that are moved are those of the buffers from then on.
    const moved = new Set(moves.map(({ from }) => from));
    for (const launch of [...launches].reverse()) {
      const last = [...new Set([...launch.reads, launch.writes])].filter(
        (register) => !seen.has(register) && !moved.has(register),
      );
      for (const register of last) seen.add(register);
      launch.free = last;
    }
  }
}
