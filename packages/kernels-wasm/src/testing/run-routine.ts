import type { RoutineStep, StorageArray } from "@hekla/tensor";
import { type Features, ModuleBuilder } from "../assembler/index.js";
import { emitRoutine } from "../routine.js";
import { allRoutines } from "../routines/all-routines.js";

export interface RunOptions extends Partial<Features> {
  /** Threads to split the work for; they run one after the other here. */
  readonly threads?: number;
}

type Buffer = Float32Array | Int32Array;
type PhaseFunction = (...args: number[]) => void;

const guardBytes = 64;
const guardValue = 0x7fc12345;

/** Runs one routine step by itself: buffers by number, those without contents given as sizes. Returns all of them. */
export function runRoutine(
  step: RoutineStep,
  buffers: readonly (StorageArray | { readonly size: number; readonly dtype: "float32" | "int32" })[],
  { threads = 1, relaxedSimd = false, tuned = true }: RunOptions = {},
): Buffer[] {
  const memoryImport = { initial: 1, maximum: 16384, shared: false };
  const module = new ModuleBuilder(memoryImport, { relaxedSimd, tuned });
  const kernel = emitRoutine(module, step, allRoutines);
  kernel.phases.forEach((phase, index) => module.export(`phase${index}`, phase));
  let bytes = 1024;
  const take = (size: number): number => {
    const at = bytes + guardBytes;
    bytes = Math.ceil((at + size + guardBytes) / 64) * 64;
    return at;
  };
  const places = buffers.map((buffer) => take(("length" in buffer ? buffer.length : buffer.size) * 4));
  const scratch =
    Math.ceil(take(kernel.scratchBytes + threads * (kernel.scratchBytesPerThread ?? 0) + 64) / 64) * 64;
  const memory = new WebAssembly.Memory(memoryImport);
  memory.grow(Math.ceil((bytes + 4096) / 65536));
  // Scratch and fresh outputs start with NaN, so that a kernel which forgets to write is found out.
  new Int32Array(memory.buffer).fill(guardValue);
  const views = buffers.map((buffer, index) => {
    const size = "length" in buffer ? buffer.length : buffer.size;
    const float = "length" in buffer ? buffer instanceof Float32Array : buffer.dtype === "float32";
    const view = float
      ? new Float32Array(memory.buffer, places[index], size)
      : new Int32Array(memory.buffer, places[index], size);
    if ("length" in buffer) view.set(buffer);
    return view;
  });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.finish()), { env: { memory } });
  const pointers = pointerBuffers(step).map((buffer) => places[buffer]!);
  kernel.phases.forEach((_, index) => {
    const phase = instance.exports[`phase${index}`] as PhaseFunction;
    for (let thread = threads - 1; thread >= 0; thread--) phase(...pointers, scratch, thread, threads);
  });
  for (const [index, place] of places.entries()) {
    const before = new Int32Array(memory.buffer, place - guardBytes, guardBytes / 4);
    const after = new Int32Array(memory.buffer, place + views[index]!.byteLength, guardBytes / 4);
    if ([...before, ...after].some((word) => word !== guardValue))
      throw new Error(`${step.routine.name}: wrote outside buffer ${index}`);
  }
  return views.map((view) => view.slice());
}

/** Buffers in the order of a kernel's pointers. */
function pointerBuffers(step: RoutineStep): number[] {
  const epilogueOperands = (step.epilogue?.operands ?? []).filter((operand) => operand !== undefined);
  return [
    ...step.operands.map(({ buffer }) => buffer),
    ...epilogueOperands.map(({ buffer }) => buffer),
    ...(step.output === undefined ? [] : [step.output]),
    ...(step.epilogue?.outputs ?? []),
  ];
}
