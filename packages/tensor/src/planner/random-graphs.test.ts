import { beforeEach, expect, test } from "vitest";
import {
  add,
  broadcastTo,
  compile,
  concat,
  HostRandom,
  matmul,
  maximum,
  multiply,
  reference,
  relu,
  subtract,
  type Tensor,
  tensor,
  useBackend,
  Variable,
  where,
} from "../index.js";

beforeEach(async () => {
  await useBackend(reference());
});

/** A program of random ops over 3x3 tensors, three Variables that it reads and assigns, and what it returns. */
function randomProgram(seed: number, length: number) {
  const choices = new HostRandom(seed, "graph");
  const picks = Array.from({ length: length * 4 }, () => choices.bits());
  return (x: Tensor, variables: readonly Variable[]): Tensor[] => {
    let at = 0;
    const pick = (n: number): number => picks[at++ % picks.length]! % n;
    const values: Tensor[] = [x];
    const some = (): Tensor => {
      const which = pick(values.length + variables.length);
      return which < values.length ? values[which]! : variables[which - values.length]!.read();
    };
    const steps: (() => Tensor)[] = [
      () => add(some(), some()),
      () => multiply(some(), 0.5),
      () => subtract(some(), some()),
      () => maximum(some(), some()),
      () => relu(some()),
      () => where(some().greater(0), some(), some()),
      () => some().transpose(),
      () => some().flip(0),
      () => broadcastTo(some().slice([1, 0], [1, 3]), [3, 3]),
      () => broadcastTo(some().mean({ axes: 1, keepDims: true }), [3, 3]),
      () => broadcastTo(some().sum().multiply(0.1), [3, 3]),
      () => matmul(some(), some()).multiply(0.25),
      () => concat([some().slice([0, 0], [1, 3]), some().slice([1, 0], [2, 3])]),
      () => some().reshape([9]).flip().reshape([3, 3]),
      () => some().tanh(),
    ];
    for (let i = 0; i < length; i++) {
      values.push(steps[pick(steps.length)]!());
      if (pick(6) === 0) variables[pick(variables.length)]!.assign(values[pick(values.length)]!.tanh());
      if (pick(12) === 0) variables[pick(variables.length)]!.assign(some());
    }
    return [values.at(-1)!, values[pick(values.length)]!, some()];
  };
}

/** Two calls one after the other: results and the Variables' final values. */
function outcome(
  seed: number,
  run: (program: ReturnType<typeof randomProgram>) => ReturnType<typeof randomProgram>,
) {
  const random = new HostRandom(seed, "values");
  const values = (): Float32Array => Float32Array.from({ length: 9 }, () => random.normal());
  const variables = [1, 2, 3].map(() => new Variable(tensor(values(), { shape: [3, 3] })));
  const x = tensor(values(), { shape: [3, 3] });
  const program = run(randomProgram(seed, 4 + (seed % 30)));
  const results = [program(x, variables), program(x, variables)]
    .flat()
    .map((result) => [...result.dataSync()]);
  return [...results, ...variables.map((variable) => [...variable.dataSync()])];
}

const compiled = (program: ReturnType<typeof randomProgram>) => {
  let fixed: readonly Variable[] = [];
  const fn = compile((x: Tensor) => program(x, fixed));
  return (x: Tensor, variables: readonly Variable[]): Tensor[] => {
    fixed = variables;
    return fn(x);
  };
};

test("300 random programs: one plan gives the bits of op after op", () => {
  for (let seed = 0; seed < 300; seed++) {
    expect(outcome(seed, compiled), `seed ${seed}`).toEqual(outcome(seed, (program) => program));
  }
});

test.each(["FUSE", "ARENA"])("and so it does without %s", (name) => {
  process.env[`HEKLA_${name}`] = "0";
  try {
    for (let seed = 0; seed < 100; seed++) {
      expect(outcome(seed, compiled), `seed ${seed}`).toEqual(outcome(seed, (program) => program));
    }
  } finally {
    delete process.env[`HEKLA_${name}`];
  }
});
