import { describe, expect, it } from "vitest";
import { WORK_SETTINGS, workCases } from "./cases.js";
import { gemmFlops } from "./flops.js";
import { DENSE_PRODUCT, type WorkName } from "./works.js";

const request = { work: "gemm", batch: 1, sizes: [128, 1024] } as const;

describe("the cases of a work", () => {
  it("are its products, the dense layer's among them where nothing else is said", () => {
    const products = workCases(request);
    expect(products.map(({ name }) => name)).toEqual(["gemm 128", "gemm 1024", "gemm 128x2450x500"]);
    expect(products.map(({ flops }) => flops)).toEqual([2 * 128 ** 3, 2 ** 31, gemmFlops(DENSE_PRODUCT)]);
    expect(workCases({ ...request, shapes: [] })).toHaveLength(2);
  });

  it("repeat a short step, so that a median stands on more than an instant", () => {
    const [short, long] = workCases(request);
    expect(short!.repeats).toBe(20);
    expect(long!.repeats).toBe(1);
    const [many, one] = workCases({ work: "cnn-inference", batch: 128, sizes: [] });
    expect([many!.name, one!.name]).toEqual(["cnn-inference 128", "cnn-inference 1"]);
    expect(many!.repeats).toBe(1);
    expect(one!.repeats).toBe(20);
    expect(many!.flops).toBe(128 * one!.flops);
    expect(workCases({ work: "cnn-inference", batch: 1, sizes: [] })).toHaveLength(1);
  });

  it("are one for every work that trains, with the samples that were asked for", () => {
    for (const work of Object.keys(WORK_SETTINGS) as WorkName[]) {
      if (work === "gemm" || work === "cnn-inference") continue;
      const [task, ...others] = workCases({ work, batch: 7, sizes: [] });
      expect(others).toEqual([]);
      expect(task).toMatchObject({ name: work, kind: "training", samples: 7, repeats: 1 });
    }
  });
});
