import { expect, test } from "vitest";
import { type FunctionBuilder, ModuleBuilder, moduleText, type ValueType } from "./index.js";

const memoryImport = { initial: 1, maximum: 2, shared: false };
const features = { relaxedSimd: false, tuned: true };

function instantiate(build: (module: ModuleBuilder) => void) {
  const module = new ModuleBuilder(memoryImport, features);
  build(module);
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 2 });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.finish()), { env: { memory } });
  return { memory, exports: instance.exports as Record<string, (...args: number[]) => number> };
}

const single = (params: ValueType[], results: ValueType[], body: (f: FunctionBuilder) => void) =>
  instantiate((module) => module.export("f", module.function("f", params, results, body))).exports.f!;

test("forRange sums a range, with constants, locals and code as bounds", () => {
  const f = single(["i32"], ["i32"], (f) => {
    const [end] = f.params;
    const i = f.local("i32");
    const sum = f.local("i32");
    f.forRange(i, 0, end!, 1, () => f.increment(sum, i));
    f.forRange(i, 0, 10, 3, () => f.increment(sum, i));
    f.forRange(i, 5, 5, 1, () => f.increment(sum, 1000));
    f.forRange(
      i,
      end!,
      () => f.get(end!).i32(2).emit("i32.add"),
      1,
      () => f.increment(sum, 100),
    );
    f.get(sum);
  });
  expect(f(5)).toBe(0 + 1 + 2 + 3 + 4 + (0 + 3 + 6 + 9) + 200);
  expect(f(0)).toBe(18 + 200);
});

test("constants keep their value over the whole range of LEB128", () => {
  for (const value of [0, 1, -1, 63, 64, -64, -65, 127, 128, 8191, 8192, -8193, 2 ** 31 - 1, -(2 ** 31)]) {
    expect(single([], ["i32"], (f) => f.i32(value))()).toBe(value);
    expect(single([], ["i64"], (f) => f.i64(BigInt(value) * 4294967296n))()).toBe(
      BigInt(value) * 4294967296n,
    );
  }
  expect(single([], ["f32"], (f) => f.f32(-0.1))()).toBe(Math.fround(-0.1));
  expect(single([], ["f64"], (f) => f.f64(1e300))()).toBe(1e300);
});

test("branches find their labels, br_table jumps", () => {
  const f = single(["i32"], ["i32"], (f) => {
    const result = f.local("i32");
    f.block((end) => {
      f.block((two) => {
        f.block((one) => {
          f.get(f.params[0]!).brTable([one, two], end);
        });
        f.i32(11).set(result).br(end);
      });
      f.i32(22).set(result);
    });
    f.get(result);
  });
  expect([f(0), f(1), f(2), f(-1)]).toEqual([11, 22, 0, 0]);
});

test("SIMD: loads with offsets, hoisted constants, shuffle, lanes, scratch locals", () => {
  const { memory, exports } = instantiate((module) => {
    const add = module.function("add", ["v128", "v128"], ["v128"], (f) =>
      f.get(...f.params).emit("f32x4.add"),
    );
    const main = module.function("main", ["i32"], [], (f) => {
      const [at] = f.params;
      f.scratch("v128", (x) => {
        f.get(at!).load("v128.load", 16).f32x4(2).emit("f32x4.mul").f32x4(1).call(add).set(x);
        f.get(at!).get(x).get(x).shuffle(3, 2, 5, 4).store("v128.store", 64);
        f.get(at!).get(x).lane("f32x4.extract_lane", 2).store("f32.store", 80);
        f.get(at!).i32x4(1, 2, 3, 4).memoryLane("v128.store32_lane", 3, 84);
      });
    });
    module.export("main", main);
  });
  new Float32Array(memory.buffer, 32, 4).set([1, 2, 3, 4]);
  exports.main!(16);
  expect([...new Float32Array(memory.buffer, 80, 5)]).toEqual([9, 7, 5, 3, 7]);
  expect(new Int32Array(memory.buffer)[25]).toBe(4);
});

