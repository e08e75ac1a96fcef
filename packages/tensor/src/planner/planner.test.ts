import { beforeEach, expect, test } from "vitest";
import {
  type Backend,
  compile,
  conv2d,
  coordinate,
  describePlan,
  matmul,
  multiply,
  type Plan,
  reference,
  relu,
  subtract,
  type Tensor,
  tensor,
  useBackend,
  Variable,
  valueAndGrad,
  zeros,
} from "../index.js";

let plans: Plan[] = [];

beforeEach(async () => {
  plans = [];
  const inner = reference();
  const spying: Backend = {
    ...inner,
    prepare: (plan) => {
      plans.push(plan);
      return inner.prepare(plan);
    },
  };
  await useBackend(spying);
});

const lastPlan = (): Plan => plans.at(-1)!;

test("expressions become one step, with the reduction that follows", () => {
  compile((x: Tensor) => x.multiply(2).add(1).exp().sum({ axes: 1 }))(zeros([4, 3]));
  expect(lastPlan().steps.map(({ kind }) => kind)).toEqual(["reduce"]);
});

test("bias and activation ride on the contraction", () => {
  const [w, b] = [new Variable(zeros([3, 2])), new Variable(zeros([2]))];
  compile((x: Tensor) => relu(matmul(x, w).add(b)))(zeros([4, 3]));
  expect(lastPlan().steps).toHaveLength(1);
  const kernel = new Variable(zeros([8, 1, 3, 3]));
  compile((x: Tensor) => relu(conv2d(x, kernel)))(zeros([2, 5, 5, 1]));
  expect(lastPlan().steps).toHaveLength(1);
});

test("new values are written over the old ones when nobody needs those any more", () => {
  const w = new Variable(zeros([3, 2]));
  const step = compile((x: Tensor) => {
    const { value, grads } = valueAndGrad(() => matmul(x, w).sum(), [w])();
    w.assign(subtract(w, multiply(grads.get(w)!, 0.1)));
    return value;
  });
  step(zeros([4, 3]));
  const plan = lastPlan();
  const writes = plan.steps.filter(
    (step) => step.kind === "elementwise" && step.outputs.includes(plan.inputs[plan.assigned[0]!]!),
  );
  expect(writes).toHaveLength(1);
  expect(plan.steps.some(({ label }) => label.endsWith("assign"))).toBe(false);
});

test("buffers share the arena, and do not without it", () => {
  const chain = (x: Tensor): Tensor => {
    let y = x;
    for (let i = 0; i < 10; i++) y = matmul(y, x);
    return y;
  };
  compile(chain)(zeros([8, 8]));
  expect(lastPlan().arenaBytes).toBeLessThanOrEqual(3 * 256);
  process.env.HEKLA_ARENA = "0";
  try {
    compile(chain)(zeros([8, 8]));
  } finally {
    delete process.env.HEKLA_ARENA;
  }
  expect(lastPlan().arenaBytes).toBe(10 * 256);
});

test("without fusion every op is a step", () => {
  process.env.HEKLA_FUSE = "0";
  try {
    compile((x: Tensor) => x.multiply(2).add(1).exp())(zeros([4]));
  } finally {
    delete process.env.HEKLA_FUSE;
  }
  expect(lastPlan().steps).toHaveLength(3);
});

test("what nobody needs is not computed, what is written twice is computed once", () => {
  compile((x: Tensor) => {
    matmul(x, x);
    return matmul(x, x).add(matmul(x, x));
  })(zeros([4, 4]));
  expect(lastPlan().steps).toHaveLength(1);
});

test("a fused group never waits for itself", async () => {
  // y is needed by z directly and by way of a reduction: one step for y and z would be a circle.
  const fn = compile((x: Tensor) => {
    const y = x.multiply(2);
    return y.subtract(y.sum({ axes: 0, keepDims: true })).exp();
  });
  const result = await fn(tensor([0, 1])).array();
  expect(result).toEqual([Math.fround(Math.exp(-2)), 1]);
});

test("the mask of a relu is made again instead of kept", () => {
  const w = new Variable(zeros([3, 2]));
  compile((x: Tensor) => valueAndGrad(() => relu(matmul(x, w)).multiply(2).sum(), [w])().grads.get(w)!)(
    zeros([4, 3]),
  );
  expect(lastPlan().buffers.filter(({ dtype }) => dtype === "bool")).toEqual([]);
});

