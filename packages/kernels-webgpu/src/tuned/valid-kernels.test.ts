import type { Plan, RoutineStep } from "@hekla/tensor";
import { describe, expect, test } from "vitest";
import { validatingDevice } from "../testing/forced-device.js";
import { convolutionCase, matmulCase } from "../testing/shape-cases.js";
import { planOf } from "../testing/single-routine.js";
import { withBiasAndRelu } from "../testing/with-epilogue.js";
import { stepKernels } from "../wgsl/step-kernels.js";
import { planOf as planOfProduct } from "./measure.js";

const device = await validatingDevice();

/** What is wrong with the kernels of a plan, by every way to compute it; how many ways there are. */
async function faultsOf(plan: Plan, software: boolean): Promise<{ faults: string[]; ways: number }> {
  const gpu = device!.device;
  const faults: string[] = [];
  let ways = 1;
  for (let at = 0; at < ways; at++) {
    const choices = {
      choose: (_: string, names: readonly string[]): number => {
        ways = names.length;
        return at;
      },
    };
    const traits = { ...device!.traits, software, choices };
    for (const step of plan.steps) {
      for (const { code, label, bindings } of stepKernels(plan, step, "test", traits).dispatches) {
        gpu.pushErrorScope("validation");
        device!.pipeline(code, label, bindings.length, false);
        const error = await gpu.popErrorScope();
        if (error) faults.push(`${error.message}\n${code}`);
      }
    }
  }
  return { faults, ways };
}

async function expectValid(plans: Iterable<Plan>, software: boolean, least: number): Promise<void> {
  for (const plan of plans) {
    const { faults, ways } = await faultsOf(plan, software);
    expect(faults).toEqual([]);
    expect(ways).toBeGreaterThanOrEqual(least);
  }
}

const flags = [false, true];

function* products(): Iterable<Plan> {
  for (const [m, n, k] of [
    [128, 256, 64],
    [65, 3, 1025],
    [1, 64, 63],
  ] as const)
    for (const transposeA of flags)
      for (const transposeB of flags) {
        const given = matmulCase([m, n, k], { transposeA, transposeB, batch: 2 });
        yield withBiasAndRelu(planOf(given, 4));
        if (transposeA) yield planOf(given, 3);
      }
}

function* convolutions(software: boolean): Iterable<Plan> {
  for (const name of ["conv2d", "conv2dInputGradient", "conv2dKernelGradient"] as const)
    for (const format of ["channelsFirst", "channelsLast"] as const)
      for (const channels of [3, 4])
        for (const stride of software ? [1] : [1, 2]) {
          const given = convolutionCase(name, format, [2, channels, 8, 8, 3, stride]);
          yield channels === 4 ? withBiasAndRelu(planOf(given, 4)) : planOf(given);
        }
}

describe.skipIf(!device)("without a driver, all kernels are valid", () => {
  test("products on a GPU", () => expectValid(products(), false, 8));
  test("products on a processor", () => expectValid(products(), true, 3));
  test("convolutions on a GPU", () => expectValid(convolutions(false), false, 8));
  test("convolutions on a processor", () => expectValid(convolutions(true), true, 3));
});

test.skipIf(!device?.traits.f16)("halves are read in groups of four as well", async () => {
  for (const software of [true, false])
    for (const transposeB of [true, false]) {
      const plan = planOfProduct(matmulCase([64, 60, 1024], { transposeB }).routine);
      const halves = plan.buffers.map((buffer) => ({ ...buffer, dtype: "float16" as const }));
      const steps = plan.steps.map((step) =>
        step.kind === "routine" ? { ...step, routine: { ...step.routine, dtype: "float16" as const } } : step,
      );
      const traits = { ...device!.traits, software };
      const [first] = stepKernels(plan, steps[0]!, "test", traits).dispatches;
      const [half] = stepKernels({ ...plan, buffers: halves }, steps[0]!, "test", traits).dispatches;
      expect(first!.code).toContain("array<vec4<f32>>");
      expect(half!.code).toContain("array<vec4<f16>>");
      const { faults } = await faultsOf({ ...plan, buffers: halves, steps }, software);
      expect(faults).toEqual([]);
    }
});

test("small devices get tiles that fit them", async () => {
  const [step] = planOf(matmulCase([256, 256, 256])).steps as [RoutineStep]; // cast: a plan of one routine
  const traits = { tuned: true, software: false, subgroups: false, f16: false, maxGroups: 65535 };
  const limits = { maxBindings: 8, maxBindingBytes: 1 << 27, workgroupBytes: 16384, maxThreads: 128 };
  const plan = planOf(matmulCase([256, 256, 256]));
  const { dispatches } = stepKernels(plan, step, "test", { ...traits, ...limits });
  for (const { code } of dispatches) {
    const threads = Number(/@workgroup_size\((\d+)\)/.exec(code)![1]);
    const fours = [...code.matchAll(/var<workgroup> \w+: array<vec4f, (\d+)>/g)].map(([, count]) =>
      Number(count),
    );
    expect(threads).toBeLessThanOrEqual(128);
    expect(16 * fours.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(16384);
  }
});
