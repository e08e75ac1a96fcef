import {
  add,
  broadcastTo,
  compile,
  concat,
  grad,
  HostRandom,
  matmul,
  maximum,
  multiply,
  ones,
  relu,
  subtract,
  type Tensor,
  tensor,
  Variable,
  where,
  zeros,
} from "@hekla/tensor";

type Choose = (n: number) => number;

/** What the planner has rules for, as it comes in layers and their gradients; values stay about 1. */
function patterns(some: () => Tensor, pick: Choose, side: number): (() => Tensor)[] {
  const whole = [side, side];
  const axis = (): { axes: number; keepDims: true } => ({ axes: pick(2), keepDims: true });
  /** A number that planning computes, also from 0.1, which is no float32. */
  const number = (): Tensor => {
    const from = pick(2) === 0 ? ones([]) : broadcastTo(zeros([]).add(1), whole);
    return from.divide([4, 10, side][pick(3)]!).negative().add(0.1).multiply(2);
  };
  const normalized = (x: Tensor): Tensor => {
    const along = axis();
    const centred = x.subtract(x.mean(along));
    return centred.multiply(centred.square().mean(along).add(1).rsqrt());
  };
  const softmax = (x: Tensor): Tensor => {
    const along = axis();
    const powers = x.subtract(x.max(along)).exp();
    return powers.divide(powers.sum(along));
  };
  /** Three axes, whose product is one of two and a reshape; what is added goes along rows, columns or both. */
  const dense = (x: Tensor): Tensor => {
    const pieces = concat([x, some()]).reshape([2, side, side]);
    const sizes = [[1, -1] as const, [-1, 1] as const, [-1, -1] as const][pick(3)]!;
    const y = relu(matmul(pieces, some().multiply(1 / side)).add(some().slice([0, 0], sizes)));
    const half = (at: number): Tensor => y.slice([at, 0, 0], [1, side, side]).reshape(whole);
    return subtract(half(0), half(1));
  };
  return [
    () => multiply(some(), number()),
    () => normalized(some()),
    () => softmax(some()),
    () => dense(some()).tanh(),
    () => {
      // Sums of the same values, one beside the other.
      const [x, g, along] = [some(), some().tanh(), axis()];
      const centred = x.subtract(x.mean(along)).tanh();
      const [first, second] = [g.mean(along), g.multiply(centred).mean(along)];
      return g.subtract(first).subtract(centred.multiply(second));
    },
    () => {
      const [x, along] = [some(), axis()];
      return subtract(x.max(along), x.negative().max(along)).add(some()).tanh();
    },
    () => {
      const body = [normalized, softmax, dense][pick(3)]!;
      const weights = some();
      // By a node of its own: in a plan, other values may have been computed from what `some` gives.
      return grad((x: Tensor) => body(x).multiply(weights).sum())(some().multiply(0.5)).tanh();
    },
    () => {
      const mask = some().greater(some());
      return add(where(mask, some(), 0), where(mask, 0.5, some().tanh()));
    },
  ];
}

/** Ops of one kind or another. */
function plainOps(some: () => Tensor, side: number): (() => Tensor)[] {
  const whole = [side, side];
  return [
    () => add(some(), some()),
    () => multiply(some(), 0.5),
    () => subtract(some(), some()),
    () => maximum(some(), some()),
    () => relu(some()),
    () => where(some().greater(0), some(), some()),
    () => some().transpose(),
    () => some().flip(0),
    () => broadcastTo(some().slice([1, 0], [1, side]), whole),
    () => broadcastTo(some().mean({ axes: 1, keepDims: true }), whole),
    () => broadcastTo(some().sum().multiply(0.1), whole),
    () => matmul(some(), some()).multiply(0.25),
    () => concat([some().slice([0, 0], [1, side]), some().slice([1, 0], [side - 1, side])]),
    () =>
      some()
        .reshape([side * side])
        .flip()
        .reshape(whole),
    () => some().tanh(),
  ];
}

/** A program of random ops over square tensors, three Variables that it reads and assigns, and what it returns. */
function randomProgram(seed: number, length: number, side: number) {
  const choices = new HostRandom(seed, "graph");
  const picks = Array.from({ length: length * 8 }, () => choices.bits());
  return (x: Tensor, variables: readonly Variable[]): Tensor[] => {
    let at = 0;
    const pick: Choose = (n) => picks[at++ % picks.length]! % n;
    const values: Tensor[] = [x];
    const some = (): Tensor => {
      const which = pick(values.length + variables.length);
      return which < values.length ? values[which]! : variables[which - values.length]!.read();
    };
    const ops = [...plainOps(some, side), ...patterns(some, pick, side)];
    for (let i = 0; i < length; i++) {
      values.push(ops[pick(ops.length)]!());
      if (pick(6) === 0) variables[pick(variables.length)]!.assign(values[pick(values.length)]!.tanh());
      if (pick(12) === 0) variables[pick(variables.length)]!.assign(some());
    }
    return [values.at(-1)!, values[pick(values.length)]!, some()];
  };
}

export type Program = ReturnType<typeof randomProgram>;

/** Two calls of the program of a seed one after the other: results and the Variables' final values. */
export function outcome(seed: number, run: (program: Program) => Program, side = 3): Float32Array[] {
  const random = new HostRandom(seed, "values");
  const shape = [side, side];
  const values = (): Float32Array => Float32Array.from({ length: side * side }, () => random.normal());
  const variables = [1, 2, 3].map(() => new Variable(tensor(values(), { shape })));
  const x = tensor(values(), { shape });
  const program = run(randomProgram(seed, 4 + (seed % 30), side));
  const results = [program(x, variables), program(x, variables)].flat();
  return [...results, ...variables].map((result) => result.dataSync() as Float32Array);
}

/** The program as one plan. */
export const compiled = (program: Program): Program => {
  let fixed: readonly Variable[] = [];
  const fn = compile((x: Tensor) => program(x, fixed));
  return (x, variables) => {
    fixed = variables;
    return fn(x);
  };
};

/** The program op after op. */
export const opByOp = (program: Program): Program => program;

/** Where two outcomes have other bits; NaN is NaN. */
export function firstDifference(actual: Float32Array[], expected: Float32Array[]): string | undefined {
  for (const [which, result] of actual.entries()) {
    const other = expected[which]!;
    const at = result.findIndex((value, k) => !Object.is(value, other[k]));
    if (at >= 0) return `value ${at} of result ${which} is ${result[at]}, expected ${other[at]}`;
  }
  return undefined;
}
