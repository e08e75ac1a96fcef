import type { Index, Value } from "../text/kernel-writer.js";
import { timesSlope } from "./activation.js";
import type { RecurrentFrame } from "./recurrent-frame.js";
import type { RecurrentKernel } from "./recurrent-kernel.js";

/** The place that a thread works at, in the gradient. */
export interface GradientPlace {
  readonly sample: Index;
  readonly unit: Index;
  /** The step's row of the sample. */
  readonly row: Index;
  /** This unit of this sample. */
  readonly own: Index;
  /** The step is the last one, where nothing is carried on from a later one. */
  readonly latest: boolean;
  /** The step is the first one, behind the initial states. */
  readonly earliest: boolean;
  /** The sample's number in its workgroup, where a group of threads walks through the steps together. */
  readonly local?: Index;
  /** In how many parts it has added up what each gate's products give. */
  readonly parts?: number;
}

/** Where the parts of a gradient's operands and result lie, and what lies between its dispatches. */
export function placeGradient(frame: RecurrentFrame): void {
  const { routine, layout, width, resetBefore } = frame;
  const { batch, steps, units, cell, hidden } = routine;
  frame.ofOperand("states", "sequence", 0);
  frame.ofOperand("kept", "sequence", layout.states);
  frame.ofOperand("lastCell", "gradient", layout.lastCell);
  frame.ofResult("sums", 0);
  frame.ofResult("products", layout.ownProduct ? batch * steps * width : 0);
  frame.ofResult("hiddenGradient", layout.hiddenGradient);
  const carry = cell ? {} : { cellCarry: batch * units };
  frame.scratch({ transposed: units * width, past: batch * units, ...carry });
  if (cell) frame.ofResult("cellCarry", layout.cellGradient);
  if (steps > 1 || hidden || resetBefore) {
    frame.kernel("transpose kernel", units * width, writeTransposed, false)();
  }
}

/**
 * The dispatches of a sequence's gradient, from the last step to the first: a thread adds up what the
 * products of the step after give for one unit of one sample, then computes the gradients of its gates.
 */
export function emitGradientSteps(frame: RecurrentFrame): void {
  const { batch, steps, units, hidden } = frame.routine;
  // A GRU with the reset before the product has two kernels that take turns.
  const writers = frame.resetBefore ? [writeStep, writeReset] : [writeStep];
  const kernelsOf = (latest: boolean, earliest: boolean) =>
    writers.map((write, at) =>
      frame.kernel(
        `step, part ${at + 1}`,
        batch * units,
        (kernel, index) => write(kernel, placeOf(kernel, index, kernel.turn(), latest, earliest)),
        true,
      ),
    );
  for (const run of kernelsOf(true, steps === 1)) run(steps - 1);
  const between = steps > 2 ? kernelsOf(false, false) : [];
  for (let step = steps - 2; step > 0; step--) for (const run of between) run(step);
  if (steps > 1) for (const run of kernelsOf(false, true)) run(0);
  if (hidden) frame.kernel("initial state", batch * units, writeInitial, false)();
}

/** So that neighbouring threads read neighbours: `[gates * units, units]`. */
function writeTransposed(kernel: RecurrentKernel, index: Index): void {
  const { text, frame } = kernel;
  const { units } = frame.routine;
  const [column, unit] = text.unravel(index, [frame.width, units]) as [Index, Index];
  kernel.store("transposed", index, kernel.load("kernel", kernel.place(unit, frame.width, column)));
}

function placeOf(
  kernel: RecurrentKernel,
  index: Index,
  step: Index,
  latest: boolean,
  earliest: boolean,
): GradientPlace {
  const { text, frame } = kernel;
  const { batch, steps, units } = frame.routine;
  const [sample, unit] = text.unravel(index, [batch, units]) as [Index, Index];
  return { sample, unit, row: kernel.place(sample, steps, step), own: index, latest, earliest };
}

const hasPast = ({ layout, routine }: RecurrentFrame): boolean => routine.mask || layout.kind === "gru";

