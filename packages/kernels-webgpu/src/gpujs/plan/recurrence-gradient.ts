import type { Index, Value } from "../../text/kernel-writer.js";
import type { Place, RecurrenceFrame, RecurrenceWriter } from "./recurrence-frame.js";

/**
 * The gradient of a recurrence, from the last step to the first. What goes from step to step is `[batch,
 * parts, units]`: the gradient of the hidden state, and for an LSTM that of the cell state.
 */
export function addGradient(frame: RecurrenceFrame): number {
  const { layout, batch, units, steps } = frame;
  const { kind } = layout;
  const parts = kind === "lstm" ? 2 : 1;
  let carry = frame.add(batch * parts * units, {}, (on, index) => {
    const { kernel } = on;
    if (kind !== "lstm") return on.number(0);
    const [sample, part, unit] = kernel.unravel(index, [batch, parts, units]) as [Index, Index, Index];
    const result = kernel.cell(on.number(0));
    kernel.when(kernel.same(part, kernel.whole(1)), () => {
      const place = kernel.plus(kernel.whole(layout.lastCell), kernel.times(sample, units), unit);
      kernel.set(result, on.load("gradient", place));
    });
    return kernel.read(result);
  });
  const history: number[] = [];
  for (let step = steps - 1; step >= 0; step--) {
    const result = { lstm: addLstm, gru: addGru, simpleRnn: addSimpleRnn }[kind](frame, step, carry);
    history.unshift(result.sums);
    carry = result.carry;
  }
  return addResult(frame, history, carry, parts);
}

/**
 * Of a step: the gradients of the sums in the gates (with `ownProduct` also those of the products), and what
 * goes on.
 */
interface StepResult {
  readonly sums: number;
  readonly carry: number;
}
type AddStep = (frame: RecurrenceFrame, step: number, carry: number) => StepResult;

const kept = (frame: RecurrenceFrame, on: RecurrenceWriter, row: Index, part: number, unit: Index): Value => {
  const { kernel } = on;
  const { layout, units } = frame;
  const start = kernel.whole(layout.states + part * units);
  return on.load("sequence", kernel.plus(start, kernel.times(row, layout.kept * units), unit));
};

/** A state before a step: that after the step before, or the initial one. */
function before(
  frame: RecurrenceFrame,
  on: RecurrenceWriter,
  { sample, unit, step, row }: Place,
  name: "hidden" | "cell",
): Value {
  const { kernel } = on;
  const { units } = frame;
  return on.unless(
    kernel.same(step, kernel.whole(0)),
    () => {
      const previous = kernel.hold(kernel.minus(row, kernel.whole(1)));
      if (name === "cell") return kept(frame, on, previous, 4, unit);
      return on.load("sequence", kernel.plus(kernel.times(previous, units), unit));
    },
    () => (frame.has(name) ? on.load(name, kernel.plus(kernel.times(sample, units), unit)) : on.number(0)),
  );
}

/** The gradient of the hidden state behind a step. */
function hiddenGradient(
  frame: RecurrenceFrame,
  on: RecurrenceWriter,
  { sample, row }: Place,
  unit: Index,
): Value {
  const { kernel } = on;
  const parts = frame.layout.kind === "lstm" ? 2 : 1;
  return on.add(
    on.load("carry", frame.at(on, sample, parts, 0, unit)),
    on.load("gradient", kernel.plus(kernel.times(row, frame.units), unit)),
  );
}

/** What the gradients of the products of gates `[from, to)` give for an element of the state. */
function productsBack(
  frame: RecurrenceFrame,
  on: RecurrenceWriter,
  { sample, unit: k }: Place,
  [from, to]: readonly [number, number],
  gradient: (gate: number, j: Index) => Value,
): Value {
  const { kernel } = on;
  const terms = Array.from({ length: to - from }, (_, at) => {
    const gate = from + at;
    const weights = kernel.hold(kernel.plus(kernel.times(k, frame.width), kernel.whole(gate * frame.units)));
    const total = on.sum(frame.units, (j) =>
      on.times(gradient(gate, j), on.load("kernel", kernel.plus(weights, j))),
    );
    return on.times(kernel.keep(total), ...frame.factor(on, sample, kernel.whole(gate), k));
  });
  return on.add(...terms);
}

