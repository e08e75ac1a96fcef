import type { StorageArray } from "../dtype.js";
import { type RecurrentOperand, recurrentLayout } from "../recurrent-layout.js";
import type { RecurrentActivation, RecurrentRoutine } from "../routine.js";

const values: Readonly<Record<RecurrentActivation, (x: number) => number>> = {
  tanh: Math.tanh,
  sigmoid: (x) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x))),
  hardSigmoid: (x) => Math.min(Math.max(x / 6 + 0.5, 0), 1),
  relu: (x) => (x < 0 ? 0 : x),
  linear: (x) => x,
};

/** Slopes as functions of the value. */
const slopes: Readonly<Record<RecurrentActivation, (y: number) => number>> = {
  tanh: (y) => 1 - y * y,
  sigmoid: (y) => y * (1 - y),
  hardSigmoid: (y) => (y > 0 && y < 1 ? 1 / 6 : 0),
  relu: (y) => (y > 0 ? 1 : 0),
  linear: () => 1,
};

/** What both directions share: operands by name, and the products with the recurrent kernel for one sample. */
class Recurrence {
  readonly layout;
  readonly units: number;
  readonly width: number;
  readonly value;
  readonly gateValue;
  readonly slope;
  readonly gateSlope;
  readonly #operands: ReadonlyMap<RecurrentOperand, StorageArray>;

  constructor(
    readonly routine: RecurrentRoutine,
    operands: readonly StorageArray[],
  ) {
    this.layout = recurrentLayout(routine);
    this.units = routine.units;
    this.width = this.layout.gates * routine.units;
    this.value = values[routine.activation];
    this.gateValue = values[routine.recurrentActivation];
    this.slope = slopes[routine.activation];
    this.gateSlope = slopes[routine.recurrentActivation];
    this.#operands = new Map(this.layout.operands.map((name, at) => [name, operands[at]!]));
  }

  operand(name: RecurrentOperand): StorageArray {
    return this.#operands.get(name)!;
  }

  /** A sample's initial state. */
  initial(name: "hidden" | "cell", sample: number): Float64Array {
    const given = this.#operands.get(name);
    const { units } = this;
    return given
      ? Float64Array.from(given.subarray(sample * units, (sample + 1) * units))
      : new Float64Array(units);
  }

  isLive(sample: number, step: number): boolean {
    return !this.routine.mask || this.operand("mask")[sample * this.routine.steps + step] !== 0;
  }

  /** What multiplies element `unit` of the state in the product of a gate. */
  #factor(sample: number, gate: number, unit: number): number {
    const { recurrentMasks } = this.routine;
    if (recurrentMasks === 0) return 1;
    const which = recurrentMasks === 1 ? 0 : gate;
    return this.operand("recurrentMask")[(sample * recurrentMasks + which) * this.units + unit]!;
  }

  /** Adds the products of a state with the kernels of gates `[from, to)`. */
  multiply(state: ArrayLike<number>, sample: number, from: number, to: number, sum: Float64Array): void {
    const kernel = this.operand("kernel");
    for (let gate = from; gate < to; gate++) {
      for (let k = 0; k < this.units; k++) {
        const factor = state[k]! * this.#factor(sample, gate, k);
        for (let j = 0; j < this.units; j++) {
          const column = gate * this.units + j;
          sum[column]! += factor * kernel[k * this.width + column]!;
        }
      }
    }
  }

  /** Adds what the gradients of the products of gates `[from, to)` give for the state. */
  multiplyBack(gradient: Float64Array, sample: number, from: number, to: number, state: Float64Array): void {
    const kernel = this.operand("kernel");
    for (let gate = from; gate < to; gate++) {
      for (let k = 0; k < this.units; k++) {
        let total = 0;
        for (let j = 0; j < this.units; j++) {
          const column = gate * this.units + j;
          total += gradient[column]! * kernel[k * this.width + column]!;
        }
        state[k]! += total * this.#factor(sample, gate, k);
      }
    }
  }
}

