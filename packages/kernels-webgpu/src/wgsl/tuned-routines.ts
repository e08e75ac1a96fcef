import type { RoutineStep } from "@hekla/tensor";
import { contractionOf } from "../tuned/contraction.js";
import { emitContraction } from "../tuned/emit-contraction.js";
import { variantName, variantsOf } from "../tuned/variants.js";
import type { StepBuilder } from "./step-builder.js";

/** Writes the kernels of a routine that has some of its own, made for speed; false where it has none. */
export function tunedRoutines(builder: StepBuilder, step: RoutineStep): boolean {
  const { traits } = builder;
  if (!traits.tuned) return false;
  const contraction = contractionOf(step);
  if (!contraction) return false;
  const variants = variantsOf(traits, contraction);
  if (variants.length === 0) return false;
  const { left, right } = contraction;
  const problem = JSON.stringify([step.routine, left.aligned, right.aligned]);
  const choice = traits.choices?.choose(problem, variants.map(variantName)) ?? 0;
  emitContraction(builder, step, contraction, variants[choice]!);
  return true;
}
