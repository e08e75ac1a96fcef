import type { RecurrentRoutine } from "./routine.js";

/** What a recurrent routine may read, by name. */
export type RecurrentOperand =
  | "projected"
  | "sequence"
  | "kernel"
  | "bias"
  | "hidden"
  | "cell"
  | "mask"
  | "recurrentMask"
  | "gradient";

/** How the operands and the result of a recurrent routine lie in memory; sizes in elements. */
export interface RecurrentLayout {
  readonly kind: "lstm" | "gru" | "simpleRnn";
  readonly backward: boolean;
  readonly gates: number;
  /** Operands in their order. */
  readonly operands: readonly RecurrentOperand[];
  /** Start of the last cell states in a sequence's result, behind the hidden states. */
  readonly lastCell: number;
  /** Elements at the start of a sequence's result that can be differentiated: hidden states, and last cell states. */
  readonly states: number;
  /** What follows them, for the gradient: so many times `units` for each step of each sample. */
  readonly kept: number;
  /** Whether the gradient of the recurrent product is another than that of `projected`, and lies behind it. */
  readonly ownProduct: boolean;
  /** Starts of the gradients of the initial states in a gradient's result. */
  readonly hiddenGradient: number;
  readonly cellGradient: number;
  /** Elements of the result. */
  readonly size: number;
}

/** The layout of a recurrent routine; see `RecurrentRoutine`. */
export function recurrentLayout(routine: RecurrentRoutine): RecurrentLayout {
  const { name, batch, steps, units, resetAfter, bias, hidden, cell, mask, keep, recurrentMasks } = routine;
  const backward = name.endsWith("Gradient");
  const kind = name.startsWith("lstm") ? "lstm" : name.startsWith("gru") ? "gru" : "simpleRnn";
  const gates = { lstm: 4, gru: 3, simpleRnn: 1 }[kind];
  const ownProduct = kind === "gru" && resetAfter;
  const kept = keep ? { lstm: 6, gru: ownProduct ? 4 : 3, simpleRnn: 0 }[kind] : 0;
  const present = (operand: RecurrentOperand, is: boolean): RecurrentOperand[] => (is ? [operand] : []);
  const operands: RecurrentOperand[] = [
    backward ? "sequence" : "projected",
    "kernel",
    ...present("bias", bias && !backward),
    ...present("hidden", hidden),
    ...present("cell", cell),
    ...present("mask", mask),
    ...present("recurrentMask", recurrentMasks > 0),
    ...present("gradient", backward),
  ];
  const lastCell = batch * steps * units;
  const states = lastCell + (kind === "lstm" ? batch * units : 0);
  const hiddenGradient = batch * steps * units * gates * (ownProduct ? 2 : 1);
  const cellGradient = hiddenGradient + (hidden ? batch * units : 0);
  const size = backward ? cellGradient + (cell ? batch * units : 0) : states + batch * steps * units * kept;
  return {
    kind,
    backward,
    gates,
    operands,
    lastCell,
    states,
    kept,
    ownProduct,
    hiddenGradient,
    cellGradient,
    size,
  };
}
