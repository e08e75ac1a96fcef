import { beforeEach, expect, test } from "vitest";
import {
  add,
  compile,
  grad,
  memory,
  multiply,
  ones,
  reference,
  relu,
  scope,
  sum,
  type Tensor,
  tensor,
  useBackend,
  Variable,
  valueAndGrad,
  zeros,
} from "./index.js";

beforeEach(async () => {
  await useBackend(reference());
});

test("eager, scoped and compiled runs give the same bits", async () => {
  const x = tensor([0.1, -2.5, 3.75, 1e-3]);
  const fn = (a: Tensor): Tensor => a.exp().multiply(a.sin()).add(a.softmax()).sum();
  const eager = await fn(x).item();
  expect(await scope(() => fn(x)).item()).toBe(eager);
  expect(await compile(fn)(x).item()).toBe(eager);
});

test("gradients of gradients", async () => {
  const cube = (x: Tensor): Tensor => x.multiply(x).multiply(x).sum();
  const x = tensor([1, 2, -3]);
  const first = grad(cube);
  const second = grad((y: Tensor) => first(y).sum());
  const third = grad((y: Tensor) => second(y).sum());
  expect(await first(x).array()).toEqual([3, 12, 27]);
  expect(await second(x).array()).toEqual([6, 12, -18]);
  expect(await third(x).array()).toEqual([6, 6, 6]);
});

test("gradients by arguments, by Variables, and of what does not depend", async () => {
  const w = new Variable(tensor([2, 3]), { name: "w" });
  const unused = new Variable(tensor([1, 1]));
  const loss = (x: Tensor): { value: Tensor; seen: Tensor } => ({
    value: sum(multiply(x, w)),
    seen: x.add(1),
  });
  const result = valueAndGrad(loss, [w, unused])(tensor([5, 7]));
  expect(await result.value.item()).toBe(31);
  expect(await result.seen.array()).toEqual([6, 8]);
  expect(await result.grads.get(w)!.array()).toEqual([5, 7]);
  expect(await result.grads.get(unused)!.array()).toEqual([0, 0]);
  const [a, b] = grad((x: Tensor, y: Tensor) => x.multiply(y).sum(), [0, 1])(tensor([1, 2]), tensor([3, 4]));
  expect([await a!.array(), await b!.array()]).toEqual([
    [3, 4],
    [1, 2],
  ]);
});

test("grad wants a float scalar", () => {
  expect(() => grad((x: Tensor) => x.multiply(2))(tensor([1, 2]))).toThrow(/expected a scalar tensor/);
  expect(() => grad((x: Tensor) => x.cast("int32").sum())(tensor([1, 2]))).toThrow(/int32, expected a float/);
});

test("assignments take effect at the end of a scope, reads inside see them at once", async () => {
  const v = new Variable(tensor([1, 2]));
  const seen = scope(() => {
    v.assign(add(v, 1));
    const after = v.read().multiply(10);
    expect(Array.from(v.dataSync())).toEqual([1, 2]);
    return after;
  });
  expect(await seen.array()).toEqual([20, 30]);
  expect(Array.from(v.dataSync())).toEqual([2, 3]);
});

test("several updates in one recording are those of updates that run one by one", async () => {
  const make = () =>
    [new Variable(tensor([1, -2]), { name: "w" }), new Variable(tensor([0.5, 3]), { name: "u" })] as const;
  const update = (of: Variable, fn: () => Tensor): Tensor => {
    const { value, grads } = valueAndGrad(fn, [of])();
    of.assign(of.read().subtract(grads.get(of)!.multiply(0.1)));
    return value;
  };
  const steps = ([w, u]: ReturnType<typeof make>) => [
    () => update(w, () => w.read().multiply(w).multiply(w).multiply(u).sum()),
    () => update(w, () => w.read().multiply(w).multiply(w).multiply(u).sum()),
    () => update(u, () => u.read().multiply(w).multiply(u).sum()),
  ];
  const [apart, together] = [make(), make()];
  const losses = steps(apart).map((step) => scope(step));
  const seen = scope(() => steps(together).map((step) => step()));
  for (const [at, loss] of losses.entries()) expect(seen[at]!.dataSync()).toEqual(loss.dataSync());
  for (const at of [0, 1] as const) expect(together[at].dataSync()).toEqual(apart[at].dataSync());
});

test("a gradient goes through what is assigned while the function runs", () => {
  const w = new Variable(tensor([2, 3]));
  const grads = scope(() => {
    const fn = (): Tensor => {
      w.assign(w.read().multiply(w));
      return w.read().sum();
    };
    return grad(fn, [w])().get(w)!;
  });
  expect(Array.from(grads.dataSync())).toEqual([4, 6]);
});

test("Variables that swap their values", () => {
  const a = new Variable(tensor([1, 2]));
  const b = new Variable(tensor([3, 4]));
  scope(() => {
    const old = a.read();
    a.assign(b.read());
    b.assign(old);
  });
  expect([...a.dataSync(), ...b.dataSync()]).toEqual([3, 4, 1, 2]);
});

test("an assignment read through a view by its own value is not written in place", () => {
  const v = new Variable(tensor([1, 2, 3]));
  scope(() => v.assign(v.read().flip().add(v)));
  expect(Array.from(v.dataSync())).toEqual([4, 4, 4]);
});

