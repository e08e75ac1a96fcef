import type { Index, Value } from "../text/kernel-writer.js";
import { activate } from "./activation.js";
import type { RecurrentFrame } from "./recurrent-frame.js";
import type { RecurrentKernel } from "./recurrent-kernel.js";

/** The place that a thread works at. */
export interface SequencePlace {
  readonly sample: Index;
  readonly unit: Index;
  /** The step's row of the sample. */
  readonly row: Index;
  /** This unit of this sample. */
  readonly own: Index;
  /** The step is the first one. */
  readonly first: boolean;
  /** The sample's number in its workgroup, where a group of threads walks through the steps together. */
  readonly local?: Index;
}

/** Where the parts of a sequence's result lie. */
export function placeSequence(frame: RecurrentFrame): void {
  frame.ofResult("states", 0);
  frame.ofResult("lastCell", frame.layout.lastCell);
  frame.ofResult("kept", frame.layout.states);
}

/**
 * The dispatches of a sequence: one for each step, in which a thread computes all gates of one unit of one
 * sample.
 */
export function emitSequenceSteps(frame: RecurrentFrame): void {
  const { routine, resetBefore } = frame;
  const { batch, steps, units } = routine;
  if (resetBefore) frame.scratch({ reset: batch * units, update: batch * units });
  // A GRU with the reset before the product has two kernels that take turns.
  const writers = resetBefore ? [writeGates, writeCandidate] : [writeStep];
  const kernelsOf = (first: boolean) =>
    writers.map((write, at) =>
      frame.kernel(
        `${first ? "first " : ""}step, part ${at + 1}`,
        batch * units,
        (kernel, index) => write(kernel, placeOf(kernel, index, first)),
        !first,
      ),
    );
  for (const run of kernelsOf(true)) run();
  const kernels = steps > 1 ? kernelsOf(false) : [];
  for (let step = 1; step < steps; step++) for (const run of kernels) run(step);
}

/** Lets the group see a state, as it is multiplied in the next step: once for each recurrent mask. */
export function shareState(
  kernel: RecurrentKernel,
  { sample, local, unit }: Pick<SequencePlace, "sample" | "local" | "unit">,
  state: Value,
): void {
  const { text, frame } = kernel;
  const { units, recurrentMasks } = frame.routine;
  const states = Math.max(1, recurrentMasks);
  for (let gate = 0; gate < states; gate++) {
    const factor = kernel.factor(sample, gate, unit);
    const place = text.plus(text.times(local!, states * units), text.whole(gate * units), unit);
    kernel.setShared("factors", place, factor ? kernel.multiply(state, factor) : state);
  }
}

function placeOf(kernel: RecurrentKernel, index: Index, first: boolean): SequencePlace {
  const { text, frame } = kernel;
  const { batch, steps, units } = frame.routine;
  const [sample, unit] = text.unravel(index, [batch, units]) as [Index, Index];
  const step = first ? text.whole(0) : kernel.turn();
  return { sample, unit, row: kernel.place(sample, steps, step), own: index, first };
}

/** The hidden state before the step; undefined where it is 0. */
function stateBefore(kernel: RecurrentKernel, { sample, row, first }: SequencePlace) {
  const { units, hidden } = kernel.frame.routine;
  const { text } = kernel;
  if (first && !hidden) return undefined;
  const start = first
    ? text.hold(text.times(sample, units))
    : text.hold(text.times(text.minus(row, text.whole(1)), units));
  return (unit: Index): Value => kernel.load(first ? "hidden" : "states", text.plus(start, unit));
}

