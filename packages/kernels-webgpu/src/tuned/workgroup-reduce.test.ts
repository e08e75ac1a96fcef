import { identityView, type Plan, type ReduceStep, type Reduction, sizeOf } from "@hekla/tensor";
import { afterAll, describe, expect, test } from "vitest";
import { forcedBackend } from "../testing/forced-device.js";
import { floats } from "../testing/plain-case.js";
import { stepKernels } from "../wgsl/step-kernels.js";

const backend = await forcedBackend({ tuned: true, software: false });
afterAll(() => backend?.dispose());

/** `reduction` over some axes of a tensor, and, unless it is a search, the same of the squares. */
function planOf(reduction: Reduction, shape: readonly number[], axes: readonly number[]): Plan {
  const isSearch = reduction === "argMax" || reduction === "argMin";
  const size = sizeOf(shape.filter((_, axis) => !axes.includes(axis)));
  const bytes = Math.ceil((4 * size) / 256) * 256;
  const outputs = isSearch ? [1] : [1, 2];
  const step: ReduceStep = {
    kind: "reduce",
    label: "",
    reduction,
    shape,
    axes,
    operands: [{ buffer: 0, view: { ...identityView(shape), offset: 3 } }],
    program: {
      instructions: [
        { op: "input", index: 0, dtype: "float32" },
        { op: "multiply", args: [0, 0], dtype: "float32" },
      ],
      results: isSearch ? [0] : [0, 1],
    },
    outputs,
  };
  return {
    key: `${reduction} ${shape} ${axes}`,
    buffers: [
      { kind: "input", dtype: "float32", size: sizeOf(shape) + 3, arenaOffset: -1 },
      ...outputs.map((_, at) => ({
        kind: "output" as const,
        dtype: isSearch ? ("int32" as const) : ("float32" as const),
        size,
        arenaOffset: at * bytes,
      })),
    ],
    inputs: [0],
    assigned: [],
    persistent: [],
    outputs,
    steps: [step],
    arenaBytes: outputs.length * bytes,
  };
}

/** The elements of each result, in order. */
function rowsOf(data: Float32Array, shape: readonly number[], axes: readonly number[]): number[][] {
  const rows = new Map<number, number[]>();
  data.forEach((value, at) => {
    let [rest, result, stride] = [at, 0, 1];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const index = rest % shape[axis]!;
      rest = Math.floor(rest / shape[axis]!);
      if (axes.includes(axis)) continue;
      result += index * stride;
      stride *= shape[axis]!;
    }
    const row = rows.get(result);
    if (row) row.push(value);
    else rows.set(result, [value]);
  });
  return [...rows.keys()].sort((a, b) => a - b).map((result) => rows.get(result)!);
}

async function run(plan: Plan, data: Float32Array): Promise<ArrayLike<number>[]> {
  const moved = new Float32Array(data.length + 3);
  moved.set(data, 3);
  const executable = backend!.prepare(plan);
  const results = executable.run([backend!.upload(moved, "float32")]);
  const values = await Promise.all(results.map((slot) => backend!.read(slot)));
  executable.dispose();
  return values;
}

const shapes = [
  [[128], [0], 1],
  [[5, 1025], [1], 1],
  [[3, 40], [1], 1],
  [[1025, 5], [0], 1],
  [[65, 70], [0], 1],
  [[4, 6, 7, 9], [0, 2, 3], 1],
  [[70_000], [0], 2],
  [[40_000, 2], [0], 2],
] as const;

describe.skipIf(!backend)("workgroups reduce", () => {
  test.each(shapes)("sums of %j over %j", async (shape, axes, dispatches) => {
    const data = floats(sizeOf(shape));
    const plan = planOf("sum", shape, axes);
    const { traits } = backend!.machine.device;
    expect(stepKernels(plan, plan.steps[0]!, "sum", traits).dispatches.length).toBe(dispatches);
    const [sums, squares] = await run(plan, data);
    rowsOf(data, shape, axes).forEach((row, at) => {
      const bound = 3e-7 * row.reduce((sum, x) => sum + Math.abs(x), 0);
      expect(Math.abs(sums![at]! - row.reduce((sum, x) => sum + x, 0))).toBeLessThan(bound);
      const ofSquares = row.reduce((sum, x) => sum + x * x, 0);
      expect(Math.abs(squares![at]! - ofSquares)).toBeLessThan(1e-6 * ofSquares);
    });
    expect(await run(plan, data)).toEqual([sums, squares]);
  });

  test.each([
    ["argMax", [5, 1025], [1]],
    ["argMin", [1025, 3], [0]],
    ["argMax", [70_000], [0]],
  ] as const)("%s of %j over %j: the first of equal ones, NaN before all", async (search, shape, axes) => {
    const sign = search === "argMax" ? 1 : -1;
    const data = floats(sizeOf(shape)).map((x) => Math.round(x * 2));
    const best = (row: readonly number[]): number => {
      const nan = row.findIndex(Number.isNaN);
      return nan >= 0
        ? nan
        : row.indexOf(sign * row.reduce((most, x) => Math.max(most, sign * x), -Infinity));
    };
    const plan = planOf(search, shape, axes);
    const check = async (): Promise<void> => {
      const [places] = await run(plan, data);
      expect([...Array.from(places!)]).toEqual(rowsOf(data, shape, axes).map(best));
    };
    await check();
    data[data.length - 7] = Number.NaN;
    await check();
  });

  test("the largest of nothing but -Infinity", async () => {
    const [largest] = await run(planOf("max", [2, 100], [1]), new Float32Array(200).fill(-Infinity));
    expect([...Array.from(largest!)]).toEqual([-Infinity, -Infinity]);
  });
});