test("one value for two Variables and an output", async () => {
  const a = new Variable(zeros([2]));
  const b = new Variable(zeros([2]));
  const out = scope(() => {
    const value = ones([2]).multiply(3).add(a);
    a.assign(value);
    b.assign(value);
    return value;
  });
  expect(await out.array()).toEqual([3, 3]);
  expect([...a.dataSync(), ...b.dataSync()]).toEqual([3, 3, 3, 3]);
});

test("tensors that a scope does not return are gone", () => {
  let left: Tensor | undefined;
  scope(() => {
    left = tensor([1]).add(1);
    return left.add(1);
  });
  expect(() => left!.dataSync()).toThrow(/scope has ended/);
  expect(() => left!.add(1)).toThrow(/scope has ended/);
});

test("values can be read in the middle of a scope, not while compiling", () => {
  const x = tensor([2]);
  const total = scope(() => {
    const y = x.multiply(3);
    expect(y.dataSync()[0]).toBe(6);
    return y.add(1);
  });
  expect(total.dataSync()[0]).toBe(7);
  expect(() => compile((a: Tensor) => a.add(a.add(1).dataSync()[0]!))(x)).toThrow(/inside compile/);
  expect(() => scope(async () => x)).toThrow(/async/);
});

test("compile records once for each signature", async () => {
  let traces = 0;
  const fn = compile((x: Tensor, factor: number, options: { shift: Tensor }) => {
    traces++;
    return { y: x.multiply(factor).add(options.shift) };
  });
  const shift = tensor(1);
  expect(await fn(tensor([1, 2]), 2, { shift }).y.array()).toEqual([3, 5]);
  expect(await fn(tensor([3, 4]), 2, { shift: tensor(2) }).y.array()).toEqual([8, 10]);
  expect(traces).toBe(1);
  await fn(tensor([3, 4]), 3, { shift });
  await fn(tensor([3, 4, 5]), 3, { shift });
  expect(traces).toBe(3);
  expect(() => fn(tensor([1]), (() => 1) as never, { shift })).toThrow(/argument of type function/);
});

test("compiled functions tell arguments apart by all that is in them", () => {
  let traces = 0;
  const size = compile((given: unknown) => {
    traces++;
    const [x] = given instanceof Map ? [...given.values()] : (given as Tensor[]);
    return sum(ones((x as Tensor).shape)).add(multiply(x as Tensor, 0).sum());
  });
  const [two, three] = [tensor([1, 2]), tensor([1, 2, 3])];
  const sizes = [
    new Map([["x", two]]),
    new Map([["x", three]]),
    new Map([["y", two]]),
    [two],
    [two, 1],
    [two, "1"],
  ];
  expect(sizes.map((given) => size(given).dataSync()[0])).toEqual([2, 3, 2, 2, 2, 2]);
  expect(traces).toBe(6);
  for (const given of sizes) size(given);
  expect(traces).toBe(6);
  expect(() => size({ data: new Float32Array(3), shape: [2, 2] })).toThrow(
    "tensor: got 3 values, expected 4",
  );
  expect(() => size(() => 1)).toThrow("compile: got an argument of type function");
});

test("a compiled function keeps what it captured, sees Variables change and takes host arrays", async () => {
  const captured = tensor([10, 20]);
  const v = new Variable(tensor([1, 1]));
  const fn = compile((x: Tensor) => add(add(x, captured), v));
  const x = { data: Float32Array.of(1, 2), shape: [2] };
  expect(await fn(x).array()).toEqual([12, 23]);
  v.write([5, 5]);
  expect(await fn(x).array()).toEqual([16, 27]);
  const before = memory().persistentBytes;
  fn.dispose();
  expect(memory().persistentBytes).toBe(before - 8);
});

test("arguments returned unchanged, constants and views as outputs", async () => {
  const fn = compile((x: Tensor) => [x, ones([2]), x.transpose(), x.add(0).reshape([4])]);
  const results = fn(
    tensor([
      [1, 2],
      [3, 4],
    ]),
  );
  expect(await Promise.all(results.map((r) => r.array()))).toEqual([
    [
      [1, 2],
      [3, 4],
    ],
    [1, 1],
    [
      [1, 3],
      [2, 4],
    ],
    [1, 2, 3, 4],
  ]);
});

test("Variables made inside a compiled function are made once, outside of it", () => {
  let state: Variable | undefined;
  const fn = compile((x: Tensor) => {
    state ??= new Variable(() => zeros([2]));
    state.assign(add(state, x));
    return relu(x);
  });
  fn(tensor([1, 2]));
  fn(tensor([1, 2]));
  expect(Array.from(state!.dataSync())).toEqual([2, 4]);
  expect(() => scope(() => new Variable(tensor([1]).add(1)))).toThrow(/still being recorded/);
});

test("disposed tensors and Variables say so", () => {
  const x = tensor([1]);
  x.dispose();
  expect(() => x.add(1)).toThrow(/disposed/);
  const v = new Variable(0);
  v.dispose();
  expect(() => v.read()).toThrow(/disposed/);
});

test("a Variable of another backend is refused, a tensor is brought over", async () => {
  const v = new Variable(tensor([1]), { name: "weights" });
  const x = tensor([1]);
  await useBackend(reference({ dtype: "float64" }));
  expect(await x.add(1).array()).toEqual([2]);
  expect(() => v.read().add(1).dataSync()).toThrow(/variable weights: it lives on the reference backend/);
});
