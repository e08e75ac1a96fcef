import type { RecurrentActivation, RecurrentRoutine } from "@hekla/tensor";
import type { Local, ModuleBuilder } from "../assembler/index.js";
import { roundUp } from "../gemm/address.js";
import { multiplyAdd } from "../gemm/micro-kernel.js";
import type { Kernel } from "../kernel.js";
import { pushActivation } from "./activation.js";
import { type Area, RecurrentFrame, type RecurrentPrinter, type Stage } from "./recurrent-frame.js";
import type { RowLanes } from "./row-loop.js";

/** Scratch of the forward direction. */
interface Scratch {
  readonly hidden: Area;
  readonly cell: Area;
  /** The hidden state times each recurrent mask. */
  readonly masked: readonly Area[];
  /** GRU with the reset before the product: what is multiplied then. */
  readonly reset: Area;
  /** Recurrent products of all gates. */
  readonly sums: Area;
}

/** The whole sequence forward; see `RecurrentRoutine`. */
export function emitSequence(
  module: ModuleBuilder,
  routine: RecurrentRoutine,
  offsets: readonly number[],
): Kernel {
  const frame = new RecurrentFrame(module, routine, offsets);
  const { layout, width } = frame;
  const { units, recurrentMasks, resetAfter } = routine;
  const resetBefore = layout.kind === "gru" && !resetAfter;
  const scratch: Scratch = {
    hidden: frame.area(units),
    cell: frame.area(layout.kind === "lstm" ? units : 0),
    masked: Array.from({ length: recurrentMasks }, () => frame.area(units)),
    reset: frame.area(resetBefore ? units : 0),
    sums: frame.area(roundUp(width + 7, 8)),
  };
  const { hidden, masked, sums, reset } = scratch;
  const first = resetBefore ? 2 : layout.gates;
  const stages =
    recurrentMasks > 1
      ? masked.slice(0, first).map((area, gate) => frame.forward(area, sums, gate, gate + 1))
      : [frame.forward(masked[0] ?? hidden, sums, 0, first)];
  const last = resetBefore ? frame.forward(reset, sums, 2, 3) : undefined;
  return frame.kernel((printer) => new SequencePrinter(printer, scratch).print(stages, last));
}

/** Prints the steps of a sequence. */
class SequencePrinter {
  readonly #values: Local[];
  readonly #kind;

  constructor(
    readonly on: RecurrentPrinter,
    readonly scratch: Scratch,
  ) {
    this.#values = Array.from({ length: 8 }, () => on.f.local("v128"));
    this.#kind = on.frame.layout.kind;
  }

  print(stages: readonly Stage[], last: Stage | undefined): void {
    const { on } = this;
    const { f } = on;
    const { steps, units } = on.frame.routine;
    on.ifAny(() => {
      this.#start();
      f.forRange(on.step, 0, steps, 1, () => {
        for (const stage of stages) on.product(stage);
        if (last) {
          on.eachPlace(() => this.#resetGate());
          on.product(last);
        }
        on.eachPlace(() =>
          on.byMask(
            () => this.#next(),
            () => this.#keep(),
          ),
        );
      });
      if (this.#kind !== "lstm") return;
      on.eachSample(() =>
        on.copy(on.result(on.row, units, on.frame.layout.lastCell), on.own(this.scratch.cell)),
      );
    });
  }

  /** Scratch from zeros and the initial states. */
  #start(): void {
    const { on, scratch } = this;
    const { routine } = on.frame;
    const { units } = routine;
    for (const area of [scratch.hidden, scratch.cell, scratch.reset, scratch.sums, ...scratch.masked]) {
      if (area.row > 0) on.clear(area);
    }
    if (!routine.hidden && !routine.cell) return;
    on.eachSample(() => {
      if (routine.cell) on.copy(on.own(scratch.cell), on.operand("cell", on.row, units));
      if (!routine.hidden) return;
      const given = on.operand("hidden", on.row, units);
      on.copy(on.own(scratch.hidden), given);
      const masked = this.#maskedRows();
      on.eachUnit((lanes) => {
        const value = this.#values[0]!;
        lanes.load(given).set(value);
        masked(lanes, value);
      });
    });
  }

  /** Pointers for this sample; the result stores a hidden state times the recurrent masks. */
  #maskedRows(): (lanes: RowLanes, hidden: Local) => void {
    const { on, scratch } = this;
    const { units } = on.frame.routine;
    const { masked } = scratch;
    if (masked.length === 0) return () => {};
    const mask = on.operand("recurrentMask", on.row, masked.length * units);
    const rows = masked.map((area) => on.own(area));
    const product = this.#values[7]!;
    return (lanes, hidden) => {
      rows.forEach((row, at) => {
        lanes.load(mask, at * units * 4);
        on.f.get(hidden).emit("f32x4.mul").set(product);
        lanes.store(product, row);
      });
    };
  }

