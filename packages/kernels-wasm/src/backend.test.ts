import {
  cast,
  compile,
  DeviceError,
  DtypeError,
  grad,
  matmul,
  multiply,
  reference,
  stack,
  sum,
  type Tensor,
  tanh,
  tensor,
  useBackend,
  Variable,
} from "@hekla/tensor";
import { describe, expect, test } from "vitest";
import type { WasmBackend } from "./backend.js";
import { wasm } from "./index.js";
import { backendsOfThreads, threadCounts } from "./testing/backends-of-threads.js";

const backends = backendsOfThreads();

const ramp = (size: number): Float32Array =>
  Float32Array.from({ length: size }, (_, at) => Math.sin(at * 0.37));

/**
 * Some steps of training with large and small kernels, reductions of every layout and Variables that are
 * assigned.
 */
async function train(backend: WasmBackend, steps: number): Promise<number[]> {
  await useBackend(backend);
  const weight = new Variable(tensor(ramp(300 * 70), { shape: [300, 70] }));
  const input = ramp(200 * 300);
  const step = compile((x: ReturnType<typeof tensor>) => {
    const hidden = tanh(matmul(x, weight));
    const columns = sum(hidden, { axes: 0 });
    const loss = sum(hidden.multiply(hidden));
    weight.assign(multiply(weight, 0.99).add(columns.multiply(1e-4)));
    return loss.add(sum(sum(hidden, { axes: 1 })));
  });
  const losses: number[] = [];
  for (let k = 0; k < steps; k++) losses.push(await step(tensor(input, { shape: [200, 300] })).item());
  losses.push(...(await weight.data()));
  step.dispose();
  weight.dispose();
  return losses;
}

describe("threads", () => {
  test("1, 2, 3 and 4 threads give the same bits", async () => {
    const results: number[][] = [];
    for (const backend of backends) results.push(await train(backend, 5));
    expect(backends.map(({ threads }) => threads)).toEqual(threadCounts);
    expect(results[0]!.every(Number.isFinite)).toBe(true);
    for (const result of results) expect(result).toEqual(results[0]);
  });

  test("workers that start between runs get the plans so far, and join", async () => {
    const late = (await wasm({ threads: 3 })) as WasmBackend;
    await useBackend(late);
    const square = compile((x: Tensor) => sum(multiply(x, x)));
    const x = tensor(ramp(200_000));
    const alone = await square(x).item();
    await late.allThreads();
    expect(await square(x).item()).toBe(alone);
    expect(await train(late, 5)).toEqual(await train(backends[0]!, 5));
    late.dispose();
  });

  test("many plan runs in a row neither hang nor differ", async () => {
    const [alone, two] = backends as [WasmBackend, WasmBackend];
    expect(await train(two, 300)).toEqual(await train(alone, 300));
  });
});

describe("memory", () => {
  test("live bytes stay constant over many runs", async () => {
    for (const backend of [backends[0]!, backends[1]!]) {
      await train(backend, 3);
      const before = { ...backend.memory(), bytes: backend.memoryBytes };
      for (let round = 0; round < 5; round++) await train(backend, 40);
      expect({ ...backend.memory(), bytes: backend.memoryBytes }).toEqual(before);
    }
  });

  test("growth keeps slots and plans alive", async () => {
    for (const backend of [backends[0]!, backends[1]!]) {
      const kept = backend.allocate(5, "float32");
      backend.write(kept, Float32Array.of(1, 2, 3, 4, 5));
      const large = backend.allocate(40 << 20, "float32");
      expect(backend.readSync(kept)).toEqual(Float32Array.of(1, 2, 3, 4, 5));
      await useBackend(backend);
      expect(await sum(tensor(new Float32Array(3_000_000).fill(0.5))).item()).toBe(1_500_000);
      backend.free(large);
      backend.free(kept);
    }
  });

  test("more tensors than a function may have parameters are joined and added", async () => {
    await useBackend(backends[1]!);
    const x = tensor(ramp(1100));
    const parts = (all: Tensor): Tensor[] => [...Array(1100).keys()].map((at) => all.slice([at], [1]));
    const joined = await compile((all: Tensor) => stack(parts(all), { axis: 1 }))(x).data();
    expect([...joined]).toEqual([...ramp(1100)]);
    const total = await compile((all: Tensor) => parts(all).reduce((a, b) => a.add(b)))(x).item();
    expect(total).toBeCloseTo(await x.sum().item(), 3);
    const square = (all: Tensor): Tensor => stack(parts(all)).square().sum();
    expect([...(await grad(square)(x).data())]).toEqual([...(await x.multiply(2).data())]);
  });

  test("freed memory is given out again, zeroed", () => {
    const backend = backends[0]!;
    const before = backend.memory();
    const [first, second] = [backend.allocate(1000, "float32"), backend.allocate(1000, "int32")];
    backend.write(first, new Float32Array(1000).fill(7));
    backend.free(first);
    const bytes = backend.memoryBytes;
    const again = backend.allocate(1000, "float32");
    expect(backend.readSync(again)).toEqual(new Float32Array(1000));
    expect(backend.memoryBytes).toBe(bytes);
    backend.free(again);
    backend.free(again);
    backend.free(second);
    expect(backend.memory()).toEqual(before);
  });

  test("what is read is a copy", async () => {
    const backend = backends[0]!;
    const slot = backend.upload(Float32Array.of(1, 2), "float32");
    (await backend.read(slot))[0] = 9;
    expect(backend.readSync(slot)).toEqual(Float32Array.of(1, 2));
  });
});

describe("errors", () => {
  test("float64 points to the reference backend", () => {
    const backend = backends[0]!;
    expect(() => backend.allocate(1, "float64")).toThrow(DtypeError);
    expect(() => backend.upload(new Float64Array(1), "float64")).toThrow(/use the reference backend/);
  });

  test("float16 is refused, also where it comes from another backend", async () => {
    const backend = backends[0]!;
    const message = "wasm: got float16, expected float32, int32 or bool";
    expect(() => backend.allocate(1, "float16")).toThrow(new DtypeError(message));
    expect(() => backend.upload(new Uint16Array(1), "float16")).toThrow(new DtypeError(message));
    await useBackend(reference());
    const half = tensor([1], { dtype: "float16" });
    await useBackend(backend);
    expect(() => half.add(1)).toThrow(/^wasm: got float16/);
    expect(() => cast(half, "float32")).toThrow(/got float16/);
    await useBackend(reference());
  });

  test("foreign and freed slots, wrong sizes, wrong options", async () => {
    const backend = backends[0]!;
    const slot = backend.allocate(2, "float32");
    expect(() => backend.write(slot, new Float32Array(3))).toThrow(/got 3 values, expected 2/);
    backend.free(slot);
    expect(() => backend.readSync(slot)).toThrow(DeviceError);
    expect(() => backend.readSync({ size: 1, dtype: "float32" })).toThrow(/another backend/);
    await expect(wasm({ threads: 0 })).rejects.toThrow(/threads is no count, got 0/);
  });

  test("a disposed backend says so", async () => {
    const backend = (await wasm({ threads: 2 })) as WasmBackend;
    await train(backend, 1);
    backend.dispose();
    await expect(train(backend, 1)).rejects.toThrow(DeviceError);
  });
});
