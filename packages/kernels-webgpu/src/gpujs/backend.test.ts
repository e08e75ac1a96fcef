import {
  add,
  argMax,
  compile,
  type Dtype,
  memory,
  mod,
  multiply,
  reference,
  scope,
  sum,
  type Tensor,
  tensor,
  useBackend,
  Variable,
} from "@hekla/tensor";
import { afterEach, describe, expect, it } from "vitest";
import { GpuJsBackend } from "./backend.js";
import { loadGpuLibrary } from "./device/gpu-library.js";
import { hostDevice } from "./device/host-device.js";
import { type GpuJsMode, gpujs } from "./index.js";

afterEach(async () => {
  await useBackend(reference());
});

const modes = ["cpu", "webasm"] as const;

describe("gpujs", () => {
  it("takes WebAssembly where there is no WebGL", async () => {
    const backend = await useBackend(gpujs());
    expect(await add(tensor([1, 2]), tensor([3, 4])).data()).toEqual(Float32Array.of(4, 6));
    await backend.dispose();
  });

  it("says what is missing", async () => {
    await expect(gpujs({ mode: "webgl2" })).rejects.toThrow(
      "gpujs: got mode webgl2, expected a browser with WebGL 2 (in Node: webasm or cpu)",
    );
    const unknown = "webgpu" as unknown as GpuJsMode; // cast: for those who write no TypeScript
    await expect(gpujs({ mode: unknown })).rejects.toThrow(
      'gpujs: got mode "webgpu", expected one of webgl2, webasm, cpu',
    );
    const missing = loadGpuLibrary(() => Promise.reject(new Error("Cannot find package 'gpu.js'")));
    await expect(missing).rejects.toThrow(
      "gpujs: could not load the package gpu.js (Cannot find package 'gpu.js'), expected it to be installed",
    );
  });
});

describe.each(modes)("gpujs, %s", (mode) => {
  it("refuses other element types", async () => {
    const backend = await gpujs({ mode });
    for (const dtype of ["float64", "float16"] satisfies Dtype[]) {
      expect(() => backend.allocate(1, dtype)).toThrow(
        `gpujs: got ${dtype}, expected one of float32, int32, bool`,
      );
    }
    await backend.dispose();
  });

  it("keeps all bits of whole numbers", async () => {
    const backend = await gpujs({ mode });
    const whole = Int32Array.of(
      0,
      -1,
      2147483647,
      -2147483648,
      0x7fc00001,
      0x7f800001,
      0xff800001 | 0,
      65535,
    );
    const slot = backend.allocate(whole.length, "int32");
    expect(backend.readSync(slot)).toEqual(new Int32Array(whole.length));
    backend.write(slot, whole);
    const other = backend.allocate(whole.length, "int32");
    backend.copy(other, slot);
    backend.write(slot, new Int32Array(whole.length));
    expect(await backend.read(other)).toEqual(whole);
    await backend.dispose();
  });

  it("holds on to nothing that the caller may change", async () => {
    const backend = await gpujs({ mode });
    const data = Float32Array.of(1, 2);
    const slot = backend.allocate(2, "float32");
    backend.write(slot, data);
    data[0] = 9;
    const read = backend.readSync(slot);
    expect(read).toEqual(Float32Array.of(1, 2));
    read[1] = 9;
    expect(backend.readSync(slot)).toEqual(Float32Array.of(1, 2));
    await backend.dispose();
  });

  it("counts what stays", async () => {
    const backend = await useBackend(gpujs({ mode }));
    const before = memory();
    const [floats, whole] = [
      new Variable(tensor([1, 2, 3])),
      new Variable(tensor([1, 2], { dtype: "int32" })),
    ];
    expect(memory().slots - before.slots).toBe(2);
    // Whole numbers take two floats each.
    expect(memory().persistentBytes - before.persistentBytes).toBe(4 * 3 + 8 * 2);
    const step = compile(() => floats.assign(multiply(floats.read(), 2)));
    step();
    const after = memory();
    for (let i = 0; i < 50; i++) step();
    expect(memory()).toEqual(after);
    expect((await floats.data())[0]).toBe(2 ** 51);
    floats.dispose();
    whole.dispose();
    expect(memory().slots).toBe(before.slots);
    await backend.dispose();
  });

  it("gives kernels back with the plans that they were made for", async () => {
    const device = hostDevice(await loadGpuLibrary(), mode);
    const backend = await useBackend(new GpuJsBackend(device));
    const first = await sum(multiply(tensor([1, 2, 3]), 2)).item();
    expect(first).toBe(12);
    expect(device.kernels).toBeGreaterThan(0);
    await useBackend(reference()); // which forgets all plans
    expect(device.kernels).toBe(0);
    await backend.dispose();
  });

  it("computes steps that read more values than a kernel may", async () => {
    const whole = hostDevice(await loadGpuLibrary(), mode);
    // cast: but for that, it is the same
    const few = Object.create(whole, { mostArguments: { value: 3 } }) as typeof whole;
    const backend = await useBackend(new GpuJsBackend(few));
    const floats = Array.from({ length: 11 }, (_, at) => tensor([at, 0.5 * at, -at]));
    const wholes = Array.from({ length: 4 }, (_, at) => tensor([1 << (8 * at)], { dtype: "int32" }));
    const total = (terms: readonly Tensor[]): Tensor => terms.reduce((a, b) => add(a, b));
    const result = scope(() => ({ floats: total([...floats, wholes[1]!]), wholes: total(wholes) }));
    expect(await result.floats.data()).toEqual(Float32Array.of(55 + 256, 27.5 + 256, -55 + 256));
    expect(await result.wholes.data()).toEqual(Int32Array.of(0x01010101));
    await backend.dispose();
  });

  it("divides whole numbers exactly", async () => {
    const backend = await useBackend(gpujs({ mode }));
    let state = 12345;
    const next = (): number => {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      return state >> (state & 15);
    };
    const [a, b] = [Int32Array.from({ length: 4000 }, next), Int32Array.from({ length: 4000 }, next)];
    const rests = a.map((dividend, at) => {
      const divisor = b[at]!;
      const rest = divisor === 0 ? 0 : dividend % divisor;
      return rest !== 0 && rest < 0 !== divisor < 0 ? rest + divisor : rest;
    });
    expect(await mod(tensor(a), tensor(b)).data()).toEqual(rests);
    await backend.dispose();
  });

  it("finds its way in more elements than a float counts", async () => {
    if (mode === "cpu") return; // its numbers are double
    const backend = await useBackend(gpujs({ mode }));
    const [rows, columns] = [3, 5_600_003];
    const x = new Float32Array(rows * columns);
    x[2 * columns + 5_600_001] = 1;
    x[columns + 5_599_999] = 2;
    const places = await argMax(tensor(x, { shape: [rows, columns] }), { axis: 1 }).data();
    expect(places).toEqual(Int32Array.of(0, 5_599_999, 5_600_001));
    await backend.dispose();
  });
});