test("globals, once and atomics", () => {
  let made = 0;
  const { memory, exports } = instantiate((module) => {
    const counter = module.global("i32", -7, true);
    const body = () =>
      module.function("f", [], ["i32"], (f) => {
        made++;
        f.getGlobal(counter).i32(1).emit("i32.add").setGlobal(counter).getGlobal(counter);
        f.i32(0).i32(5).memory("i32.atomic.rmw.add", 8).emit("drop").fence();
      });
    module.export("f", module.once("key", body));
    module.export("g", module.once("key", body));
  });
  expect(made).toBe(1);
  expect([exports.f!(), exports.g!()]).toEqual([-6, -5]);
  expect(new Int32Array(memory.buffer)[2]).toBe(10);
});

test("the text is that of the instructions, in the order of the bytes", () => {
  const module = new ModuleBuilder({ ...memoryImport, shared: true }, features);
  const index = module.function("main", ["i32"], ["f32"], (f) => {
    const x = f.local("v128");
    f.get(f.params[0]!).load("v128.load", 16).f32x4(1).emit("f32x4.add").set(x);
    f.get(x).lane("f32x4.extract_lane", 3).f32(-0.5).emit("f32.mul");
  });
  module.export("main", index);
  expect(moduleText(module.finish(), module.names)).toBe(
    [
      "(module",
      '  (import "env" "memory" (memory 1 2 shared))',
      "  (func (;main;) (param i32) (result f32)",
      "    (local v128 v128)",
      "    v128.const i8x16 0 0 128 63 0 0 128 63 0 0 128 63 0 0 128 63",
      "    local.set 2",
      "    local.get 0",
      "    v128.load offset=16 align=4",
      "    local.get 2",
      "    f32x4.add",
      "    local.set 1",
      "    local.get 1",
      "    f32x4.extract_lane 3",
      "    f32.const -0.5",
      "    f32.mul",
      "  )",
      '  (export "main" (func 0))',
      ")",
    ].join("\n"),
  );
});

test("the text has blocks, branches, globals, lanes in memory and numbers that are none", () => {
  const module = new ModuleBuilder(memoryImport, features);
  const counter = module.global("i64", -7, true);
  module.function("inner", [], [], (f) => {
    f.block((outer) => {
      f.i32(-1).if(
        () => f.f64(Number.NaN).emit("drop"),
        () => f.br(outer),
      );
      f.loop((head) => f.i32(2 ** 31 - 1).brTable([head, outer], outer));
    });
    f.block(() => f.f32(Number.NEGATIVE_INFINITY), "f32")
      .emit("drop")
      .f32(-0)
      .emit("drop");
    f.getGlobal(counter)
      .i64(-(2n ** 63n))
      .emit("i64.add")
      .setGlobal(counter);
    f.i32(4).i32x4(7).memoryLane("v128.store32_lane", 3, 200).fence();
    f.i32(0).i32(1).i32(2).fillMemory();
    f.i32(0).f32x4(0.1).f32x4(0.1).shuffle(0, 5, 2, 7).store("v128.store");
  });
  const lanes = (bytes: number[]) => [...bytes, ...bytes, ...bytes, ...bytes].join(" ");
  const text = moduleText(module.finish(), module.names).replace(/^ +/gm, "");
  expect(text.split("\n").slice(2, -2)).toEqual([
    "(global (mut i64) (i64.const -7))",
    "(func (;inner;)",
    "(local v128 v128)",
    `v128.const i8x16 ${lanes([7, 0, 0, 0])}`,
    "local.set 0",
    `v128.const i8x16 ${lanes([205, 204, 204, 61])}`,
    "local.set 1",
    ...["block", "i32.const -1", "if", "f64.const nan", "drop", "else", "br 1", "end"],
    ...["loop", "i32.const 2147483647", "br_table 0 1 1", "end", "end"],
    ...["block (result f32)", "f32.const -inf", "end", "drop", "f32.const -0", "drop"],
    ...["global.get 0", "i64.const -9223372036854775808", "i64.add", "global.set 0"],
    ...["i32.const 4", "local.get 0", "v128.store32_lane offset=200 align=4 3", "atomic.fence"],
    ...["i32.const 0", "i32.const 1", "i32.const 2", "memory.fill"],
    ...["i32.const 0", "local.get 1", "local.get 1"],
    "i8x16.shuffle 0 1 2 3 20 21 22 23 8 9 10 11 28 29 30 31",
    "v128.store align=4",
  ]);
});
