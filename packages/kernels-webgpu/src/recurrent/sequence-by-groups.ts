import type { Index } from "../text/kernel-writer.js";
import { eachOfGroup, eachOwn, type GroupShape, groupShape } from "./group.js";
import type { RecurrentFrame } from "./recurrent-frame.js";
import type { RecurrentKernel } from "./recurrent-kernel.js";
import { emitSequenceSteps, placeSequence, shareState, writeStep } from "./sequence.js";

/** A whole sequence: workgroups that walk through all steps, or a dispatch for each step. */
export function emitSequence(frame: RecurrentFrame): void {
  placeSequence(frame);
  const { units, recurrentMasks } = frame.routine;
  const sizes = { factors: Math.max(1, recurrentMasks) * units, sumsOfProducts: frame.width };
  const shape = groupShape(frame, () => sizes);
  if (shape) frame.dispatchGroups("all steps", shape, (kernel) => writeAllSteps(kernel, shape));
  else emitSequenceSteps(frame);
}

/**
 * All steps of a workgroup's samples, whose states it shares: in each, a thread adds up the products of a
 * column for all samples, then takes what the others have added up for its units.
 */
function writeAllSteps(kernel: RecurrentKernel, shape: GroupShape): void {
  const { text, frame } = kernel;
  const { steps, hidden } = frame.routine;
  const writeAt = (step: Index, first: boolean): void => {
    if (!first || hidden) {
      writeProducts(kernel, shape);
      kernel.barrier();
    }
    eachOwn(kernel, shape, (own) =>
      writeStep(kernel, { ...own, row: kernel.place(own.sample, steps, step), first }),
    );
    kernel.barrier();
  };
  if (hidden) {
    eachOwn(kernel, shape, (own) => shareState(kernel, own, kernel.load("hidden", own.own)));
    kernel.barrier();
  }
  writeAt(text.whole(0), true);
  if (steps > 1) text.repeat(1, steps, (step) => writeAt(step, false));
}

/**
 * The products of all columns of the recurrent kernel with the states of the group's samples, each with its
 * bias.
 */
function writeProducts(kernel: RecurrentKernel, shape: GroupShape): void {
  const { text, frame } = kernel;
  const { units, bias, recurrentMasks } = frame.routine;
  const perSample = Math.max(1, recurrentMasks) * units;
  const samples = Array.from({ length: shape.samples }, (_, at) => at);
  eachOfGroup(kernel, shape, frame.width, (column) => {
    const start = bias ? text.keep(kernel.load("bias", column)) : kernel.zero();
    // With a mask for each gate there is a state for each gate.
    const ofGate = recurrentMasks > 1 ? text.times(text.quotient(column, units), units) : text.whole(0);
    const first = text.hold(ofGate);
    const sums = kernel.sums(
      units,
      samples.map(() => start),
      (k) => {
        const weight = text.keep(kernel.load("kernel", kernel.place(k, frame.width, column)));
        return samples.map((sample) =>
          kernel.multiply(
            kernel.shared("factors", text.plus(first, k, text.whole(sample * perSample))),
            weight,
          ),
        );
      },
    );
    for (const [sample, sum] of sums.entries()) {
      kernel.setShared("sumsOfProducts", text.plus(column, text.whole(sample * frame.width)), sum);
    }
  });
}
