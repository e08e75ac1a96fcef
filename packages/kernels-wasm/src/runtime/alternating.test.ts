import {
  compile,
  matmul,
  mean,
  relu,
  type Tensor,
  tensor,
  useBackend,
  Variable,
  valueAndGrad,
} from "@hekla/tensor";
import { expect, test, vi } from "vitest";
import type { WasmBackend } from "../backend.js";
import { wasm } from "../index.js";

test.each([1, 2])(
  "two functions in turn, one batch small and one large, are prepared once and need no more memory: %i threads",
  async (threads) => {
    const backend = (await useBackend(wasm({ threads }))) as WasmBackend;
    const weight = (rows: number, columns: number): Variable => {
      const data = Float32Array.from({ length: rows * columns }, (_, at) => Math.sin(at * 0.7) / rows);
      return new Variable(tensor({ data, shape: [rows, columns] }));
    };
    const weights = [weight(4, 64), weight(64, 64), weight(64, 2)];
    const values = (x: Tensor): Tensor => {
      const hidden = weights.slice(0, -1).reduce((h, w) => relu(matmul(h, w)), x);
      return matmul(hidden, weights.at(-1)!);
    };
    const act = compile(values);
    const train = compile((x: Tensor) => {
      const { value, grads } = valueAndGrad(() => mean(values(x).square()), weights)();
      for (const w of weights) w.assign(w.read().subtract(grads.get(w)!.multiply(0.01)));
      return value;
    });
    const one = { data: Float32Array.of(0.1, -0.2, 0.3, 0.4), shape: [1, 4] };
    const many = { data: Float32Array.from({ length: 128 }, (_, at) => Math.cos(at)), shape: [32, 4] };
    const round = (): readonly number[] => [...act(one).dataSync(), ...train(many).dataSync()];
    const prepare = vi.spyOn(backend, "prepare");
    let last = round();
    expect(prepare).toHaveBeenCalledTimes(2);
    const [held, bytes] = [backend.memory(), backend.memoryBytes];
    for (let turn = 0; turn < 2_000; turn++) {
      const next = round();
      expect(next[2]).toBeLessThanOrEqual(last[2]!);
      last = next;
    }
    expect(prepare).toHaveBeenCalledTimes(2);
    expect(backend.memory()).toEqual(held);
    expect(backend.memoryBytes).toBe(bytes);
    backend.dispose();
  },
);
