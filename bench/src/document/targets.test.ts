import { describe, expect, it } from "vitest";
import { bundle, caseResult, comparison, scale, startup } from "../testing/results.js";
import { Figures } from "./figures.js";
import { judge, TARGETS, targetTable } from "./targets.js";

const outcomeOf = (demand: string, figures: Figures) =>
  judge(TARGETS, figures).find(({ target }) => target.demand === demand)!;

describe("targets", () => {
  it("are not measured without results", () => {
    const outcomes = judge(TARGETS, new Figures([]));
    expect(new Set(outcomes.map(({ verdict }) => verdict))).toEqual(new Set(["not measured"]));
    expect(targetTable(outcomes).lines.every(([, , measured]) => measured === "-")).toBe(true);
  });

  it("are met at their bound, and beyond it missed by a part of it", () => {
    const demand = "CNN training, time against PyTorch CPU";
    const against = (pytorch: number) =>
      outcomeOf(
        demand,
        new Figures([
          comparison("cnn", [caseResult("hekla", "cnn", 200), caseResult("pytorch", "cnn", pytorch)]),
        ]),
      );
    expect(against(100)).toMatchObject({ value: 2, verdict: "met", shortfall: 0 });
    expect(against(400)).toMatchObject({ value: 0.5, verdict: "met" });
    expect(against(50)).toMatchObject({ value: 4, verdict: "not met", shortfall: 1 });
  });

  it("tell two ways to supply missing kernels apart", () => {
    const cases = [
      caseResult("hekla", "cnn", 100),
      caseResult("tensorflow-composed", "cnn", 3000),
      caseResult("tensorflow-tuned", "cnn", 900),
    ];
    const figures = new Figures([comparison("cnn", cases)]);
    const demand = "CNN training, faster than TensorFlow.js wasm with its";
    const composed = outcomeOf(`${demand} missing kernels composed`, figures);
    expect(composed).toMatchObject({ value: 30, verdict: "met" });
    const replaced = outcomeOf(`${demand} slow kernels replaced as well`, figures);
    expect(replaced).toMatchObject({ value: 9, verdict: "not met" });
    expect(replaced.shortfall).toBeCloseTo(0.1);
  });

  it("hold products against the peak of one thread and against each other", () => {
    const figures = new Figures([
      comparison("gemm", [
        caseResult("hekla", "gemm 512 on device", 12.5, { threads: 2 }),
        caseResult("hekla-one", "gemm 512 on device", 25),
        caseResult("hekla-plain-one", "gemm 512 on device", 25, { detail: "wasm without relaxed SIMD" }),
      ]),
    ]);
    const plain = "gemm 512 on device, part of the register-only peak without relaxed SIMD, one thread";
    expect(outcomeOf(plain, figures)).toMatchObject({ value: 1, verdict: "met" });
    expect(outcomeOf("gemm 512 on device, the same with relaxed SIMD", figures)).toMatchObject({
      value: 0.8,
      verdict: "not met",
    });
    expect(outcomeOf("gemm 512 on device, all threads against one, with relaxed SIMD", figures).value).toBe(
      2,
    );
  });

  it("know memory, start-up and size", () => {
    const figures = new Figures([
      comparison("cnn", [caseResult("hekla", "cnn", 100)]),
      startup([500, 300, 390]),
      bundle(66_000),
    ]);
    expect(outcomeOf("CNN training, peak memory above Node itself", figures).value).toBe(100);
    expect(outcomeOf("MLP, process start to the end of the first training step", figures)).toMatchObject({
      value: 390,
      verdict: "met",
    });
    const size = outcomeOf("MLP app after gzip, at its start", figures);
    expect(size.shortfall).toBeCloseTo(0.1);
    const line = targetTable([size]).lines[0];
    expect(line).toEqual([
      "MLP app after gzip, at its start",
      "at most 60.0 KB",
      "66.0 KB",
      "**not met, by 10 %**",
    ]);
  });

  it("call a cost flat or falling unless it rises above a smaller size's", () => {
    const demand = "MLP: cost of a sample against the least of a smaller batch (flat or falling)";
    const cost = (...perSample: number[]) =>
      outcomeOf(
        demand,
        new Figures([
          scale(
            "scale-batch-mlp",
            perSample.map((time, index) => [2 ** index, time * 2 ** index]),
          ),
        ]),
      );
    expect(cost(4, 2, 1)).toMatchObject({ value: 1, verdict: "met" });
    expect(cost(4, 2, 2.1)).toMatchObject({ verdict: "met" });
    expect(cost(4, 1, 3, 2)).toMatchObject({ value: 3, verdict: "not met" });
  });
});
