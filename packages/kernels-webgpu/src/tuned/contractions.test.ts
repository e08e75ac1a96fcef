import { afterAll, describe, expect, test } from "vitest";
import { convolutionCases, matmulCases } from "../testing/contraction-cases.js";
import { forcedBackend } from "../testing/forced-device.js";
import { expectRight, type PlainCase } from "../testing/plain-case.js";
import { convolutionCase, matmulCase } from "../testing/shape-cases.js";
import { expectOn, planOf, runOn } from "../testing/single-routine.js";
import { withBiasAndRelu } from "../testing/with-epilogue.js";

const wanted = { name: "" };
let taken: string[] = [];
const choices = {
  choose: (_: string, names: readonly string[]): number => {
    const at = Math.max(
      0,
      names.findIndex((name) => name.startsWith(wanted.name)),
    );
    taken.push(names[at]!);
    return at;
  },
};
const onProcessor = await forcedBackend({ tuned: true, software: true, choices });
const onGpu = await forcedBackend({ tuned: true, software: false, choices });
afterAll(() => {
  onProcessor?.dispose();
  onGpu?.dispose();
});

/**
 * Runs cases by the kernels of a name, some of them where groups of four are not aligned; gives the names
 * taken.
 */
async function run(
  backend: typeof onGpu,
  name: string,
  aligned: readonly PlainCase[],
  shifted: readonly PlainCase[] = [],
): Promise<string[]> {
  wanted.name = name;
  taken = [];
  await expectOn(backend!, aligned, 4);
  await expectOn(backend!, shifted, 3);
  return taken;
}

describe.skipIf(!onProcessor)("on a device", () => {
  test.each(["register 4x4", "register 4x8", "register 8x4"])("products by %s", async (name) => {
    const flags = [
      {},
      { transposeA: true, batch: 2 },
      { transposeB: true, batch: 2, batchedB: false },
      { transposeA: true, transposeB: true, batch: 3, batchedA: false },
    ];
    const cases = flags.flatMap((flag) => [
      matmulCase([36, 32, 20], flag),
      matmulCase([65, 3, 63], flag),
      matmulCase([1, 64, 1025], flag),
    ]);
    const names = await run(onProcessor, name, cases, cases);
    expect(names.length).toBe(2 * cases.length);
    expect(names.every((each) => each.startsWith(name))).toBe(true);
  });

  test("products of few results are left to the plain kernels", async () => {
    const names = await run(onProcessor, "register", [], [...matmulCases()]);
    expect(names.length).toBeLessThan(20);
  });

  test("convolutions by registers", async () => {
    const names = await run(onProcessor, "register", [], [...convolutionCases()]);
    expect(names.length).toBeGreaterThan(40);
  });

  test.each([
    ["tile 128x128x16", [128, 132, 36]],
    ["tile 128x128x8", [129, 127, 33]],
    ["tile 64x128x16", [65, 128, 64]],
    ["tile 128x64x16", [128, 63, 65]],
    ["tile 64x64x16", [65, 64, 1025]],
    ["tile 32x128x16", [3, 130, 16]],
    ["tile 128x32x16", [130, 31, 15]],
    ["tile 8x128x16", [5, 65, 1025]],
    ["tile 128x8x16", [65, 6, 64]],
  ] as const)("products by %s", async (name, sizes) => {
    const names = await run(onGpu, name, [matmulCase(sizes, { transposeB: sizes[1] % 4 !== 0 })]);
    expect(names.every((each) => each.startsWith(name))).toBe(true);
  });

  test("transposed products by tiles, in batches", async () => {
    const batch = 2;
    await run(onGpu, "tile 32x32", [
      matmulCase([36, 32, 20], { batch, batchedB: false }),
      matmulCase([36, 32, 20], { batch, transposeA: true, transposeB: true }),
      matmulCase([33, 31, 1025], { batch, transposeA: true, batchedA: false }),
    ]);
  });

  test.each(["conv2d", "conv2dInputGradient", "conv2dKernelGradient"] as const)(
    "%s by tiles",
    async (name) => {
      const cases = [
        convolutionCase(name, "channelsFirst", [3, 1, 8, 5, 3, 1]),
        convolutionCase(name, "channelsLast", [2, 4, 8, 8, 3, 1]),
        convolutionCase(name, "channelsLast", [2, 3, 9, 6, 4, 2]),
      ];
      const names = await run(onGpu, "tile 32x32", cases);
      expect(names.length).toBe(cases.length);
    },
  );

  test.each([
    ["register", onProcessor],
    ["tile 32x32", onGpu],
  ] as const)("what is done with a result, by %s", async (name, backend) => {
    wanted.name = name;
    for (const k of [20, 1025]) {
      const given = matmulCase([33, 36, k]);
      const plan = withBiasAndRelu(planOf(given, 4));
      const bias = Float32Array.of(9, 1, -1, 0.5, -0.25);
      const slots = [...given.operands, bias].map((data) => {
        const moved = new Float32Array(data === bias ? 5 : data.length + 4);
        moved.set(data as Float32Array, data === bias ? 0 : 4); // cast: all are of this kind
        return backend!.upload(moved, "float32");
      });
      const executable = backend!.prepare(plan);
      const [raw, out] = await Promise.all(executable.run(slots).map((slot) => backend!.read(slot)));
      executable.dispose();
      expectRight(given, raw!);
      out!.forEach((value, at) => {
        expect(value).toBe(Math.max(0, Math.fround(raw![at]! + bias[1 + (at % 4)]!)));
      });
    }
  });

  test("the same bits from run to run", async () => {
    wanted.name = "tile 32x32";
    const given = matmulCase([31, 33, 1025]);
    expect(await runOn(onGpu!, given)).toEqual(await runOn(onGpu!, given));
  });
});
