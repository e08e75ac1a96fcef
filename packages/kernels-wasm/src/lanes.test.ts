import {
  compile,
  compileEach,
  conv2d,
  DataError,
  type HostArray,
  matmul,
  mean,
  memory,
  multiply,
  reference,
  relu,
  reshape,
  square,
  subtract,
  sum,
  type Tensor,
  tensor,
  useBackend,
  Variable,
  valueAndGrad,
} from "@hekla/tensor";
import { describe, expect, test } from "vitest";
import type { WasmBackend } from "./backend.js";
import { wasm } from "./index.js";
import { backendsOfThreads } from "./testing/backends-of-threads.js";

const backends = backendsOfThreads();

const wave = (shape: readonly number[], phase: number): HostArray => ({
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, at) =>
    Math.sin(at * 0.37 + phase),
  ),
  shape,
});

/** Loss and gradients of a small network, for several parts of a batch: with scratch memory, reductions, a captured tensor. */
function network() {
  const filters = new Variable(tensor(wave([4, 1, 3, 3], 1)), { name: "filters" });
  const kernel = new Variable(tensor(wave([4 * 64, 10], 2)), { name: "kernel" });
  const gradients = (x: Tensor, y: Tensor) => {
    const loss = (): Tensor => {
      const seen = relu(conv2d(x, filters, { padding: "same", dataFormat: "channelsFirst" }));
      return mean(square(subtract(matmul(reshape(seen, [x.shape[0]!, -1]), kernel), y)));
    };
    const { value, grads } = valueAndGrad(loss, [filters, kernel])();
    return { value, filters: grads.get(filters)!, kernel: grads.get(kernel)! };
  };
  const part = (at: number): [HostArray, HostArray] => [wave([6, 1, 8, 8], at), wave([6, 10], at + 0.5)];
  return { gradients, part, dispose: () => [filters, kernel].map((weight) => weight.dispose()) };
}

type Results = { readonly value: Tensor; readonly filters: Tensor; readonly kernel: Tensor }[];
const numbers = (results: Results): number[][] =>
  results.map(({ value, filters, kernel }) => [value, filters, kernel].flatMap((one) => [...one.dataSync()]));

describe("compileEach", () => {
  test("gives the bits of one call after the other, on any number of threads, for any number of calls", async () => {
    const seen: number[][][] = [];
    for (const backend of backends) {
      await useBackend(backend);
      const { gradients, part, dispose } = network();
      const one = compile(gradients);
      const each = compileEach(gradients);
      for (const calls of [1, 2, 5, 3, 5]) {
        const parts = Array.from({ length: calls }, (_, at) => part(at + calls));
        const expected = numbers(parts.map((args) => one(...args)));
        expect(numbers(each(parts))).toEqual(expected);
        seen.push(expected);
      }
      expect(each([])).toEqual([]);
      one.dispose();
      each.dispose();
      dispose();
    }
    expect(seen[0]!.flat().every(Number.isFinite)).toBe(true);
    expect(new Set(seen[4]!.map(String)).size).toBe(5);
    for (let at = 5; at < seen.length; at++) expect(seen[at]).toEqual(seen[at % 5]);
  });

  test("sees Variables as they are at each call, and plans of other functions in between", async () => {
    for (const backend of backends) {
      await useBackend(backend);
      const weight = new Variable(tensor(wave([300], 0)), { name: "weight" });
      const dots = compileEach((x: Tensor) => sum(multiply(x, weight)));
      const grow = compile(() => weight.assign(multiply(weight, 2)));
      const calls: [HostArray][] = [0, 1, 2].map((at) => [wave([300], at)]);
      const first = dots(calls).map((value) => value.dataSync()[0]!);
      grow();
      expect(dots(calls).map((value) => value.dataSync()[0]!)).toEqual(first.map((value) => 2 * value));
      dots.dispose();
      grow.dispose();
      weight.dispose();
    }
  });

  test("workers that start between runs join, and many runs neither hang nor differ nor take memory", async () => {
    const late = (await wasm({ threads: 3 })) as WasmBackend;
    await useBackend(late);
    const { gradients, part, dispose } = network();
    const each = compileEach(gradients);
    const parts = [0, 1, 2, 3].map(part);
    const first = numbers(each(parts));
    await late.allThreads();
    const held = memory();
    for (let run = 0; run < 200; run++) expect(numbers(each(parts))).toEqual(first);
    expect(memory()).toEqual(held);
    each.dispose();
    dispose();
    late.dispose();
  });

  test("works where a backend has nothing of its own for it", async () => {
    await useBackend(reference());
    const squares = compileEach((x: Tensor, times: number) => sum(multiply(square(x), times)));
    const values = squares([
      [{ data: Float32Array.of(1, 2), shape: [2] }, 3],
      [{ data: Float32Array.of(3, 4), shape: [2] }, 3],
    ]);
    expect(values.map((value) => value.dataSync()[0])).toEqual([15, 75]);
  });

  test("refuses functions that assign, and calls that differ", async () => {
    await useBackend(backends[1]!);
    const total = new Variable(tensor(wave([2], 0)), { name: "total" });
    const adds = compileEach((x: Tensor) => total.assign(total.read().add(x)));
    expect(() => adds([[wave([2], 0)], [wave([2], 1)]])).toThrow(
      "compileEach: calls would depend on their order, got a function that assigns total, " +
        "expected one that only reads Variables",
    );
    const sums = compileEach((x: Tensor) => sum(x));
    const differ = () => sums([[wave([2], 0)], [wave([3], 1)]]);
    expect(differ).toThrow(DataError);
    expect(differ).toThrow(
      "compileEach: call 1 differs from call 0, got [float32[3],], expected [float32[2],]",
    );
  });
});
