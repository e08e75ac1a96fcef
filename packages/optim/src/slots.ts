import { full, type Shape, type Tensor, Variable, where } from "@hekla/tensor";

/** One piece of state that an optimizer keeps for a weight. */
export interface Slot {
  readonly name: string;
  /** Default: that of the weight. */
  readonly shape?: Shape;
  /** Every element's first value, or a function that gives the first values. Default 0. */
  readonly initial?: number | (() => Tensor);
}

/** Groups of slots; a name alone is a slot of the weight's shape that starts at 0. */
export type SlotGroups = readonly (readonly (string | Slot)[])[];

/** State Variables of a weight by the names of their slots, and how to give them new values within a step. */
export class Slots {
  readonly #variables = new Map<string, Variable>();
  /** The Variables, by the groups in which they were asked for. */
  readonly groups: readonly (readonly Variable[])[];

  /** Makes the Variables `name/weight`, or `name` alone without a weight. */
  constructor(groups: SlotGroups, like: Pick<Variable, "shape" | "dtype"> & { name?: string }) {
    this.groups = groups.map((group) =>
      group.map((slot) => {
        const {
          name,
          shape = like.shape,
          initial = 0,
        }: Slot = typeof slot === "string" ? { name: slot } : slot;
        const first =
          typeof initial === "function" ? initial : () => full(shape, initial, { dtype: like.dtype });
        const options = { name: like.name ? `${name}/${like.name}` : name, trainable: false };
        const variable = new Variable(first, options);
        this.#variables.set(name, variable);
        return variable;
      }),
    );
  }

  /** The Variable of a slot. */
  variable(name: string): Variable {
    return this.#variables.get(name)!;
  }

  /** The values of a step: `due`, a scalar that is not 0 when the step is taken; without it each is. */
  step(due?: Tensor): SlotStep {
    const read = (name: string): Tensor => this.variable(name).read();
    return {
      read,
      next: (name, change) => {
        const variable = this.variable(name);
        const old = read(name);
        const value = change(old);
        variable.assign(due ? where(due, value, old) : value);
        return value;
      },
    };
  }
}

/** The slots of a weight in one step. */
export interface SlotStep {
  /** The value of a slot; after `next` the new one. */
  read(name: string): Tensor;
  /** Gives a slot the value that `change` makes of the old one, and returns that value. */
  next(name: string, change: (old: Tensor) => Tensor): Tensor;
}
