import type { RecurrentRoutine } from "@hekla/tensor";
import type { Local, ModuleBuilder } from "../assembler/index.js";
import { roundUp } from "../gemm/address.js";
import { multiplyAdd } from "../gemm/micro-kernel.js";
import type { Kernel } from "../kernel.js";
import { multiplyBySlope } from "./activation.js";
import { type Area, RecurrentFrame, type RecurrentPrinter, type Stage } from "./recurrent-frame.js";
import type { RowLanes } from "./row-loop.js";

/** Scratch of the backward direction. */
interface Scratch {
  /** Gradients of the recurrent products of all gates, for the step at hand. */
  readonly products: Area;
  /** What they give for the state before; one for each group of gates that share a recurrent mask. */
  readonly through: readonly Area[];
  /** What reaches the state before past the products: in a GRU, and in masked steps. */
  readonly past: Area | undefined;
  readonly cell: Area;
  /** GRU with the reset before the product: the gradient of what is multiplied then. */
  readonly reset: Area;
  readonly zeros: Area;
}

/** The gradient of a whole sequence; see `RecurrentRoutine`. */
export function emitSequenceGradient(
  module: ModuleBuilder,
  routine: RecurrentRoutine,
  offsets: readonly number[],
): Kernel {
  const frame = new RecurrentFrame(module, routine, offsets);
  const { layout, width } = frame;
  const { units, recurrentMasks, resetAfter, mask } = routine;
  const resetBefore = layout.kind === "gru" && !resetAfter;
  const first = resetBefore ? 2 : layout.gates;
  const column = roundUp(units, 8);
  const scratch: Scratch = {
    products: frame.area(width),
    through: Array.from({ length: recurrentMasks > 1 ? first : 1 }, () => frame.area(column)),
    past: mask || layout.kind === "gru" ? frame.area(units) : undefined,
    cell: frame.area(layout.kind === "lstm" ? units : 0),
    reset: frame.area(resetBefore ? column : 0),
    zeros: frame.area(units),
  };
  const { products, through, reset } = scratch;
  const stages = through.map((area, at) =>
    frame.backward(products, area, ...(recurrentMasks > 1 ? ([at, at + 1] as const) : ([0, first] as const))),
  );
  const ofReset = resetBefore ? frame.backward(products, reset, 2, 3) : undefined;
  return frame.kernel((printer) => new GradientPrinter(printer, scratch).print(stages, ofReset));
}

/** Prints the steps from the last to the first. */
class GradientPrinter {
  readonly #values: Local[];
  readonly #kind;
  readonly #back: Local;

  constructor(
    readonly on: RecurrentPrinter,
    readonly scratch: Scratch,
  ) {
    this.#values = Array.from({ length: 9 }, () => on.f.local("v128"));
    this.#back = on.f.local("i32");
    this.#kind = on.frame.layout.kind;
  }

  print(stages: readonly Stage[], ofReset: Stage | undefined): void {
    const { on } = this;
    const { f } = on;
    const { steps, hidden } = on.frame.routine;
    on.ifAny(() => {
      this.#start();
      f.forRange(this.#back, 0, steps, 1, () => {
        f.i32(steps - 1)
          .get(this.#back)
          .emit("i32.sub")
          .set(on.step);
        on.eachPlace(() =>
          on.byMask(
            () => this.#live(),
            () => this.#masked(),
          ),
        );
        if (ofReset) {
          on.product(ofReset);
          on.eachPlace(() => on.byMask(() => this.#reset()));
        }
        const products = () => {
          for (const stage of stages) on.product(stage);
        };
        // What reaches the initial state is wanted only where there is one.
        if (hidden) products();
        else f.get(on.step).if(products);
      });
      this.#finish();
    });
  }

  /** Scratch from zeros and the gradient of the last cell state. */
  #start(): void {
    const { on, scratch } = this;
    const { layout, routine } = on.frame;
    const { cell, products, reset, zeros, past, through } = scratch;
    for (const area of [products, cell, reset, zeros, ...through, ...(past ? [past] : [])]) {
      if (area.row > 0) on.clear(area);
    }
    if (layout.kind !== "lstm") return;
    on.eachSample(() =>
      on.copy(on.own(cell), on.operand("gradient", on.row, routine.units, layout.lastCell)),
    );
  }

  /** Gradients of the initial states. */
  #finish(): void {
    const { on, scratch } = this;
    const { layout, routine } = on.frame;
    const { units } = routine;
    if (!routine.hidden && !routine.cell) return;
    on.eachSample(() => {
      if (routine.cell) on.copy(on.result(on.row, units, layout.cellGradient), on.own(scratch.cell));
      if (!routine.hidden) return;
      const result = on.result(on.row, units, layout.hiddenGradient);
      const carried = this.#carried();
      const total = this.#values[0]!;
      on.eachUnit((lanes) => {
        on.f.f32x4(0).set(total);
        carried(lanes, total);
        lanes.store(total, result);
      });
    });
  }