/** The recurrent products of the first gates, each with its bias. */
function products(kernel: RecurrentKernel, place: SequencePlace, gates: number): Value[] {
  const { text, frame } = kernel;
  const { units, bias, recurrentMasks } = frame.routine;
  const starts = Array.from({ length: gates }, (_, gate) => biasOf(kernel, place, gate, bias));
  const before = stateBefore(kernel, place);
  if (!before) return starts.map((start) => text.keep(start));
  const { local, unit } = place;
  if (local !== undefined) {
    const own = text.hold(text.plus(text.times(local, frame.width), unit));
    return starts.map((_, gate) =>
      text.keep(kernel.shared("sumsOfProducts", text.plus(own, text.whole(gate * units)))),
    );
  }
  return kernel.sums(units, starts, (k) => {
    const state = text.keep(before(k));
    const shared =
      recurrentMasks === 1 ? text.keep(kernel.multiply(state, kernel.factor(place.sample, 0, k)!)) : state;
    const column = kernel.place(k, frame.width, place.unit);
    return starts.map((_, gate) => {
      const factor = recurrentMasks > 1 ? [kernel.factor(place.sample, gate, k)!] : [];
      const weight = kernel.load("kernel", text.plus(column, text.whole(gate * units)));
      return kernel.multiply(shared, ...factor, weight);
    });
  });
}

function biasOf(kernel: RecurrentKernel, { unit }: SequencePlace, gate: number, has: boolean): Value {
  const { text } = kernel;
  return has
    ? kernel.load("bias", text.plus(unit, text.whole(gate * kernel.frame.routine.units)))
    : kernel.zero();
}

/** What the inputs add to a gate. */
const projected = (kernel: RecurrentKernel, { row, unit }: SequencePlace, gate: number): Value => {
  const { text, frame } = kernel;
  const place = text.plus(text.times(row, frame.width), text.whole(gate * frame.routine.units), unit);
  return kernel.load("projected", place);
};

/** Stores one of the numbers that the gradient wants. */
function keep(kernel: RecurrentKernel, { row, unit }: SequencePlace, part: number, value: Value): void {
  const { routine, layout } = kernel.frame;
  if (!routine.keep) return;
  const { text } = kernel;
  const start = text.times(row, layout.kept * routine.units);
  kernel.store("kept", text.plus(start, text.whole(part * routine.units), unit), value);
}

function storeState(kernel: RecurrentKernel, place: SequencePlace, value: Value): void {
  const state = kernel.text.keep(value);
  kernel.store("states", kernel.place(place.row, kernel.frame.routine.units, place.unit), state);
  if (place.local !== undefined) shareState(kernel, place, state);
}

/** The cell state before the step. */
function cellBefore(kernel: RecurrentKernel, { own, first }: SequencePlace): Value {
  if (!first) return kernel.text.keep(kernel.load("lastCell", own));
  return kernel.frame.routine.cell ? kernel.text.keep(kernel.load("cell", own)) : kernel.zero();
}

/** A masked step: the states stay. */
function writeMasked(kernel: RecurrentKernel, place: SequencePlace): void {
  storeState(kernel, place, stateBefore(kernel, place)?.(place.unit) ?? kernel.zero());
  if (kernel.frame.layout.kind !== "lstm") return;
  const cell = cellBefore(kernel, place);
  kernel.store("lastCell", place.own, cell);
  keep(kernel, place, 4, cell);
}

export function writeStep(kernel: RecurrentKernel, place: SequencePlace): void {
  const { kind } = kernel.frame.layout;
  const write = { lstm: writeLstm, gru: writeGru, simpleRnn: writeSimple }[kind];
  kernel.byMask(
    place.row,
    () => write(kernel, place),
    () => writeMasked(kernel, place),
  );
}

function writeSimple(kernel: RecurrentKernel, place: SequencePlace): void {
  const [product] = products(kernel, place, 1);
  const { activation } = kernel.frame.routine;
  const sum = kernel.text.keep(kernel.add(projected(kernel, place, 0), product!));
  storeState(kernel, place, activate(kernel.text, activation, sum));
}

