import { debugLevel, debugLog, type Plan, type Step, stepCost, stepName } from "@hekla/tensor";
import { type Features, moduleText } from "./assembler/index.js";

export { timeSteps } from "./runtime/stepwise.js";

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
 * Runs the steps one by one and prints the time of each, with the bytes and the operations it stands for.
 */
export function dumpTimes(plan: Plan, runStep: (step: number) => void): void {
  const lines = plan.steps.map((step, at) => {
    const start = performance.now();
    runStep(at);
    const ms = performance.now() - start;
    const { bytes, flops } = stepCost(plan, step);
    const rate = (count: number, unit: string) => `${(count / ms / 1e6).toFixed(1)} ${unit}`;
    const rates = `${rate(bytes, "GB/s").padStart(11)}  ${rate(flops, "GFLOP/s").padStart(14)}`;
    return `${(ms * 1000).toFixed(1).padStart(10)} us  ${rates}  ${name(step)}`;
  });
  debugLog(lines.join("\n"));
}

const shapeOf = (step: Step): string => (step.kind === "routine" ? "" : ` [${step.shape}]`);

const name = (step: Step): string =>
  `${stepName(step)}${shapeOf(step)}${step.label ? `  # ${step.label}` : ""}`;