  /** Where the gates of this place go: to what is kept for the gradient, or over their own sums. */
  #kept(): Local {
    const { layout, routine } = this.on.frame;
    if (!routine.keep) return this.on.own(this.scratch.sums);
    return this.on.result(this.on.place, layout.kept * routine.units, layout.states);
  }

  /** A masked step: the states stay. */
  #keep(): void {
    const { on, scratch } = this;
    const { units } = on.frame.routine;
    on.copy(on.result(on.place, units), on.own(scratch.hidden));
    const { layout, routine } = on.frame;
    if (this.#kind !== "lstm" || !routine.keep) return;
    on.copy(on.result(on.place, layout.kept * units, layout.states + 4 * units), on.own(scratch.cell));
  }

  /**
   * Stores the values of gates `[from, to)`: functions of what the inputs give, the product and the bias. A loop of its
   * own for each function: the steps of short ones overlap in the processor, and most time goes here.
   */
  #gates(pointers: Pointers, from: number, to: number, name: RecurrentActivation, kept: Local): void {
    const { on } = this;
    const { units, bias } = on.frame.routine;
    const value = this.#values[0]!;
    const offset = from * units * 4;
    on.eachUnit((lanes) => {
      lanes.load(pointers.projected, offset);
      lanes.load(pointers.sums, offset).emit("f32x4.add");
      if (bias) lanes.load(pointers.bias!, offset).emit("f32x4.add");
      on.f.set(value);
      pushActivation(on.f, on.module, name, value);
      on.f.set(value);
      lanes.store(value, kept, offset);
    }, to - from);
  }

  #pointers(): Pointers {
    const { on } = this;
    const { routine, width } = on.frame;
    return {
      projected: on.operand("projected", on.place, width),
      sums: on.own(this.scratch.sums),
      bias: routine.bias ? on.operand("bias", on.row, 0) : undefined,
    };
  }

  /** GRU with the reset before the product: gates z and r, and the state that r lets through. */
  #resetGate(): void {
    const { on, scratch } = this;
    const { units, recurrentMasks, recurrentActivation } = on.frame.routine;
    const pointers = this.#pointers();
    const [kept, hidden, reset] = [this.#kept(), on.own(scratch.hidden), on.own(scratch.reset)];
    const mask = recurrentMasks > 0 ? on.operand("recurrentMask", on.row, recurrentMasks * units) : undefined;
    this.#gates(pointers, 0, 2, recurrentActivation, kept);
    const passed = this.#values[0]!;
    on.eachUnit((lanes) => {
      lanes.load(hidden);
      lanes.load(kept, units * 4).emit("f32x4.mul");
      if (mask) lanes.load(mask, recurrentMasks > 1 ? 2 * units * 4 : 0).emit("f32x4.mul");
      on.f.set(passed);
      lanes.store(passed, reset);
    });
  }

  /** A step that counts: the next states, and what the gradient needs. */
  #next(): void {
    const { on, scratch } = this;
    const { units } = on.frame.routine;
    const pointers = this.#pointers();
    const out = on.result(on.place, units);
    const hidden = on.own(scratch.hidden);
    const masked = this.#maskedRows();
    const next = {
      lstm: () => this.#lstm(pointers),
      gru: () => this.#gru(pointers, hidden),
      simpleRnn: () => this.#simple(pointers),
    }[this.#kind]();
    on.eachUnit((lanes) => {
      const value = next(lanes);
      lanes.store(value, out);
      lanes.store(value, hidden);
      masked(lanes, value);
    });
  }

  #simple({ projected, sums }: Pointers): (lanes: RowLanes) => Local {
    const { on } = this;
    const h = this.#values[0]!;
    return (lanes) => {
      lanes.load(projected);
      lanes.load(sums).emit("f32x4.add").set(h);
      pushActivation(on.f, on.module, on.frame.routine.activation, h);
      on.f.set(h);
      return h;
    };
  }

  #lstm(pointers: Pointers): (lanes: RowLanes) => Local {
    const { on } = this;
    const { f, module } = on;
    const { units, activation, recurrentActivation, keep } = on.frame.routine;
    const [kept, cell] = [this.#kept(), on.own(this.scratch.cell)];
    this.#gates(pointers, 0, 2, recurrentActivation, kept);
    this.#gates(pointers, 2, 3, activation, kept);
    this.#gates(pointers, 3, 4, recurrentActivation, kept);
    const [i, g, c] = this.#values as [Local, Local, Local];
    return (lanes) => {
      lanes.load(cell);
      lanes
        .load(kept, units * 4)
        .emit("f32x4.mul")
        .set(c);
      lanes.load(kept).set(i);
      lanes.load(kept, 2 * units * 4).set(g);
      multiplyAdd(f, module, i, g, c);
      if (keep) lanes.store(c, kept, 4 * units * 4);
      lanes.store(c, cell);
      pushActivation(f, module, activation, c);
      f.set(c);
      if (keep) lanes.store(c, kept, 5 * units * 4);
      lanes.load(kept, 3 * units * 4);
      f.get(c).emit("f32x4.mul").set(c);
      return c;
    };
  }

  #gru(pointers: Pointers, hidden: Local): (lanes: RowLanes) => Local {
    const { on } = this;
    const { f, module } = on;
    const { units, activation, recurrentActivation, resetAfter, bias, keep } = on.frame.routine;
    const kept = this.#kept();
    if (resetAfter) this.#gates(pointers, 0, 2, recurrentActivation, kept);
    const [z, r, product, candidate] = this.#values as [Local, Local, Local, Local];
    return (lanes) => {
      lanes.load(pointers.sums, 2 * units * 4);
      if (bias) lanes.load(pointers.bias!, 2 * units * 4).emit("f32x4.add");
      f.set(product);
      lanes.load(pointers.projected, 2 * units * 4).set(candidate);
      if (resetAfter) {
        if (keep) lanes.store(product, kept, 3 * units * 4);
        lanes.load(kept, units * 4).set(r);
        multiplyAdd(f, module, r, product, candidate);
      } else f.get(candidate, product).emit("f32x4.add").set(candidate);
      pushActivation(f, module, activation, candidate);
      f.set(candidate);
      if (keep) lanes.store(candidate, kept, 2 * units * 4);
      lanes.load(kept).set(z);
      lanes.load(hidden);
      f.get(candidate).emit("f32x4.sub").set(product);
      multiplyAdd(f, module, z, product, candidate);
      return candidate;
    };
  }
}

/** Pointers of a place that all cells read. */
interface Pointers {
  readonly projected: Local;
  readonly sums: Local;
  readonly bias: Local | undefined;
}
