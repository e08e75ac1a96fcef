import type { Index, Value } from "../../text/kernel-writer.js";
import type { Place, RecurrenceFrame, RecurrenceWriter } from "./recurrence-frame.js";

/**
 * The sequence of a recurrence, step by step. What a step gives is `[batch, parts, units]`: what the gradient
 * wants of it, for an LSTM the cell state, and last the hidden state.
 */
export function addForward(frame: RecurrenceFrame): number {
  const { routine, layout, steps } = frame;
  const { kind } = layout;
  // Gates i, f, c, o, cell state and its activation; gates z, r, the candidate, its product.
  const keptParts = { lstm: routine.keep ? 6 : 1, gru: routine.keep ? layout.kept : 0, simpleRnn: 0 }[kind];
  const parts = keptParts + 1;
  const cellPart = routine.keep ? 4 : 0;
  if (steps === 0) return frame.add(layout.size, {}, (on) => on.number(0));
  let state = addInitial(frame, parts, cellPart);
  const history: number[] = [];
  for (let step = 0; step < steps; step++) {
    state = { lstm: addLstm, gru: addGru, simpleRnn: addSimpleRnn }[kind](
      frame,
      step,
      state,
      parts,
      cellPart,
    );
    history.push(state);
  }
  return addResult(frame, history, parts, cellPart, keptParts);
}

/** The state before the first step, laid out as that after each. */
function addInitial(frame: RecurrenceFrame, parts: number, cellPart: number): number {
  const { batch, units, layout } = frame;
  return frame.add(batch * parts * units, {}, (on, index) => {
    const { kernel } = on;
    const [sample, part, unit] = kernel.unravel(index, [batch, parts, units]) as [Index, Index, Index];
    const place = kernel.hold(kernel.plus(kernel.times(sample, units), unit));
    const result = kernel.cell(on.number(0));
    const given = (name: "hidden" | "cell", at: number): void => {
      if (!frame.has(name)) return;
      kernel.when(kernel.same(part, kernel.whole(at)), () => kernel.set(result, on.load(name, place)));
    };
    given("hidden", parts - 1);
    if (layout.kind === "lstm") given("cell", cellPart);
    return kernel.read(result);
  });
}

/** What the inputs add to a gate. */
const projected = (
  frame: RecurrenceFrame,
  on: RecurrenceWriter,
  { row, unit }: Place,
  gate: Index,
): Value => {
  const { kernel } = on;
  return on.load(
    "projected",
    kernel.plus(kernel.times(row, frame.width), kernel.times(gate, frame.units), unit),
  );
};

/** The product of a state with a gate's column of the recurrent kernel, and the bias. */
function product(
  frame: RecurrenceFrame,
  on: RecurrenceWriter,
  { sample, unit }: Place,
  gate: Index,
  state: (k: Index) => Value,
): Value {
  const { kernel } = on;
  const column = kernel.hold(kernel.plus(kernel.times(gate, frame.units), unit));
  const sum = on.sum(frame.units, (k) => {
    const weight = on.load("kernel", kernel.plus(kernel.times(k, frame.width), column));
    return on.times(state(k), ...frame.factor(on, sample, gate, k), weight);
  });
  return on.has("bias") ? on.add(sum, on.load("bias", column)) : sum;
}

type AddStep = (
  frame: RecurrenceFrame,
  step: number,
  state: number,
  parts: number,
  cellPart: number,
) => number;

const hiddenOf =
  (frame: RecurrenceFrame, on: RecurrenceWriter, sample: Index, parts: number) =>
  (unit: Index): Value =>
    on.load("state", frame.at(on, sample, parts, parts - 1, unit));

const addLstm: AddStep = (frame, step, state, parts, cellPart) => {
  const { routine } = frame;
  const gates = frame.addStep(step, 4, { state }, (on, place) => {
    const { kernel } = on;
    const sum = on.add(
      projected(frame, on, place, place.part),
      product(frame, on, place, place.part, hiddenOf(frame, on, place.sample, parts)),
    );
    return on.unless(
      kernel.same(place.part, kernel.whole(2)),
      () => on.activation(routine.recurrentActivation, sum),
      () => on.activation(routine.activation, sum),
    );
  });
  return frame.addStep(step, parts, { state, gates }, (on, place) => {
    const { sample, part, unit } = place;
    const before = on.load("state", frame.at(on, sample, parts, cellPart, unit));
    const [i, f, g, o] = [0, 1, 2, 3].map((gate) =>
      on.load("gates", frame.at(on, sample, 4, gate, unit)),
    ) as [Value, Value, Value, Value];
    const cell = frame.live(
      on,
      place,
      () => on.add(on.times(f, before), on.times(i, g)),
      () => before,
    );
    const squashed = on.activation(routine.activation, cell);
    const hidden = frame.live(
      on,
      place,
      () => on.times(o, squashed),
      () => hiddenOf(frame, on, sample, parts)(unit),
    );
    return on.choose(part, routine.keep ? [i, f, g, o, cell, squashed, hidden] : [cell, hidden]);
  });
};