/** The hidden states of all steps and what the gradient needs; see `RecurrentRoutine`. */
export function recurrentSequence(
  routine: RecurrentRoutine,
  operands: readonly StorageArray[],
  out: StorageArray,
): void {
  const of = new Recurrence(routine, operands);
  const { units, width, layout, value, gateValue } = of;
  const { batch, steps, resetAfter } = routine;
  const projected = of.operand("projected");
  const sum = new Float64Array(width);
  /** One step's gates, where they are not kept. */
  const spare = out instanceof Float64Array ? new Float64Array(6 * units) : new Float32Array(6 * units);
  for (let sample = 0; sample < batch; sample++) {
    const hidden = of.initial("hidden", sample);
    const cell = of.initial("cell", sample);
    for (let step = 0; step < steps; step++) {
      const row = sample * steps + step;
      const kept = routine.keep ? out.subarray(layout.states + row * layout.kept * units) : spare;
      if (of.isLive(sample, step)) {
        const x = (gate: number, j: number): number => projected[row * width + gate * units + j]!;
        sum.fill(0);
        if (routine.bias) sum.set(of.operand("bias"));
        of.multiply(hidden, sample, 0, layout.kind === "gru" && !resetAfter ? 2 : layout.gates, sum);
        if (layout.kind === "gru") {
          for (let j = 0; j < 2 * units; j++) kept[j] = gateValue(x(0, j) + sum[j]!);
          if (!resetAfter) {
            const reset = hidden.map((h, j) => h * kept[units + j]!);
            of.multiply(reset, sample, 2, 3, sum);
          }
          for (let j = 0; j < units; j++) {
            const [z, r, product] = [kept[j]!, kept[units + j]!, sum[2 * units + j]!];
            const candidate = value(x(2, j) + (resetAfter ? r * product : product));
            kept[2 * units + j] = candidate;
            if (resetAfter) kept[3 * units + j] = product;
            hidden[j] = z * hidden[j]! + (1 - z) * candidate;
          }
        } else if (layout.kind === "lstm") {
          for (let j = 0; j < units; j++) {
            const gate = (at: number): number => x(at, j) + sum[at * units + j]!;
            const [i, f, o] = [gateValue(gate(0)), gateValue(gate(1)), gateValue(gate(3))];
            const g = value(gate(2));
            cell[j] = f * cell[j]! + i * g;
            const squashed = value(cell[j]!);
            hidden[j] = o * squashed;
            [i, f, g, o, cell[j]!, squashed].forEach((kind, at) => {
              kept[at * units + j] = kind;
            });
          }
        } else for (let j = 0; j < units; j++) hidden[j] = value(x(0, j) + sum[j]!);
      }
      out.set(hidden, row * units);
      hidden.set(out.subarray(row * units, (row + 1) * units));
      if (layout.kind !== "lstm") continue;
      kept.set(cell, 4 * units);
      cell.set(kept.subarray(4 * units, 5 * units));
      if (step === steps - 1) out.set(cell, layout.lastCell + sample * units);
    }
  }
}

/** Gradients of what is projected, of the recurrent product and of the initial states; see `RecurrentRoutine`. */
export function recurrentGradient(
  routine: RecurrentRoutine,
  operands: readonly StorageArray[],
  out: StorageArray,
): void {
  const of = new Recurrence(routine, operands);
  const { units, width, layout, slope, gateSlope } = of;
  const { batch, steps, resetAfter } = routine;
  const [sequence, upper] = [of.operand("sequence"), of.operand("gradient")];
  const ownProduct = layout.ownProduct ? batch * steps * width : 0;
  for (let sample = 0; sample < batch; sample++) {
    const carry = new Float64Array(units);
    const cellCarry = new Float64Array(units);
    if (layout.kind === "lstm") {
      cellCarry.set(upper.subarray(layout.lastCell + sample * units).subarray(0, units));
    }
    for (let step = steps - 1; step >= 0; step--) {
      const row = sample * steps + step;
      for (let j = 0; j < units; j++) carry[j]! += upper[row * units + j]!;
      if (!of.isLive(sample, step)) continue;
      const kept = (part: number, j: number, at = row): number =>
        sequence[layout.states + (at * layout.kept + part) * units + j]!;
      const before = (name: "hidden" | "cell"): ArrayLike<number> => {
        if (step === 0) return of.initial(name, sample);
        if (name === "cell") return Float64Array.from({ length: units }, (_, j) => kept(4, j, row - 1));
        return sequence.subarray((row - 1) * units, row * units);
      };
      // Gradient of the sums inside the gates, and of the products in them.
      const sums = new Float64Array(width);
      let products = sums;
      if (layout.kind === "lstm") {
        const previous = before("cell");
        for (let j = 0; j < units; j++) {
          const [i, f, g, o] = [kept(0, j), kept(1, j), kept(2, j), kept(3, j)];
          const squashed = kept(5, j);
          const dc = cellCarry[j]! + carry[j]! * o * slope(squashed);
          sums[j] = dc * g * gateSlope(i);
          sums[units + j] = dc * previous[j]! * gateSlope(f);
          sums[2 * units + j] = dc * i * slope(g);
          sums[3 * units + j] = carry[j]! * squashed * gateSlope(o);
          cellCarry[j] = dc * f;
        }
        carry.fill(0);
      } else if (layout.kind === "gru") {
        const previous = before("hidden");
        const reset = new Float64Array(units);
        for (let j = 0; j < units; j++) {
          const [z, candidate, dh] = [kept(0, j), kept(2, j), carry[j]!];
          sums[j] = dh * (previous[j]! - candidate) * gateSlope(z);
          sums[2 * units + j] = dh * (1 - z) * slope(candidate);
          carry[j] = dh * z;
        }
        if (!resetAfter) of.multiplyBack(sums, sample, 2, 3, reset);
        if (resetAfter) products = sums.slice();
        for (let j = 0; j < units; j++) {
          const r = kept(1, j);
          const ofReset = resetAfter ? sums[2 * units + j]! * kept(3, j) : reset[j]! * previous[j]!;
          sums[units + j] = ofReset * gateSlope(r);
          products[units + j] = sums[units + j]!;
          if (resetAfter) products[2 * units + j]! *= r;
          else carry[j]! += reset[j]! * r;
        }
      } else {
        for (let j = 0; j < units; j++) sums[j] = carry[j]! * slope(sequence[row * units + j]!);
        carry.fill(0);
      }
      const gates = layout.kind === "gru" && !resetAfter ? 2 : layout.gates;
      of.multiplyBack(products, sample, 0, gates, carry);
      out.set(sums, row * width);
      if (ownProduct > 0) out.set(products, ownProduct + row * width);
    }
    if (routine.hidden) out.set(carry, layout.hiddenGradient + sample * units);
    if (routine.cell) out.set(cellCarry, layout.cellGradient + sample * units);
  }
}