/** What the gradients of the products of some gates in a row give for a unit of the state. */
function through(
  kernel: RecurrentKernel,
  { sample, unit, local, parts = 1 }: GradientPlace,
  row: Index,
  [from, to]: readonly [number, number],
): Value {
  const { text, frame } = kernel;
  const { units, recurrentMasks } = frame.routine;
  if (local !== undefined) {
    const first = text.hold(text.plus(text.times(local, parts * frame.width), unit));
    const ofGates = Array.from({ length: frame.layout.gates }, (_, gate) =>
      kernel.add(
        ...Array.from({ length: parts }, (_, part) =>
          kernel.shared("sumsOfProducts", text.plus(first, text.whole((gate * parts + part) * units))),
        ),
      ),
    );
    if (recurrentMasks === 0) return kernel.add(...ofGates);
    if (recurrentMasks === 1) return kernel.multiply(kernel.add(...ofGates), kernel.factor(sample, 0, unit)!);
    return kernel.add(
      ...ofGates.map((sum, gate) => kernel.multiply(sum, kernel.factor(sample, gate, unit)!)),
    );
  }
  const start = text.hold(text.times(row, frame.width));
  const sum = (first: number, count: number): Value => {
    const [total] = kernel.sums(count, [kernel.zero()], (k) => {
      const column = text.hold(text.plus(k, text.whole(first)));
      const weight = kernel.load("transposed", text.plus(text.times(column, units), unit));
      return [kernel.multiply(kernel.load("products", text.plus(start, column)), weight)];
    });
    return total!;
  };
  if (recurrentMasks === 0) return sum(from * units, (to - from) * units);
  if (recurrentMasks === 1) {
    return kernel.multiply(sum(from * units, (to - from) * units), kernel.factor(sample, 0, unit)!);
  }
  const gates = Array.from({ length: to - from }, (_, at) =>
    text.keep(kernel.multiply(sum((from + at) * units, units), kernel.factor(sample, from + at, unit)!)),
  );
  return kernel.add(...gates);
}

/** What the step after `row`, which is `next`, has left for the hidden state. */
function carried(kernel: RecurrentKernel, place: GradientPlace, next: Index): Value {
  const { text, frame } = kernel;
  const byProducts = through(kernel, place, next, [0, frame.resetBefore ? 2 : frame.layout.gates]);
  return text.keep(hasPast(frame) ? kernel.add(byProducts, kernel.load("past", place.own)) : byProducts);
}

/** The gradient of the hidden state of this step: from above, and from the step after. */
function upperGradient(kernel: RecurrentKernel, place: GradientPlace): Value {
  const { text, frame } = kernel;
  const { row, unit, latest } = place;
  const upper = (): Value => kernel.load("gradient", kernel.place(row, frame.routine.units, unit));
  if (latest) return text.keep(upper());
  const carry = carried(kernel, place, text.hold(text.plus(row, text.whole(1))));
  return text.keep(kernel.add(upper(), carry));
}

/** Gradients of the initial hidden states. */
function writeInitial(kernel: RecurrentKernel, index: Index): void {
  const place = placeOf(kernel, index, kernel.text.whole(0), false, true);
  storeInitial(kernel, place);
}

export const storeInitial = (kernel: RecurrentKernel, place: GradientPlace): void =>
  kernel.store("hiddenGradient", place.own, carried(kernel, place, place.row));

const kept = (kernel: RecurrentKernel, row: Index, unit: Index, part: number): Value => {
  const { text, frame } = kernel;
  const { units } = frame.routine;
  const place = text.plus(text.times(row, frame.layout.kept * units), text.whole(part * units), unit);
  return text.keep(kernel.load("kept", place));
};

/** A state of the step before, or the initial one. */
function before(
  kernel: RecurrentKernel,
  { row, unit, own, earliest }: GradientPlace,
  name: "hidden" | "cell",
): Value {
  const { text, frame } = kernel;
  if (earliest) return frame.routine[name] ? text.keep(kernel.load(name, own)) : kernel.zero();
  const previous = text.hold(text.minus(row, text.whole(1)));
  if (name === "cell") return kept(kernel, previous, unit, 4);
  return text.keep(kernel.load("states", kernel.place(previous, frame.routine.units, unit)));
}

/** Stores the gradient of a gate's sum, or of its product. */
function storeGate(
  kernel: RecurrentKernel,
  { row, unit, local }: GradientPlace,
  to: "sums" | "products",
  gate: number,
  value: Value,
): void {
  const { text, frame } = kernel;
  const column = text.hold(text.plus(text.whole(gate * frame.routine.units), unit));
  const held = text.keep(value);
  kernel.store(to, kernel.place(row, frame.width, column), held);
  const isProduct = to === "products" || !frame.layout.ownProduct;
  if (local !== undefined && isProduct)
    kernel.setShared("factors", kernel.place(local, frame.width, column), held);
}

/** The gradient of a sum that is that of the product as well. */
function storeBoth(kernel: RecurrentKernel, place: GradientPlace, gate: number, value: Value): void {
  const held = kernel.text.keep(value);
  storeGate(kernel, place, "sums", gate, held);
  if (kernel.frame.layout.ownProduct) storeGate(kernel, place, "products", gate, held);
}

