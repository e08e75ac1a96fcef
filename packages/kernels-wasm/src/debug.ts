import type { Plan, Step } from "@hekla/tensor";
import { sizeOf } from "@hekla/tensor";
import type { Features, ModuleBuilder } from "./assembler/index.js";

interface ProcessLike {
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const variable = (name: string): string | undefined =>
  (globalThis as { process?: ProcessLike }).process?.env?.[name];

const levels = { plans: [1, 5], times: [2, 2], code: [4, 4] } as const;

/** Whether `HEKLA_DEBUG` asks for plans (from 1 on), times per step (2) or generated code (4). */
export function wants(what: keyof typeof levels): boolean {
  const level = Number(variable("HEKLA_DEBUG") ?? 0);
  return level >= levels[what][0] && level <= levels[what][1];
}

/** False with `HEKLA_TUNED=0`. */
export const tunedByDefault = (): boolean => variable("HEKLA_TUNED") !== "0";

export function dumpPlan(plan: Plan, { relaxedSimd, tuned }: Features, threads: number): void {
  const buffers = `${plan.inputs.length} inputs, ${plan.outputs.length} outputs, arena ${plan.arenaBytes} bytes`;
  const how = `${threads} threads, ${relaxedSimd ? "relaxed" : "plain"} SIMD${tuned ? "" : ", not tuned"}`;
  console.error([`wasm plan: ${plan.steps.length} steps, ${buffers}, ${how}`, ...plan.steps.map(line)].join("\n"));
}

export function dumpCode(plan: Plan, module: ModuleBuilder): void {
  console.error(`;; ${plan.steps.map(({ label }) => label).join(", ")}\n${module.text()}`);
}

/** Runs the steps one by one and prints the time of each, with the bytes or the multiply-adds it stands for. */
export function dumpTimes(plan: Plan, runStep: (step: number) => void): void {
  const lines = plan.steps.map((step, at) => {
    const start = performance.now();
    runStep(at);
    const ms = performance.now() - start;
    const flops = operations(step);
    const rate = flops > 0 ? `${(flops / ms / 1e6).toFixed(1)} GFLOP/s` : `${(bytes(plan, step) / ms / 1e6).toFixed(1)} GB/s`;
    return `${(ms * 1000).toFixed(1).padStart(10)} us  ${rate.padStart(14)}  ${line(step)}`;
  });
  console.error(lines.join("\n"));
}

function line(step: Step): string {
  if (step.kind === "routine") return `  ${step.kind} ${step.label} ${step.routine.name} -> ${step.output ?? "epilogue"}`;
  const to = step.kind === "reduce" ? `over ${step.axes} -> ${step.output}` : `-> ${step.outputs}`;
  const from = step.operands.map(({ buffer }) => buffer).join();
  return `  ${step.kind} ${step.label} [${step.shape}] ${from} ${to} (${step.program.instructions.length} lines)`;
}

/** Bytes that a step has to read and write at least once: distinct elements of operands, and results. */
function bytes(plan: Plan, step: Step): number {
  const read = step.operands.map(({ view }) =>
    view.shape.reduce((size, extent, axis) => size * (view.strides[axis] === 0 ? 1 : extent), 1));
  const outputs = step.kind === "elementwise" ? step.outputs : step.output === undefined ? [] : [step.output];
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
