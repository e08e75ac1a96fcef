import { type Routine, referenceRoutines, type Step } from "@hekla/tensor";
import { expect, test } from "vitest";
import { ModuleBuilder } from "../assembler/index.js";
import { Allocator } from "./allocator.js";
import { control } from "./control.js";
import { type Sharing, sharingOf } from "./sharing.js";
import { ThreadPool } from "./thread-pool.js";
import { controlBytes, WasmMemory } from "./wasm-memory.js";

const matmulStep = (size: number): Step => {
  const flags = { transposeA: false, transposeB: false, batchedA: false, batchedB: false };
  const routine: Routine = {
    name: "matmul",
    dtype: "float32",
    batch: 1,
    m: size,
    n: size,
    k: size,
    ...flags,
  };
  return {
    kind: "routine",
    label: "",
    routine,
    reference: referenceRoutines.matmul,
    operands: [],
    output: 0,
  };
};

const sumStep = (size: number): Step => ({
  kind: "reduce",
  label: "",
  reduction: "sum",
  shape: [size],
  axes: [0],
  operands: [],
  program: { instructions: [{ op: "input", index: 0, dtype: "float32" }], results: [0] },
  outputs: [0],
});

test("work of some 50 us is worth waking a thread for, also as the sum of small steps", () => {
  expect(sharingOf([matmulStep(64)])).toBe("awake");
  expect(sharingOf([matmulStep(128)])).toBe("all");
  expect(sharingOf([matmulStep(64), matmulStep(64), matmulStep(64)])).toBe("all");
  expect(sharingOf([sumStep(10_000)])).toBe("awake");
  expect(sharingOf([sumStep(1_000_000)])).toBe("all");
  expect(sharingOf([])).toBe("awake");
});

test("a thread that sleeps takes part where it is worth waking only", async () => {
  const memory = new WasmMemory(true);
  const allocator = new Allocator(controlBytes, (bytes) => memory.reserve(bytes));
  const features = { relaxedSimd: false, tuned: true };
  const emptyModule = () => new ModuleBuilder(memory.import, features);
  const pool = await ThreadPool.create(2, memory, allocator, features, emptyModule);
  const counter = allocator.allocate(4);
  /** Every thread that walks adds 1 to the counter. */
  const counting = (sharing: Sharing): (() => number) => {
    const module = emptyModule();
    const meet = pool.barrier(module);
    const walk = module.function("walk", ["i32", "i32", "i32"], [], (f) => {
      f.i32(counter).i32(1).memory("i32.atomic.rmw.add", 0).emit("drop");
      f.get(f.params[2]!).call(meet);
    });
    module.export("walk", walk);
    const number = pool.load(module.finish(), sharing);
    return () => {
      memory.ints[counter / 4] = 0;
      pool.rouse(number);
      pool.run(number, 0, 0);
      return memory.ints[counter / 4]!;
    };
  };
  const asleep = async (): Promise<void> => {
    while (Atomics.load(memory.ints, control.epochSleepers / 4) === 0) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  try {
    await pool.complete();
    const [alone, small, large] = [counting("alone"), counting("awake"), counting("all")];
    await asleep();
    expect(alone()).toBe(1);
    expect(small()).toBe(1);
    expect(large()).toBe(2);
    await asleep();
    expect(small()).toBe(1);
  } finally {
    pool.dispose();
  }
});
