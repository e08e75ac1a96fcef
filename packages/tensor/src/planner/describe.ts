import type { Operand, Plan, Step } from "../plan.js";
import type { Program } from "../program.js";
import type { Shape } from "../shape.js";

// Nothing here needs code of another file: what apps link and what loads for `HEKLA_DEBUG` alone stay apart.
const formatShape = (shape: Shape): string => `[${shape.join(",")}]`;

/** A program as lines of text: `%2 = add float32 %0 %1`. */
export function describeProgram(program: Program): string {
  const lines = program.instructions.map((instruction, line) => {
    const { op, dtype } = instruction;
    if (op === "input") return `%${line} = input ${dtype} #${instruction.index}`;
    if (op === "constant") return `%${line} = constant ${dtype} ${instruction.value}`;
    if (op === "coordinate") return `%${line} = coordinate ${instruction.axis}`;
    return `%${line} = ${op} ${dtype} ${instruction.args.map((arg) => `%${arg}`).join(" ")}`;
  });
  return [...lines, `-> ${program.results.map((line) => `%${line}`).join(" ")}`].join("\n");
}

const describeOperand = (operand: Operand | undefined): string =>
  operand
    ? `b${operand.buffer}${formatShape(operand.view.shape)}` +
      (operand.view.strides.some((stride) => stride <= 0) || operand.view.offset
        ? `@${operand.view.offset}(${operand.view.strides.join(",")})`
        : "")
    : "result";

/** What a step does, without its operands: `matmul`, `sum 0,1`, or the scalar ops fused in it. */
export function stepName(step: Step): string {
  const fused = ({ instructions }: Program): string => {
    const ops = instructions.map(({ op }) => op).filter((op) => !/^(input|constant)$/.test(op));
    if (ops.length === 0) return "copy";
    // A random draw alone is over a hundred ops.
    return ops.length > 24
      ? `${ops.slice(0, 3).join("+")}+...${ops.at(-1)} (${ops.length} ops)`
      : ops.join("+");
  };
  if (step.kind === "elementwise") return fused(step.program);
  if (step.kind === "reduce") {
    const inner = fused(step.program);
    const several = step.outputs.length > 1 ? `${step.outputs.length} x ` : "";
    return `${several}${step.reduction} ${step.axes.join(",")}${inner === "copy" ? "" : ` of ${inner}`}`;
  }
  return step.routine.name + (step.epilogue ? ` then ${fused(step.epilogue.program)}` : "");
}

/** A plan as text, a line a step: what `HEKLA_DEBUG=1` prints and plan snapshots keep. */
export function describePlan(plan: Plan, options: { programs?: boolean } = {}): string {
  const head = `plan: ${plan.steps.length} steps, ${plan.inputs.length} inputs, arena ${plan.arenaBytes} bytes`;
  const lines = plan.steps.map((step) => {
    const operands =
      step.kind === "routine" && step.epilogue
        ? [...step.operands, ...step.epilogue.operands]
        : step.operands;
    const outputs =
      step.kind === "routine" ? [step.output ?? [], step.epilogue?.outputs ?? []].flat() : step.outputs;
    const shape = step.kind === "routine" ? "" : formatShape(step.shape);
    const text =
      `  ${stepName(step)}${shape} (${operands.map(describeOperand).join(", ")}) -> ` +
      `${outputs.map((output) => `b${output}`).join(", ")}${step.label ? `  # ${step.label}` : ""}`;
    const program = step.kind === "routine" ? step.epilogue?.program : step.program;
    return options.programs && program
      ? `${text}\n${describeProgram(program).replace(/^/gm, "      ")}`
      : text;
  });
  return [head, ...lines].join("\n");
}
