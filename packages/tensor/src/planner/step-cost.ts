import { bytesPerElement, isFloat } from "../dtype.js";
import type { Operand, Plan, Step } from "../plan.js";
import type { ProfiledStep } from "../profile.js";
import type { Program } from "../program.js";
import type { RecurrentRoutine, Routine } from "../routine.js";
import type { Shape } from "../shape.js";
import type { View } from "../view.js";
import { stepName } from "./describe.js";

/** What a step stands for, whatever a kernel does: one that multiplies less than is written (Winograd) has a higher rate. */
export interface StepCost {
  /** Bytes that have to be read and written at least once. Of what depends on indices, as if these were all different. */
  readonly bytes: number;
  /**
   * Floating-point operations: 2 for each term of a contraction, 1 for each addition or comparison of a reduction, window
   * or scatter, 1 for each scalar function of a float (`exp` like `add`; `where` and `cast` are none).
   */
  readonly flops: number;
}

/** Bytes and operations of a step of a plan. */
export function stepCost(plan: Plan, step: Step): StepCost {
  return { bytes: bytesOf(plan, step), flops: flopsOf(step) };
}

/** What profiles say of a step. */
export function profiledStep(plan: Plan, step: Step): ProfiledStep {
  const routine = step.kind === "routine" ? step.routine.name : undefined;
  return {
    name: stepName(step),
    label: step.label,
    kind: routine ?? step.kind,
    shape: shapeText(plan, step),
    ...stepCost(plan, step),
  };
}

// As in describe.ts, little is taken from other files: this loads only for profiles.
const count = (shape: Shape): number => shape.reduce((product, size) => product * size, 1);
const text = (shape: Shape): string => `[${shape.join(",")}]`;

function shapeText(plan: Plan, step: Step): string {
  if (step.kind !== "routine") return text(step.shape);
  const operands = step.operands.map(({ view }) => text(view.shape)).join(" ");
  const result = step.epilogue?.shape ?? [plan.buffers[step.output!]!.size];
  return `${operands} -> ${text(result)}`;
}

/** Elements that a view looks at, each counted once. */
const distinct = ({ shape, strides }: View): number =>
  shape.reduce((product, size, axis) => product * (strides[axis] === 0 ? 1 : size), 1);

/** Most elements that a routine reads of operand 0, if it looks only some up. */
function lookedUp(routine: Routine): number {
  switch (routine.name) {
    case "gather":
    case "gatherAlong":
      return routine.outer * routine.count * routine.inner;
    case "matmulGathered":
    case "matmulGatheredKernelGradient":
      return routine.count * routine.inner;
    default:
      return Number.POSITIVE_INFINITY;
  }
}

function bytesOf({ buffers }: Plan, step: Step): number {
  /** Elements read of each buffer; what several operands see in the same way is read once. */
  const reads = new Map<number, number>();
  const views = new Set<string>();
  const read = ({ buffer, view }: Operand, most = Number.POSITIVE_INFINITY): void => {
    const key = JSON.stringify([buffer, view]);
    if (views.has(key)) return;
    views.add(key);
    const sum = (reads.get(buffer) ?? 0) + Math.min(distinct(view), most);
    reads.set(buffer, Math.min(sum, buffers[buffer]!.size));
  };
  const outputs =
    step.kind === "routine" ? [step.output ?? [], step.epilogue?.outputs ?? []].flat() : step.outputs;
  step.operands.forEach((operand, at) => {
    read(operand, step.kind === "routine" && at === 0 ? lookedUp(step.routine) : undefined);
  });
  if (step.kind === "routine")
    for (const operand of step.epilogue?.operands ?? []) if (operand) read(operand);
  const moved = [...reads, ...outputs.map((output) => [output, buffers[output]!.size] as const)];
  return moved.reduce((sum, [buffer, size]) => sum + size * bytesPerElement(buffers[buffer]!.dtype), 0);
}

/** Operations on floats in a program. */
function arithmetic({ instructions }: Program): number {
  const moves = ["input", "constant", "coordinate", "where", "cast"];
  return instructions.filter(({ op, dtype }) => isFloat(dtype) && !moves.includes(op)).length;
}

function flopsOf(step: Step): number {
  if (step.kind === "elementwise") return count(step.shape) * arithmetic(step.program);
  if (step.kind === "reduce") {
    const { shape, axes, program } = step;
    const size = count(shape);
    const results = count(shape.filter((_, axis) => !axes.includes(axis)));
    const floats = program.results.filter((line) => isFloat(program.instructions[line]!.dtype)).length;
    return size * arithmetic(program) + Math.max(size - results, 0) * floats;
  }
  const { routine, epilogue } = step;
  return ofRoutine(routine) + (epilogue ? count(epilogue.shape) * arithmetic(epilogue.program) : 0);
}

function ofRoutine(routine: Routine): number {
  if (!isFloat(routine.dtype)) return 0;
  switch (routine.name) {
    case "matmul":
      return 2 * routine.batch * routine.m * routine.n * routine.k;
    case "conv2d":
    case "conv2dInputGradient":
    case "conv2dKernelGradient": {
      const { batch, channels, outputSize, windowSize } = routine.window;
      return 2 * batch * count(outputSize) * routine.filters * channels * count(windowSize);
    }
    case "maxPool2d":
    case "maxPool2dGradient":
    case "maxPool2dGather":
    case "averagePool2d":
    case "averagePool2dGradient": {
      const { batch, channels, outputSize, windowSize } = routine.window;
      return batch * channels * count(outputSize) * count(windowSize);
    }
    case "scatterAdd":
    case "scatterAddAlong":
      return routine.outer * routine.count * routine.inner;
    case "cumsum":
      return routine.outer * routine.axisSize * routine.inner;
    case "matmulGathered":
    case "matmulGatheredTableGradient":
    case "matmulGatheredKernelGradient":
      return 2 * routine.count * routine.inner * routine.columns;
    case "maskedMatmul":
    case "maskedMatmulInputGradient":
    case "maskedMatmulKernelGradient":
      return 2 * routine.batch * routine.steps * routine.features * routine.gates * routine.units;
    case "gather":
    case "gatherAlong":
    case "distinct":
    case "concat":
    case "pad":
    case "argsort":
      return 0;
    default:
      return ofRecurrence(routine);
  }
}

/**
 * The recurrent product, and the equations of each unit at each step: activations, what makes the new states of them, and
 * the same backward with their slopes.
 */
function ofRecurrence({ name, batch, steps, units, bias }: RecurrentRoutine): number {
  const cell = name.startsWith("lstm") ? "lstm" : name.startsWith("gru") ? "gru" : "simpleRnn";
  const gates = { lstm: 4, gru: 3, simpleRnn: 1 }[cell];
  const backward = name.endsWith("Gradient");
  const equations = backward
    ? { lstm: 22, gru: 16, simpleRnn: 3 }[cell]
    : { lstm: 9, gru: 8, simpleRnn: 1 }[cell] + (bias ? gates : 0);
  return batch * steps * units * (2 * gates * units + equations);
}