  /** Pointers for this sample; the result adds what the step after has left for the hidden state. */
  #carried(): (lanes: RowLanes, total: Local) => void {
    const { on, scratch } = this;
    const { f, module } = on;
    const { units, recurrentMasks } = on.frame.routine;
    const through = scratch.through.map((area) => on.own(area));
    const past = scratch.past && on.own(scratch.past);
    const mask = recurrentMasks > 0 ? on.operand("recurrentMask", on.row, recurrentMasks * units) : undefined;
    const [left, right] = this.#values.slice(-2) as [Local, Local];
    return (lanes, total) => {
      through.forEach((pointer, at) => {
        if (!mask) {
          f.get(total);
          lanes.load(pointer).emit("f32x4.add").set(total);
          return;
        }
        lanes.load(pointer).set(left);
        lanes.load(mask, at * units * 4).set(right);
        multiplyAdd(f, module, left, right, total);
      });
      if (!past) return;
      f.get(total);
      lanes.load(past).emit("f32x4.add").set(total);
    };
  }

  /** The gradient of the hidden state of this place: from above, and from the step after. */
  #upper(): (lanes: RowLanes, total: Local) => void {
    const { on } = this;
    const upper = on.operand("gradient", on.place, on.frame.routine.units);
    const carried = this.#carried();
    return (lanes, total) => {
      lanes.load(upper).set(total);
      carried(lanes, total);
    };
  }

  /** A pointer to a state of the step before, or the initial one. */
  #before(name: "hidden" | "cell", row: number, start: number): Local {
    const { on } = this;
    const { f } = on;
    const { units, ...routine } = on.frame.routine;
    const pointer = f.local("i32");
    f.get(on.step).if(
      () => {
        const place = f.local("i32");
        f.get(on.place).i32(1).emit("i32.sub").set(place);
        f.get(on.operand("sequence", place, row, start)).set(pointer);
      },
      () => {
        const initial = routine[name] ? on.operand(name, on.row, units) : on.own(this.scratch.zeros);
        f.get(initial).set(pointer);
      },
    );
    return pointer;
  }

  #kept(): Local {
    const { layout, routine } = this.on.frame;
    return this.on.operand("sequence", this.on.place, layout.kept * routine.units, layout.states);
  }

  /** Where the gradients of the gates' sums go for this place; with a GRU's own product, those of the products. */
  #outputs(): { sums: Local; products: Local | undefined; scratch: Local } {
    const { on } = this;
    const { layout, width, routine } = on.frame;
    const products = layout.ownProduct
      ? on.result(on.place, width, routine.batch * routine.steps * width)
      : undefined;
    return { sums: on.result(on.place, width), products, scratch: on.own(this.scratch.products) };
  }

  /** A masked step: no gradient but what passes through. */
  #masked(): void {
    const { on } = this;
    const { units } = on.frame.routine;
    const { sums, products, scratch } = this.#outputs();
    const past = on.own(this.scratch.past!);
    const upper = this.#upper();
    const [total, zero] = this.#values as [Local, Local];
    on.f.f32x4(0).set(zero);
    on.eachUnit((lanes) => {
      upper(lanes, total);
      lanes.store(total, past);
      for (let gate = 0; gate < on.frame.layout.gates; gate++) {
        for (const pointer of [sums, scratch, ...(products ? [products] : [])]) {
          lanes.store(zero, pointer, gate * units * 4);
        }
      }
    });
  }

  #live(): void {
    if (this.#kind === "lstm") this.#lstm();
    else if (this.#kind === "gru") this.#gru();
    else this.#simple();
  }

  /** Nothing passes by the products: said where masked steps say otherwise. */
  #clearPast(): (lanes: RowLanes) => void {
    const { past } = this.scratch;
    if (!past) return () => {};
    const pointer = this.on.own(past);
    const zero = this.#values.at(-1)!;
    return (lanes) => {
      this.on.f.f32x4(0).set(zero);
      lanes.store(zero, pointer);
    };
  }

  #simple(): void {
    const { on } = this;
    const { f } = on;
    const { units, activation } = on.frame.routine;
    const { sums, scratch } = this.#outputs();
    const state = on.operand("sequence", on.place, units);
    const [upper, clearPast] = [this.#upper(), this.#clearPast()];
    const [total, h] = this.#values as [Local, Local];
    on.eachUnit((lanes) => {
      upper(lanes, total);
      clearPast(lanes);
      lanes.load(state).set(h);
      f.get(total);
      multiplyBySlope(f, activation, h);
      f.set(total);
      lanes.store(total, sums);
      lanes.store(total, scratch);
    });
  }

  #lstm(): void {
    const { on } = this;
    const { f } = on;
    const { units, activation, recurrentActivation } = on.frame.routine;
    const { layout } = on.frame;
    const { sums, scratch } = this.#outputs();
    const kept = this.#kept();
    const cell = on.own(this.scratch.cell);
    const before = this.#before("cell", layout.kept * units, layout.states + 4 * units);
    const [upper, clearPast] = [this.#upper(), this.#clearPast()];
    const [dh, dc, a, i, forget, g, o] = this.#values as Seven;
    on.eachUnit((lanes) => {
      /** Stores the gradient on the stack as that of a gate's sum. */
      const store = (gate: number): void => {
        f.set(a);
        lanes.store(a, sums, gate * units * 4);
        lanes.store(a, scratch, gate * units * 4);
      };
      upper(lanes, dh);
      clearPast(lanes);
      [i, forget, g, o].forEach((gate, at) => {
        lanes.load(kept, at * units * 4).set(gate);
      });
      lanes.load(kept, 5 * units * 4).set(a);
      lanes.load(cell).set(dc);
      f.get(dh, o).emit("f32x4.mul");
      multiplyBySlope(f, activation, a);
      f.get(dc).emit("f32x4.add").set(dc);
      f.get(dh, a).emit("f32x4.mul");
      multiplyBySlope(f, recurrentActivation, o);
      store(3);
      f.get(dc, g).emit("f32x4.mul");
      multiplyBySlope(f, recurrentActivation, i);
      store(0);
      f.get(dc);
      lanes.load(before).emit("f32x4.mul");
      multiplyBySlope(f, recurrentActivation, forget);
      store(1);
      f.get(dc, i).emit("f32x4.mul");
      multiplyBySlope(f, activation, g);
      store(2);
      f.get(dc, forget).emit("f32x4.mul").set(dc);
      lanes.store(dc, cell);
    });
  }

  #gru(): void {
    const { on } = this;
    const { f } = on;
    const { units, activation, recurrentActivation, resetAfter } = on.frame.routine;
    const { sums, products, scratch } = this.#outputs();
    const kept = this.#kept();
    const past = on.own(this.scratch.past!);
    const before = this.#before("hidden", units, 0);
    const upper = this.#upper();
    const [dh, z, candidate, value, r] = this.#values as Five;
    on.eachUnit((lanes) => {
      const store = (to: readonly (Local | undefined)[], gate: number): void => {
        for (const pointer of to) if (pointer) lanes.store(value, pointer, gate * units * 4);
      };
      upper(lanes, dh);
      lanes.load(kept).set(z);
      lanes.load(kept, 2 * units * 4).set(candidate);
      f.get(dh);
      lanes.load(before);
      f.get(candidate).emit("f32x4.sub", "f32x4.mul");
      multiplyBySlope(f, recurrentActivation, z);
      f.set(value);
      store([sums, products, scratch], 0);
      f.get(dh).f32x4(1).get(z).emit("f32x4.sub", "f32x4.mul");
      multiplyBySlope(f, activation, candidate);
      f.set(value);
      store(resetAfter ? [sums] : [sums, scratch], 2);
      f.get(dh, z).emit("f32x4.mul").set(z);
      lanes.store(z, past);
      if (!resetAfter) return;
      lanes.load(kept, units * 4).set(r);
      f.get(value);
      lanes.load(kept, 3 * units * 4).emit("f32x4.mul");
      multiplyBySlope(f, recurrentActivation, r);
      f.get(value, r).emit("f32x4.mul").set(r);
      f.set(value);
      store([sums, products, scratch], 1);
      f.get(r).set(value);
      store([products, scratch], 2);
    });
  }

  /** GRU with the reset before the product: the reset gate, once the product with the candidate's kernel is there. */
  #reset(): void {
    const { on } = this;
    const { f } = on;
    const { units, recurrentActivation, recurrentMasks } = on.frame.routine;
    const { sums, scratch } = this.#outputs();
    const kept = this.#kept();
    const [past, reset] = [on.own(this.scratch.past!), on.own(this.scratch.reset)];
    const before = this.#before("hidden", units, 0);
    const mask = recurrentMasks > 0 ? on.operand("recurrentMask", on.row, recurrentMasks * units) : undefined;
    const [gradient, r] = this.#values as [Local, Local];
    on.eachUnit((lanes) => {
      lanes.load(reset);
      if (mask) lanes.load(mask, recurrentMasks > 1 ? 2 * units * 4 : 0).emit("f32x4.mul");
      f.set(gradient);
      lanes.load(kept, units * 4).set(r);
      f.get(gradient, r).emit("f32x4.mul");
      lanes.load(past).emit("f32x4.add");
      f.get(gradient);
      lanes.load(before).emit("f32x4.mul");
      multiplyBySlope(f, recurrentActivation, r);
      f.set(gradient).set(r);
      lanes.store(r, past);
      lanes.store(gradient, sums, units * 4);
      lanes.store(gradient, scratch, units * 4);
    });
  }
}

type Five = [Local, Local, Local, Local, Local];
type Seven = [...Five, Local, Local];
