import type { Index } from "../text/kernel-writer.js";
import { emitGradientSteps, placeGradient, storeInitial, writeStep } from "./gradient.js";
import { eachOfGroup, eachOwn, type GroupShape, groupShape } from "./group.js";
import type { RecurrentFrame } from "./recurrent-frame.js";
import type { RecurrentKernel } from "./recurrent-kernel.js";

/** Threads that share what a gate's products give for a unit. */
const partsOf = ({ layout, routine }: RecurrentFrame, threads: number): number =>
  Math.max(1, Math.floor(threads / routine.units / layout.gates));

/** The gradient of a whole sequence: workgroups that walk through all steps, or a dispatch for each step. */
export function emitSequenceGradient(frame: RecurrentFrame): void {
  placeGradient(frame);
  const shape = groupShape(frame, (threads) => ({
    factors: frame.width,
    sumsOfProducts: frame.width * partsOf(frame, threads),
  }));
  if (shape) frame.dispatchGroups("all steps", shape, (kernel) => writeAllSteps(kernel, shape));
  else emitGradientSteps(frame);
}

/**
 * All steps of a workgroup's samples, whose gradients of the products it shares: in each, some threads add
 * up a part of what these give for a unit of the state before; then each takes the sums of its units.
 */
function writeAllSteps(kernel: RecurrentKernel, shape: GroupShape): void {
  const { text, frame } = kernel;
  const { steps, hidden } = frame.routine;
  const parts = partsOf(frame, shape.threads);
  const writeThrough = (): void => {
    writeParts(kernel, shape, parts);
    kernel.barrier();
  };
  const writeAt = (step: Index, latest: boolean, earliest: boolean): void => {
    if (!latest) writeThrough();
    eachOwn(kernel, shape, (own) => {
      const row = kernel.place(own.sample, steps, step);
      writeStep(kernel, { ...own, row, latest, earliest, parts });
    });
    kernel.barrier();
  };
  writeAt(text.whole(steps - 1), true, steps === 1);
  if (steps > 2) {
    text.repeat(1, steps - 1, (back) =>
      writeAt(text.hold(text.minus(text.whole(steps - 1), back)), false, false),
    );
  }
  if (steps > 1) writeAt(text.whole(0), false, true);
  if (!hidden) return;
  writeThrough();
  eachOwn(kernel, shape, (own) => {
    const row = kernel.place(own.sample, steps, text.whole(0));
    storeInitial(kernel, { ...own, row, latest: false, earliest: true, parts });
  });
}

/**
 * What the gradients of each gate's products give for each unit of the state, in parts: `[sample, gate,
 * part, unit]`.
 */
function writeParts(kernel: RecurrentKernel, shape: GroupShape, parts: number): void {
  const { text, frame } = kernel;
  const { units } = frame.routine;
  const { gates } = frame.layout;
  const length = Math.ceil(units / parts);
  const samples = Array.from({ length: shape.samples }, (_, at) => at);
  eachOfGroup(kernel, shape, frame.width * parts, (index) => {
    const [gate, part, unit] = text.unravel(index, [gates, parts, units]) as [Index, Index, Index];
    const start = text.hold(text.times(gate, units));
    const from = text.hold(text.plus(start, text.times(part, length)));
    const end = text.plus(start, text.whole(units));
    const to = text.hold(text.smaller(text.plus(from, text.whole(length)), end));
    const totals = samples.map(() => text.cell(kernel.zero()));
    text.repeat(from, to, (column) => {
      const weight = text.keep(kernel.load("transposed", kernel.place(column, units, unit)));
      for (const [sample, total] of totals.entries()) {
        const gradient = kernel.shared("factors", text.plus(column, text.whole(sample * frame.width)));
        text.accumulate(total, kernel.multiply(gradient, weight));
      }
    });
    for (const [sample, total] of totals.entries()) {
      const place = text.plus(index, text.whole(sample * frame.width * parts));
      kernel.setShared("sumsOfProducts", place, text.read(total));
    }
  });
}