test("what is cheap to compute is computed by its readers, and reductions that read the same are one step", () => {
  // The gradient of a normalization, as batch norm has it: x is read three times on the way, g twice.
  const [x, g] = [new Variable(zeros([64, 3])), new Variable(zeros([64, 3]))];
  const axes = { axes: 0, keepDims: true } as const;
  compile(() => {
    const centred = x.read().subtract(x.read().mean(axes));
    const scale = centred.square().mean(axes).add(1).rsqrt();
    const [first, second] = [g.read().sum(axes), g.read().multiply(centred).sum(axes)];
    return g.read().subtract(first).subtract(centred.multiply(second).multiply(scale));
  })();
  const { steps, buffers } = lastPlan();
  const names = steps.map((step) => (step.kind === "reduce" ? `${step.outputs.length} sums` : step.kind));
  expect(names).toEqual(["2 sums", "elementwise", "2 sums", "elementwise", "elementwise"]);
  expect(buffers.filter(({ kind, size }) => kind === "temporary" && size === 192)).toEqual([]);
});

test("a value that costs more than its memory is kept", () => {
  const x = new Variable(zeros([64, 30]));
  compile(() => {
    const powers = x.read().exp();
    return powers.divide(powers.sum({ axes: 1, keepDims: true }));
  })();
  const lines = (step: Plan["steps"][number]): number =>
    step.kind === "routine" ? 0 : step.program.instructions.length;
  expect(lastPlan().steps.map(lines)).toEqual([2, 1, 3]);
});

test("numbers are computed while planning, to the bits of the steps they replace", async () => {
  const tenth = (x: Tensor): Tensor => x.multiply(zeros([]).add(1).divide(10).negative());
  expect(await compile(tenth)(tensor([1])).array()).toEqual([Math.fround(-0.1)]);
  expect(lastPlan().steps).toHaveLength(1);
  // 0.1 is no float32: its product is left to the backend, which rounds it first.
  const more = (x: Tensor): Tensor => tenth(x).multiply(zeros([]).add(1).divide(10).multiply(3));
  expect(await compile(more)(tensor([1])).array()).toEqual(await more(tensor([1])).array());
});

test("a contraction takes its epilogue through a reshape", async () => {
  const [w, b] = [new Variable(zeros([3, 2])), new Variable(tensor([1, -2]))];
  const fn = compile((x: Tensor) => relu(matmul(x, w).add(b)));
  expect(await fn(zeros([2, 2, 3])).array()).toEqual([
    [
      [1, 0],
      [1, 0],
    ],
    [
      [1, 0],
      [1, 0],
    ],
  ]);
  expect(lastPlan().steps).toHaveLength(1);
  // What follows along the middle axis cannot be walked as rows of the flat result.
  const middle = new Variable(tensor([[1], [2]]));
  compile((x: Tensor) => matmul(x, w).add(middle))(zeros([2, 2, 3]));
  expect(lastPlan().steps).toHaveLength(2);
});

test("a group does not take in what it reads in another order", async () => {
  // The coordinates serve both x and the reversed sum, so that x joins their group; the flipped read must not.
  const fn = compile((x: Tensor) => {
    const moved = x.add(coordinate([3], 0));
    return moved
      .flip()
      .add(coordinate([3], 0))
      .multiply(moved);
  });
  expect(await fn(tensor([0, 0, 0])).array()).toEqual([0, 2, 4]);
});

test("a reduction over a reshape that moves elements goes along the reshape's axes", async () => {
  const fn = compile((x: Tensor) => x.transpose([0, 2, 1]).reshape([4, 3]).sum({ axes: 0 }));
  const x = tensor([...Array(12).keys()], { shape: [2, 3, 2] });
  // Rows 0 2 4, 1 3 5, 6 8 10, 7 9 11.
  expect(await fn(x).array()).toEqual([14, 22, 30]);
});

test("a group stops growing before it has more operands than a function may have parameters", async () => {
  const add = compile((x: Tensor) =>
    [...Array(1100).keys()].map((at) => x.slice([at], [1])).reduce((total, part) => total.add(part)),
  );
  expect(await add(tensor([...Array(1100).keys()])).item()).toBe((1100 * 1099) / 2);
  const { steps } = lastPlan();
  const parameters = (step: Plan["steps"][number]): number =>
    step.kind === "elementwise" ? step.operands.length + step.outputs.length : 0;
  expect(steps).toHaveLength(4);
  expect(Math.max(...steps.map(parameters))).toBeLessThan(1000);
});

test("plans can be read", () => {
  const w = new Variable(zeros([3, 2]));
  compile((x: Tensor) => relu(matmul(x, w)).sum({ axes: 0 }))(zeros([4, 3]));
  expect(describePlan(lastPlan(), { programs: true })).toMatchInlineSnapshot(`
    "plan: 2 steps, 2 inputs, arena 512 bytes
      matmul (b1[4,3], b0[3,2]) -> b2
      sum 0 of relu[4,2] (b2[4,2]) -> b3
          %0 = input float32 #0
          %1 = relu float32 %0
          -> %1"
  `);
});
