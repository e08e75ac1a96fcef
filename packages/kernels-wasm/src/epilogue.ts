import { type ElementwiseStep, type Epilogue, identityView } from "@hekla/tensor";
import type { FunctionBuilder, Local, ModuleBuilder } from "./assembler/index.js";
import { emitElementwise } from "./elementwise/emit-elementwise.js";
import type { Kernel } from "./kernel.js";

/**
 * A routine followed by its epilogue: the raw result goes to the epilogue's first output, which has its size, and is
 * worked on there. The pointers of the whole are the routine's operands, the epilogue's operands, its outputs.
 */
export function withEpilogue(
  module: ModuleBuilder,
  raw: Kernel,
  operandCount: number,
  epilogue: Epilogue,
): Kernel {
  const { shape, operands, program, outputs } = epilogue;
  const whole = identityView(shape);
  const step: ElementwiseStep = {
    kind: "elementwise",
    label: "",
    shape,
    operands: operands.map((operand) => operand ?? { buffer: outputs[0]!, view: whole }),
    program,
    outputs,
  };
  const after = emitElementwise(module, step);
  const extra = operands.filter((operand) => operand !== undefined).length;
  const firstOutput = operandCount + extra;
  /** A phase with the pointers of the whole that passes on those that `phase` takes. */
  const adapt = (phase: number, pick: (pointers: readonly Local[]) => Local[]): number => {
    const count = firstOutput + outputs.length + 3;
    return module.function("epilogue", Array<"i32">(count).fill("i32"), [], (f: FunctionBuilder) => {
      f.get(...pick(f.params.slice(0, -3)), ...f.params.slice(-3)).call(phase);
    });
  };
  const rawPhases = raw.phases.map((phase) =>
    adapt(phase, (pointers) => [...pointers.slice(0, operandCount), pointers[firstOutput]!]),
  );
  const epiloguePhases = after.phases.map((phase) =>
    adapt(phase, (pointers) => {
      let next = operandCount;
      const own = operands.map((operand) => (operand ? pointers[next++]! : pointers[firstOutput]!));
      return [...own, ...pointers.slice(firstOutput)];
    }),
  );
  return {
    phases: [...rawPhases, ...epiloguePhases],
    scratchBytes: Math.max(raw.scratchBytes, after.scratchBytes),
    scratchBytesPerThread: Math.max(raw.scratchBytesPerThread ?? 0, after.scratchBytesPerThread ?? 0),
    serial: raw.serial === true && after.serial === true,
  };
}
