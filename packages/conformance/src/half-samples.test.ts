import { type Backend, reference } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { difference } from "./comparator.js";
import { partsOf, runConformance } from "./run-conformance.js";
import { halfSamples } from "./samples/half.js";

const values = (...data: number[]) => ({ data, shape: [data.length], dtype: "float16" as const });

describe("samples of float16", () => {
  it("run in every part and mode where the backend has it", async () => {
    const report = await runConformance(() => reference(), { samples: halfSamples });
    expect(report).toMatchObject({ samples: halfSamples.length, failures: [], skipped: [] });
    expect(report.checks).toBe(halfSamples.flatMap(partsOf).length * 3);
  });

  it("neither run nor count as skipped where it does not", async () => {
    const without = (): Backend => ({ ...reference(), dtypes: ["float32", "int32", "bool"] });
    const report = await runConformance(without, { samples: halfSamples });
    expect(report).toMatchObject({ samples: 0, checks: 0, failures: [], skipped: [], unusedSkips: [] });
  });

  it("tell a backend whose results are cut off instead of rounded", async () => {
    const cut = (): Backend => {
      const inner = reference({ dtype: "float64" });
      const name = "cut";
      // Doubles cut to the two bits less than halves have.
      const read = (slot: Parameters<Backend["readSync"]>[0]) =>
        slot.dtype === "float16"
          ? (inner.readSync(slot) as Float64Array).map((x) => {
              const step = 2 ** (Math.max(Math.floor(Math.log2(Math.abs(x))), -14) - 8);
              return Number.isFinite(x) ? Math.trunc(x / step) * step : x;
            })
          : inner.readSync(slot);
      return { ...inner, name, readSync: read, read: async (slot) => read(slot) };
    };
    const { failures } = await runConformance(cut, { samples: halfSamples });
    const ops = new Set(failures.map(({ op }) => op));
    for (const op of ["add", "multiply", "sum", "matmul", "conv2d", "cast"]) expect(ops).toContain(op);
  });

  it("are compared in units of half precision", () => {
    expect(difference(values(1 + 2 ** -10), values(1), { halfUlp: 1 })).toBeUndefined();
    expect(difference(values(1 + 2 ** -9), values(1), { halfUlp: 1 })).toMatch(/got 1.00195/);
    expect(difference(values(2 ** -23), values(0), { halfUlp: 1 })).toMatch(/expected 0/);
    expect(difference(values(2 ** -24), values(0), { halfUlp: 1 })).toBeUndefined();
    expect(difference(values(Number.POSITIVE_INFINITY), values(65504), { halfUlp: 9 })).toMatch(/Infinity/);
  });
});
