import {
  compile,
  compileEach,
  DeviceError,
  matmul,
  mean,
  multiply,
  type Profile,
  relu,
  square,
  subtract,
  type Tensor,
  tensor,
  useBackend,
  Variable,
  valueAndGrad,
} from "@hekla/tensor";
import { afterEach, expect, test } from "vitest";
import type { WasmBackend } from "./backend.js";
import { wasm } from "./index.js";

let backend: WasmBackend;
const use = async (threads: number): Promise<void> => {
  backend = (await useBackend(wasm({ threads }))) as WasmBackend; // cast: what wasm() makes
};
afterEach(() => backend.dispose());

const values = (size: number): Float32Array =>
  Float32Array.from({ length: size }, (_, at) => Math.sin(at * 0.37));

/** A small training; `between` is called before each step. */
async function train(steps: number, between: (step: number) => Promise<unknown> = async () => {}) {
  const first = new Variable(tensor(values(40 * 64), { shape: [40, 64] }));
  const second = new Variable(tensor(values(64 * 3), { shape: [64, 3] }));
  const step = compile((x: Tensor) => {
    const loss = () => mean(square(matmul(relu(matmul(x, first)), second)));
    const { value, grads } = valueAndGrad(loss, [first, second])();
    for (const [weight, gradient] of grads) weight.assign(subtract(weight, multiply(gradient, 0.01)));
    return value;
  });
  const x = tensor(values(256 * 40), { shape: [256, 40] });
  const losses: number[] = [];
  for (let at = 0; at < steps; at++) {
    await between(at);
    losses.push(await step(x).item());
  }
  const weights = [...(await first.data()), ...(await second.data())];
  step.dispose();
  return { losses, weights };
}

test.each([1, 2])(
  "a profile leaves the bits alone, begun and ended between two steps: %d threads",
  async (threads) => {
    await use(threads);
    const plain = await train(6);
    let profile: Profile | undefined;
    let profiler: Awaited<ReturnType<WasmBackend["profile"]>> | undefined;
    const profiled = await train(6, async (step) => {
      if (step === 2) profiler = await backend.profile();
      if (step === 4) profile = await profiler!.stop();
    });
    expect(profiled).toEqual(plain);
    expect(profile!.device).toBe(threads === 1 ? "wasm, 1 thread" : "wasm, 2 threads");
    expect(profile!.runs).toHaveLength(2);
    const [first, second] = profile!.runs;
    expect(first!.steps).toBe(second!.steps);
    expect(profile!.dispatches).toHaveLength(first!.steps * 2);
    // Steps come one after the other, inside of their run.
    let end = first!.start;
    for (const [at, { start, duration }] of profile!.dispatches.entries()) {
      if (at === first!.steps) end = second!.start;
      expect(start).toBeGreaterThanOrEqual(end);
      expect(duration).toBeGreaterThanOrEqual(0);
      end = start + duration;
      const run = at < first!.steps ? first! : second!;
      expect(end).toBeLessThanOrEqual(run.start + run.duration);
    }
    const products = profile!.dispatches.filter(({ step }) => step.kind === "matmul");
    const forward = products.find(({ step }) => step.shape.startsWith("[256,40] [40,64]"));
    expect(forward?.step.flops).toBeGreaterThanOrEqual(2 * 256 * 40 * 64);
    expect(products.length % 2).toBe(0);
  },
);

test("plans for several inputs run one input after the other, with the same bits", async () => {
  await use(2);
  const each = compileEach((x: Tensor) => matmul(x, x).exp().sum({ axes: 1 }));
  const inputs = [1, 2, 3].map((factor) => ({
    data: values(32 * 32).map((value) => value / factor),
    shape: [32, 32],
  }));
  const run = async () => Promise.all(each(inputs.map((x) => [x] as const)).map((result) => result.data()));
  const plain = await run();
  const profiler = await backend.profile();
  expect(await run()).toEqual(plain);
  const { runs, dispatches } = await profiler.stop();
  expect(runs).toHaveLength(3);
  expect(dispatches).toHaveLength(3 * runs[0]!.steps);
  expect(await run()).toEqual(plain);
  each.dispose();
});

test("there is one profile at a time, and what runs after it is in none", async () => {
  await use(1);
  const profiler = await backend.profile();
  await expect(backend.profile()).rejects.toThrow(DeviceError);
  expect((await profiler.stop()).dispatches).toEqual([]);
  const next = await backend.profile();
  const { dispatches } = await profiler.stop(); // a second time: changes nothing
  expect(dispatches).toEqual([]);
  await tensor([1, 2, 3]).exp().data();
  expect((await next.stop()).dispatches.map(({ step }) => step.name)).toEqual(["exp"]);
});
