import { expect, test } from "vitest";
import {
  type Backend,
  type Compiled,
  compile,
  conv2d,
  gather,
  lstm,
  matmul,
  maxPool2d,
  type Plan,
  profiledStep,
  reference,
  relu,
  type Step,
  scatterAdd,
  sum,
  type Tensor,
  tensor,
  useBackend,
  valueAndGrad,
  where,
  zeros,
} from "../index.js";
import { stepCost } from "./step-cost.js";

/** The plan of a function on these arguments. */
async function planOf<A extends readonly Tensor[]>(
  fn: (...args: A) => Tensor | Tensor[],
  ...args: A
): Promise<Plan> {
  const plans: Plan[] = [];
  const inner = reference();
  const spying: Backend = {
    ...inner,
    prepare: (plan) => {
      plans.push(plan);
      return inner.prepare(plan);
    },
  };
  await useBackend(spying);
  (compile(fn) as Compiled<A, unknown>)(...(args as never));
  return plans.at(-1)!;
}

/** The one step whose kind has this name. */
function only(plan: Plan, kind: string): Step {
  const steps = plan.steps.filter((step) => profiledStep(plan, step).kind === kind);
  expect(steps).toHaveLength(1);
  return steps[0]!;
}
const costs = async <A extends readonly Tensor[]>(
  kind: string,
  fn: (...args: A) => Tensor | Tensor[],
  ...args: A
) => {
  const plan = await planOf(fn, ...args);
  return stepCost(plan, only(plan, kind));
};

test("a matmul: two operations a term, with bias and activation those of the result", async () => {
  const [a, b, bias] = [zeros([3, 5]), zeros([5, 7]), zeros([7])];
  expect(await costs("matmul", matmul, a, b)).toEqual({ flops: 2 * 3 * 5 * 7, bytes: 4 * (15 + 35 + 21) });
  const layer = (x: Tensor, w: Tensor, shift: Tensor) => relu(matmul(x, w).add(shift));
  const fused = await costs("matmul", layer, a, b, bias);
  expect(fused).toEqual({ flops: 2 * 105 + 2 * 21, bytes: 4 * (15 + 35 + 7 + 21) });
});

test("a convolution and both its gradients: two operations for each output, filter, channel and tap", async () => {
  const [x, kernel] = [zeros([2, 9, 8, 3]), zeros([5, 3, 3, 2])];
  const flops = 2 * 2 * (7 * 7) * 5 * 3 * (3 * 2);
  const forward = (image: Tensor, filters: Tensor) => conv2d(image, filters);
  const bytes = 4 * (2 * 9 * 8 * 3 + 5 * 3 * 3 * 2 + 2 * 7 * 7 * 5);
  expect(await costs("conv2d", forward, x, kernel)).toEqual({ flops, bytes });
  const backward = (image: Tensor, filters: Tensor, from: Tensor): Tensor[] =>
    valueAndGrad((a: Tensor, b: Tensor) => sum(conv2d(a, b).multiply(from)), [0, 1])(image, filters).grads;
  const from = zeros([2, 7, 7, 5]);
  expect((await costs("conv2dInputGradient", backward, x, kernel, from)).flops).toBe(flops);
  expect((await costs("conv2dKernelGradient", backward, x, kernel, from)).flops).toBe(flops);
});

test("pooling: an operation for each tap of each window", async () => {
  const pool = (x: Tensor) => maxPool2d(x);
  const cost = await costs("maxPool2d", pool, zeros([2, 6, 4, 3]));
  expect(cost).toEqual({ flops: 2 * 3 * (3 * 2) * 4, bytes: 4 * (144 + 36) });
});

test("elementwise: an operation for each float function; broadcast operands are read once, equal ones too", async () => {
  const body = (x: Tensor, row: Tensor) => x.multiply(row).add(x).exp();
  const cost = await costs("elementwise", body, zeros([6, 4]), zeros([4]));
  expect(cost).toEqual({ flops: 24 * 3, bytes: 4 * (24 + 4 + 24) });
  const moved = (x: Tensor, y: Tensor) => where(x.greater(0), x, y);
  expect((await costs("elementwise", moved, zeros([5]), zeros([5]))).flops).toBe(0);
});

test("a reduction: its program, and an addition for each element but the first of each sum", async () => {
  const squares = (x: Tensor) => x.multiply(x).sum({ axes: 1 });
  const cost = await costs("reduce", squares, zeros([3, 10]));
  expect(cost).toEqual({ flops: 30 + 3 * 9, bytes: 4 * (30 + 3) });
  expect((await costs("reduce", (x: Tensor) => sum(x), zeros([0]))).flops).toBe(0);
});

test("a gather reads the rows it takes, not the table; a scatter adds them", async () => {
  const indices = tensor([1, 2, 0], { dtype: "int32" });
  const take = (table: Tensor, at: Tensor) => gather(table, at);
  const cost = await costs("gather", take, zeros([1000, 8]), indices);
  expect(cost).toEqual({ flops: 0, bytes: 4 * (3 * 8 + 3 + 3 * 8) });
  const put = (at: Tensor, rows: Tensor) => scatterAdd(at, rows, 10);
  const added = await costs("scatterAdd", put, indices, zeros([3, 8]));
  expect(added).toEqual({ flops: 24, bytes: 4 * (3 + 24 + 80) });
});

test("a recurrence: the products of all steps, and the cell's equations, forward and backward", async () => {
  const [batch, steps, units] = [2, 5, 3];
  const cells = batch * steps * units;
  const [projected, kernel] = [zeros([batch, steps, 4 * units]), zeros([units, 4 * units])];
  const run = (x: Tensor, w: Tensor) => lstm(x, w).outputs;
  expect((await costs("lstmSequence", run, projected, kernel)).flops).toBe(cells * (2 * 4 * units + 9));
  const back = (x: Tensor, w: Tensor, from: Tensor): Tensor[] =>
    valueAndGrad((a: Tensor, b: Tensor) => sum(lstm(a, b).outputs.multiply(from)), [0, 1])(x, w).grads;
  const from = zeros([batch, steps, units]);
  const { flops } = await costs("lstmSequenceGradient", back, projected, kernel, from);
  expect(flops).toBe(cells * (2 * 4 * units + 22));
});

test("what a profile says of a step", async () => {
  const plan = await planOf((x: Tensor, w: Tensor) => relu(matmul(x, w)), zeros([3, 5]), zeros([5, 7]));
  const step = profiledStep(plan, plan.steps[0]!);
  expect(step).toEqual({
    name: "matmul then relu",
    label: expect.any(String),
    kind: "matmul",
    shape: "[3,5] [5,7] -> [3,7]",
    bytes: 4 * (15 + 35 + 21),
    flops: 210 + 21,
  });
});