const addLstm: AddStep = (frame, step, carry) => {
  const { routine } = frame;
  const { activation, recurrentActivation } = routine;
  /** The gradient of the cell state in a step that is not masked. */
  const cellGradient = (on: RecurrenceWriter, place: Place): Value => {
    const { sample, row, unit } = place;
    const squashed = kept(frame, on, row, 5, unit);
    const [o, dh] = [kept(frame, on, row, 3, unit), hiddenGradient(frame, on, place, unit)];
    const through = on.times(dh, o, on.slope(activation, squashed));
    return on.add(on.load("carry", frame.at(on, sample, 2, 1, unit)), through);
  };
  const sums = frame.addStep(step, 4, { carry }, (on, place) => {
    const { row, unit, part } = place;
    const value = (): Value => {
      const [i, f, g, o] = [0, 1, 2, 3].map((gate) => kept(frame, on, row, gate, unit)) as [
        Value,
        Value,
        Value,
        Value,
      ];
      const squashed = kept(frame, on, row, 5, unit);
      const dc = cellGradient(on, place);
      const dh = hiddenGradient(frame, on, place, unit);
      const slope = (y: Value): Value => on.slope(recurrentActivation, y);
      return on.choose(part, [
        on.times(dc, g, slope(i)),
        on.times(dc, before(frame, on, place, "cell"), slope(f)),
        on.times(dc, i, on.slope(activation, g)),
        on.times(dh, squashed, slope(o)),
      ]);
    };
    return frame.live(on, place, value, () => on.number(0));
  });
  const next = frame.addStep(step, 2, { carry, sums }, (on, place) => {
    const { kernel } = on;
    const { sample, row, unit, part } = place;
    const isCell = kernel.same(part, kernel.whole(1));
    return frame.live(
      on,
      place,
      () =>
        on.unless(
          isCell,
          () =>
            productsBack(frame, on, place, [0, 4], (gate, j) =>
              on.load("sums", frame.at(on, sample, 4, gate, j)),
            ),
          () => on.times(cellGradient(on, place), kept(frame, on, row, 1, unit)),
        ),
      () =>
        on.unless(
          isCell,
          () => hiddenGradient(frame, on, place, unit),
          () => on.load("carry", frame.at(on, sample, 2, 1, unit)),
        ),
    );
  });
  return { sums, carry: next };
};

const addGru: AddStep = (frame, step, carry) => {
  const { routine, layout } = frame;
  const { activation, recurrentActivation, resetAfter } = routine;
  /** The gradient of the sum inside the candidate. */
  const candidateGradient = (on: RecurrenceWriter, place: Place, unit: Index): Value => {
    const { row } = place;
    const [z, candidate] = [kept(frame, on, row, 0, unit), kept(frame, on, row, 2, unit)];
    return on.times(
      hiddenGradient(frame, on, place, unit),
      on.minus(on.number(1), z),
      on.slope(activation, candidate),
    );
  };
  // What the candidate's product gives for the state that was reset before it.
  const reset = resetAfter
    ? undefined
    : frame.addStep(step, 1, { carry }, (on, place) =>
        frame.live(
          on,
          place,
          () => productsBack(frame, on, place, [2, 3], (_, j) => candidateGradient(on, place, j)),
          () => on.number(0),
        ),
      );
  const own = { carry, ...(reset === undefined ? {} : { reset }) };
  const parts = layout.ownProduct ? 6 : 3;
  const sums = frame.addStep(step, parts, own, (on, place) => {
    const { sample, row, unit, part } = place;
    const value = (): Value => {
      const [z, r, candidate] = [0, 1, 2].map((gate) => kept(frame, on, row, gate, unit)) as [
        Value,
        Value,
        Value,
      ];
      const previous = before(frame, on, place, "hidden");
      const dh = hiddenGradient(frame, on, place, unit);
      const ofCandidate = candidateGradient(on, place, unit);
      const ofReset = resetAfter
        ? on.times(ofCandidate, kept(frame, on, row, 3, unit))
        : on.times(on.load("reset", frame.at(on, sample, 1, 0, unit)), previous);
      const update = on.times(dh, on.minus(previous, candidate), on.slope(recurrentActivation, z));
      const ofR = on.times(ofReset, on.slope(recurrentActivation, r));
      const products = layout.ownProduct ? [update, ofR, on.times(ofCandidate, r)] : [];
      return on.choose(part, [update, ofR, ofCandidate, ...products]);
    };
    return frame.live(on, place, value, () => on.number(0));
  });
  const next = frame.addStep(step, 1, { ...own, sums }, (on, place) => {
    const { sample, row, unit } = place;
    const first = layout.ownProduct ? 3 : 0;
    return frame.live(
      on,
      place,
      () => {
        const [z, r] = [kept(frame, on, row, 0, unit), kept(frame, on, row, 1, unit)];
        const direct = [on.times(hiddenGradient(frame, on, place, unit), z)];
        if (!resetAfter) direct.push(on.times(on.load("reset", frame.at(on, sample, 1, 0, unit)), r));
        const gates = [0, resetAfter ? 3 : 2] as const;
        const back = productsBack(frame, on, place, gates, (gate, j) =>
          on.load("sums", frame.at(on, sample, parts, first + gate, j)),
        );
        return on.add(...direct, back);
      },
      () => hiddenGradient(frame, on, place, unit),
    );
  });
  return { sums, carry: next };
};