export function writeStep(kernel: RecurrentKernel, place: GradientPlace): void {
  const { frame } = kernel;
  const { kind, gates } = frame.layout;
  const dh = upperGradient(kernel, place);
  const write = { lstm: writeLstm, gru: writeGru, simpleRnn: writeSimple }[kind];
  kernel.byMask(
    place.row,
    () => {
      write(kernel, place, dh);
      if (hasPast(frame) && kind !== "gru") kernel.store("past", place.own, kernel.zero());
    },
    () => {
      for (let gate = 0; gate < gates; gate++) storeBoth(kernel, place, gate, kernel.zero());
      kernel.store("past", place.own, dh);
      if (kind === "lstm" && place.latest) kernel.store("cellCarry", place.own, cellGradient(kernel, place));
    },
  );
}

function writeSimple(kernel: RecurrentKernel, place: GradientPlace, dh: Value): void {
  const { text, frame } = kernel;
  const { units, activation } = frame.routine;
  const state = text.keep(kernel.load("states", kernel.place(place.row, units, place.unit)));
  storeBoth(kernel, place, 0, timesSlope(text, activation, dh, state));
}

/** What reaches the cell state from the step after. */
const cellGradient = (kernel: RecurrentKernel, { own, latest }: GradientPlace): Value =>
  kernel.text.keep(kernel.load(latest ? "lastCell" : "cellCarry", own));

function writeLstm(kernel: RecurrentKernel, place: GradientPlace, dh: Value): void {
  const { text, frame } = kernel;
  const { activation, recurrentActivation } = frame.routine;
  const part = (at: number): Value => kept(kernel, place.row, place.unit, at);
  const [i, f, g, o, squashed] = [part(0), part(1), part(2), part(3), part(5)];
  const ofCell = timesSlope(text, activation, kernel.multiply(dh, o), squashed);
  const dc = text.keep(kernel.add(cellGradient(kernel, place), ofCell));
  const gradients = [
    timesSlope(text, recurrentActivation, kernel.multiply(dc, g), i),
    timesSlope(text, recurrentActivation, kernel.multiply(dc, before(kernel, place, "cell")), f),
    timesSlope(text, activation, kernel.multiply(dc, i), g),
    timesSlope(text, recurrentActivation, kernel.multiply(dh, squashed), o),
  ];
  for (const [gate, gradient] of gradients.entries()) storeBoth(kernel, place, gate, gradient);
  kernel.store("cellCarry", place.own, kernel.multiply(dc, f));
}

function writeGru(kernel: RecurrentKernel, place: GradientPlace, dh: Value): void {
  const { text, frame } = kernel;
  const { activation, recurrentActivation, resetAfter } = frame.routine;
  const part = (at: number): Value => kept(kernel, place.row, place.unit, at);
  const [z, candidate] = [part(0), part(2)];
  const difference = kernel.subtract(before(kernel, place, "hidden"), candidate);
  storeBoth(kernel, place, 0, timesSlope(text, recurrentActivation, kernel.multiply(dh, difference), z));
  const rest = kernel.subtract(text.constant(1, "float32"), z);
  const sum = text.keep(timesSlope(text, activation, kernel.multiply(dh, rest), candidate));
  storeGate(kernel, place, "sums", 2, sum);
  kernel.store("past", place.own, kernel.multiply(dh, z));
  if (!resetAfter) return;
  const [r, product] = [part(1), part(3)];
  storeBoth(kernel, place, 1, timesSlope(text, recurrentActivation, kernel.multiply(sum, product), r));
  storeGate(kernel, place, "products", 2, kernel.multiply(sum, r));
}

/**
 * GRU with the reset before the product: the reset gate, once the gradients of all candidates of the step
 * are there.
 */
function writeReset(kernel: RecurrentKernel, place: GradientPlace): void {
  const { text, frame } = kernel;
  const write = (): void => {
    const reset = text.keep(through(kernel, place, place.row, [2, 3]));
    const r = kept(kernel, place.row, place.unit, 1);
    const gradient = kernel.multiply(reset, before(kernel, place, "hidden"));
    storeBoth(kernel, place, 1, timesSlope(text, frame.routine.recurrentActivation, gradient, r));
    const past = kernel.add(kernel.load("past", place.own), kernel.multiply(reset, r));
    kernel.store("past", place.own, past);
  };
  kernel.byMask(place.row, write, () => {});
}