function writeLstm(kernel: RecurrentKernel, place: SequencePlace): void {
  const { text, frame } = kernel;
  const { activation, recurrentActivation } = frame.routine;
  const before = cellBefore(kernel, place);
  const sums = products(kernel, place, 4);
  const [i, f, g, o] = sums.map((sum, gate) => {
    const name = gate === 2 ? activation : recurrentActivation;
    return text.keep(activate(text, name, text.keep(kernel.add(projected(kernel, place, gate), sum))));
  }) as [Value, Value, Value, Value];
  const cell = text.keep(kernel.add(kernel.multiply(f, before), kernel.multiply(i, g)));
  const squashed = text.keep(activate(text, activation, cell));
  kernel.store("lastCell", place.own, cell);
  storeState(kernel, place, kernel.multiply(o, squashed));
  for (const [part, value] of [i, f, g, o, cell, squashed].entries()) keep(kernel, place, part, value);
}

/** `z * before + (1 - z) * candidate`. */
function storeMixed(kernel: RecurrentKernel, place: SequencePlace, z: Value, candidate: Value): void {
  const before = stateBefore(kernel, place)?.(place.unit) ?? kernel.zero();
  const rest = kernel.subtract(kernel.text.constant(1, "float32"), z);
  storeState(kernel, place, kernel.add(kernel.multiply(z, before), kernel.multiply(rest, candidate)));
}

/** A GRU whose reset gate multiplies the product. */
function writeGru(kernel: RecurrentKernel, place: SequencePlace): void {
  const { text, frame } = kernel;
  const { activation, recurrentActivation } = frame.routine;
  const [sumZ, sumR, product] = products(kernel, place, 3) as [Value, Value, Value];
  const [z, r] = [sumZ, sumR].map((sum, gate) => {
    const whole = text.keep(kernel.add(projected(kernel, place, gate), sum));
    return text.keep(activate(text, recurrentActivation, whole));
  }) as [Value, Value];
  const sum = text.keep(kernel.add(projected(kernel, place, 2), kernel.multiply(r, product)));
  const candidate = text.keep(activate(text, activation, sum));
  storeMixed(kernel, place, z, candidate);
  for (const [part, value] of [z, r, candidate, product].entries()) keep(kernel, place, part, value);
}

/** A GRU whose reset gate multiplies the state: gates z and r, and the state that r lets through. */
function writeGates(kernel: RecurrentKernel, place: SequencePlace): void {
  const { text, frame } = kernel;
  const write = (): void => {
    const [z, r] = products(kernel, place, 2).map((sum, gate) => {
      const whole = text.keep(kernel.add(projected(kernel, place, gate), sum));
      return text.keep(activate(text, frame.routine.recurrentActivation, whole));
    }) as [Value, Value];
    keep(kernel, place, 0, z);
    keep(kernel, place, 1, r);
    kernel.store("update", place.own, z);
    const before = stateBefore(kernel, place);
    if (!before) return;
    const factor = kernel.factor(place.sample, 2, place.unit);
    kernel.store("reset", place.own, kernel.multiply(before(place.unit), r, ...(factor ? [factor] : [])));
  };
  kernel.byMask(place.row, write, () => {});
}

/** Once that state is whole, its product, the candidate and the next state. */
function writeCandidate(kernel: RecurrentKernel, place: SequencePlace): void {
  const { text, frame } = kernel;
  const { units, activation, bias } = frame.routine;
  const write = (): void => {
    const start = biasOf(kernel, place, 2, bias);
    const through = text.hold(text.times(place.sample, units));
    const [product] = stateBefore(kernel, place)
      ? kernel.sums(units, [start], (k) => {
          const column = text.plus(text.times(k, frame.width), text.whole(2 * units), place.unit);
          return [
            kernel.multiply(kernel.load("reset", text.plus(through, k)), kernel.load("kernel", column)),
          ];
        })
      : [start];
    const sum = text.keep(kernel.add(projected(kernel, place, 2), product!));
    const candidate = text.keep(activate(text, activation, sum));
    storeMixed(kernel, place, text.keep(kernel.load("update", place.own)), candidate);
    keep(kernel, place, 2, candidate);
  };
  kernel.byMask(place.row, write, () => writeMasked(kernel, place));
}
