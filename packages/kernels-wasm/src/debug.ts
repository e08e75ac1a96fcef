import { debugLevel, debugLog, type Plan, type Step, sizeOf, stepName } from "@hekla/tensor";
import { type Features, moduleText } from "./assembler/index.js";

/** Whether `HEKLA_DEBUG` asks for times per step (2) or generated code (4) besides the line per plan. */
export const wants = (what: "times" | "code"): boolean => debugLevel() === (what === "times" ? 2 : 4);

/** How a plan runs here; the planner prints the plan itself. */
export function dumpPlan(
  plan: Plan,
  { relaxedSimd, tuned }: Features,
  threads: number,
  moduleBytes: number,
): void {
  const how = `${threads} ${threads === 1 ? "thread" : "threads"}, ${relaxedSimd ? "relaxed" : "plain"} SIMD`;
  debugLog(
    `wasm: ${plan.steps.length} steps in ${moduleBytes} bytes of code, ${how}${tuned ? "" : ", not tuned"}`,
  );
}

export function dumpCode(plan: Plan, bytes: Uint8Array, names: readonly string[]): void {
  debugLog(`;; ${plan.steps.map(stepName).join(" | ")}\n${moduleText(bytes, names)}`);
}

/**
 * Runs the steps one by one and prints the time of each, with the bytes or the multiply-adds it stands for.
 */
export function dumpTimes(plan: Plan, runStep: (step: number) => void): void {
  const lines = plan.steps.map((step, at) => {
    const start = performance.now();
    runStep(at);
    const ms = performance.now() - start;
    const flops = operations(step);
    const perSecond = (flops > 0 ? flops : bytes(plan, step)) / ms / 1e6;
    const rate = `${perSecond.toFixed(1)} ${flops > 0 ? "GFLOP/s" : "GB/s"}`;
    return `${(ms * 1000).toFixed(1).padStart(10)} us  ${rate.padStart(14)}  ${name(step)}`;
  });
  debugLog(lines.join("\n"));
}

const shapeOf = (step: Step): string => (step.kind === "routine" ? "" : ` [${step.shape}]`);

const name = (step: Step): string =>
  `${stepName(step)}${shapeOf(step)}${step.label ? `  # ${step.label}` : ""}`;

/** Bytes that a step has to read and write at least once: distinct elements of operands, and results. */
function bytes(plan: Plan, step: Step): number {
  const read = step.operands.map(({ view }) =>
    view.shape.reduce((size, extent, axis) => size * (view.strides[axis] === 0 ? 1 : extent), 1),
  );
  const outputs = step.kind !== "routine" ? step.outputs : step.output === undefined ? [] : [step.output];
  const written = outputs.map((buffer) => plan.buffers[buffer]!.size);
  return 4 * [...read, ...written].reduce((sum, size) => sum + size, 0);
}

/** Multiplications and additions of a contraction, 2 a term; 0 for other steps. */
function operations(step: Step): number {
  if (step.kind !== "routine") return 0;
  const { routine } = step;
  if (routine.name === "matmul") return 2 * routine.batch * routine.m * routine.n * routine.k;
  if (!("filters" in routine)) return 0;
  const { batch, channels, outputSize, windowSize } = routine.window;
  return 2 * batch * channels * routine.filters * sizeOf(outputSize) * sizeOf(windowSize);
}