const addGru: AddStep = (frame, step, state, parts) => {
  const { routine } = frame;
  const { resetAfter } = routine;
  const ownGates = resetAfter ? 3 : 2;
  // Gates z and r; with resetAfter also the product that r multiplies.
  const gates = frame.addStep(step, ownGates, { state }, (on, place) => {
    const { kernel } = on;
    const sum = product(frame, on, place, place.part, hiddenOf(frame, on, place.sample, parts));
    return on.unless(
      kernel.same(place.part, kernel.whole(2)),
      () => on.activation(routine.recurrentActivation, on.add(projected(frame, on, place, place.part), sum)),
      () => sum,
    );
  });
  const gate = (on: RecurrenceWriter, sample: Index, part: number, unit: Index): Value =>
    on.load("gates", frame.at(on, sample, ownGates, part, unit));
  const products = resetAfter
    ? undefined
    : frame.addStep(step, 1, { state, gates }, (on, place) => {
        const { sample } = place;
        const hidden = hiddenOf(frame, on, sample, parts);
        return product(frame, on, place, on.kernel.whole(2), (k) =>
          on.times(hidden(k), gate(on, sample, 1, k)),
        );
      });
  const more = { state, gates, ...(products === undefined ? {} : { products }) };
  return frame.addStep(step, parts, more, (on, place) => {
    const { kernel } = on;
    const { sample, part, unit } = place;
    const [z, r] = [gate(on, sample, 0, unit), gate(on, sample, 1, unit)];
    const sum = resetAfter
      ? gate(on, sample, 2, unit)
      : on.load("products", frame.at(on, sample, 1, 0, unit));
    const input = projected(frame, on, place, kernel.whole(2));
    const candidate = on.activation(routine.activation, on.add(input, resetAfter ? on.times(r, sum) : sum));
    const before = hiddenOf(frame, on, sample, parts)(unit);
    const hidden = frame.live(
      on,
      place,
      () => on.add(on.times(z, before), on.times(on.minus(on.number(1), z), candidate)),
      () => before,
    );
    if (!routine.keep) return hidden;
    return on.choose(part, [z, r, candidate, ...(resetAfter ? [sum] : []), hidden]);
  });
};

const addSimpleRnn: AddStep = (frame, step, state, parts) =>
  frame.addStep(step, 1, { state }, (on, place) => {
    const hidden = hiddenOf(frame, on, place.sample, parts);
    return frame.live(
      on,
      place,
      () => {
        const zero = on.kernel.whole(0);
        const sum = on.add(projected(frame, on, place, zero), product(frame, on, place, zero, hidden));
        return on.activation(frame.routine.activation, sum);
      },
      () => hidden(place.unit),
    );
  });

/** All steps' states in the order of the routine's result. */
function addResult(
  frame: RecurrenceFrame,
  history: readonly number[],
  parts: number,
  cellPart: number,
  keptParts: number,
): number {
  const { batch, units, steps, layout, list } = frame;
  const states = list.concat(history);
  const perStep = batch * parts * units;
  return frame.add(layout.size, { states }, (on, index) => {
    const { kernel } = on;
    const result = kernel.cell(on.number(0));
    const take = (step: Index, sample: Index, part: Index | number, unit: Index): void =>
      kernel.set(
        result,
        on.load("states", kernel.plus(kernel.times(step, perStep), frame.at(on, sample, parts, part, unit))),
      );
    on.within(index, 0, layout.lastCell, (place) => {
      const [sample, step, unit] = kernel.unravel(place, [batch, steps, units]) as [Index, Index, Index];
      take(step, sample, parts - 1, unit);
    });
    on.within(index, layout.lastCell, layout.states, (place) => {
      const [sample, unit] = kernel.unravel(place, [batch, units]) as [Index, Index];
      take(kernel.whole(steps - 1), sample, cellPart, unit);
    });
    on.within(index, layout.states, layout.size, (place) => {
      const [sample, step, part, unit] = kernel.unravel(place, [batch, steps, keptParts, units]) as [
        Index,
        Index,
        Index,
        Index,
      ];
      take(step, sample, part, unit);
    });
    return kernel.read(result);
  });
}