const addSimpleRnn: AddStep = (frame, step, carry) => {
  const { activation } = frame.routine;
  const sums = frame.addStep(step, 1, { carry }, (on, place) => {
    const { kernel } = on;
    const { row, unit } = place;
    const value = (): Value => {
      const hidden = on.load("sequence", kernel.plus(kernel.times(row, frame.units), unit));
      return on.times(hiddenGradient(frame, on, place, unit), on.slope(activation, hidden));
    };
    return frame.live(on, place, value, () => on.number(0));
  });
  const next = frame.addStep(step, 1, { carry, sums }, (on, place) =>
    frame.live(
      on,
      place,
      () =>
        productsBack(frame, on, place, [0, 1], (gate, j) =>
          on.load("sums", frame.at(on, place.sample, 1, gate, j)),
        ),
      () => hiddenGradient(frame, on, place, place.unit),
    ),
  );
  return { sums, carry: next };
};

/** All steps' gradients in the order of the routine's result, then those of the initial states. */
function addResult(frame: RecurrenceFrame, history: readonly number[], carry: number, parts: number): number {
  const { batch, units, steps, layout, list } = frame;
  const { gates } = layout;
  const stored = layout.ownProduct ? 2 * gates : gates;
  const sums = history.length > 0 ? list.concat(history) : carry;
  return frame.add(layout.size, { sums, carry }, (on, index) => {
    const { kernel } = on;
    const result = kernel.cell(on.number(0));
    const half = batch * steps * gates * units;
    for (const [at, first] of (layout.ownProduct ? [0, gates] : [0]).entries()) {
      on.within(index, at * half, (at + 1) * half, (place) => {
        const [sample, step, gate, unit] = kernel.unravel(place, [batch, steps, gates, units]) as [
          Index,
          Index,
          Index,
          Index,
        ];
        const part = kernel.plus(gate, kernel.whole(first));
        const start = kernel.times(step, batch * stored * units);
        kernel.set(result, on.load("sums", kernel.plus(start, frame.at(on, sample, stored, part, unit))));
      });
    }
    const state = (name: "hidden" | "cell", from: number, part: number): void => {
      if (!frame.has(name)) return;
      on.within(index, from, from + batch * units, (place) => {
        const [sample, unit] = kernel.unravel(place, [batch, units]) as [Index, Index];
        kernel.set(result, on.load("carry", frame.at(on, sample, parts, part, unit)));
      });
    };
    state("hidden", layout.hiddenGradient, 0);
    state("cell", layout.cellGradient, 1);
    return kernel.read(result);
  });
}
