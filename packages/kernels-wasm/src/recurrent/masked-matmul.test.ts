import {
  HostRandom,
  identityView,
  type MaskedMatmulRoutine,
  type ReferenceRoutine,
  type RoutineStep,
  referenceRoutines,
} from "@hekla/tensor";
import { describe, expect, test } from "vitest";
import { hasRelaxedSimd } from "../runtime/features.js";
import { runRoutine } from "../testing/run-routine.js";

const relaxedSimd = await hasRelaxedSimd();
const random = new HostRandom(3, "masked");
const names = ["maskedMatmul", "maskedMatmulInputGradient", "maskedMatmulKernelGradient"] as const;

/** Operands as dropout leaves them: masks of 0 or 1.25, whole features of a sample that are 0. */
function operandsOf({ name, batch, steps, features, gates, units }: MaskedMatmulRoutine): Float32Array[] {
  const floats = (size: number) => Float32Array.from({ length: size }, () => random.normal());
  const x = floats(batch * steps * features);
  for (let sample = 0; sample < batch; sample++) {
    for (let feature = 0; feature < features; feature += 1 + random.integer(5)) {
      for (let step = 0; step < steps; step++) x[(sample * steps + step) * features + feature] = 0;
    }
  }
  const masks = Float32Array.from({ length: batch * gates * features }, () =>
    random.integer(5) === 0 ? 0 : 1.25,
  );
  const [kernel, dy] = [floats(features * gates * units), floats(batch * steps * gates * units)];
  return {
    maskedMatmul: [x, masks, kernel],
    maskedMatmulInputGradient: [dy, masks, kernel],
    maskedMatmulKernelGradient: [x, masks, dy],
  }[name];
}

function run(
  routine: MaskedMatmulRoutine,
  operands: readonly Float32Array[],
  options: Parameters<typeof runRoutine>[2],
): ArrayLike<number> {
  const { name, batch, steps, features, gates, units } = routine;
  const size = {
    maskedMatmul: batch * steps * gates * units,
    maskedMatmulInputGradient: batch * steps * features,
    maskedMatmulKernelGradient: features * gates * units,
  }[name];
  if (options === undefined) {
    const out = new Float32Array(size);
    // cast: the table's type has no routine of several names
    const byReference = referenceRoutines[name] as ReferenceRoutine<MaskedMatmulRoutine>;
    byReference(routine, operands, out);
    return out;
  }
  const moved = operands.map((data) => Float32Array.of(Number.NaN, ...data));
  const step: RoutineStep = {
    kind: "routine",
    label: "",
    routine: { ...routine, dtype: "float32" },
    reference: referenceRoutines[name],
    output: 3,
    operands: operands.map(({ length }, buffer) => ({
      buffer,
      view: { ...identityView([length]), offset: 1 },
    })),
  };
  return runRoutine(step, [...moved, { size, dtype: "float32" }], options)[3]!;
}

function check(sizes: Omit<MaskedMatmulRoutine, "name">, change = (_: Float32Array[]): void => {}): void {
  for (const name of names) {
    const routine = { name, ...sizes };
    const operands = operandsOf(routine);
    change(operands);
    const want = run(routine, operands, undefined);
    const terms = name === "maskedMatmulKernelGradient" ? sizes.batch * sizes.steps : sizes.features;
    for (const options of [
      {},
      { threads: 3 },
      { relaxedSimd },
      { tuned: false },
      { tuned: false, threads: 2 },
    ]) {
      const got = run(routine, operands, options);
      for (let i = 0; i < want.length; i++) {
        if (!(Math.abs(got[i]! - want[i]!) <= 1e-6 * Math.sqrt(terms) * (4 + Math.abs(want[i]!)))) {
          expect.fail(`${name} ${JSON.stringify(options)}: [${i}] got ${got[i]}, expected ${want[i]}`);
        }
      }
      if ("threads" in options) expect(got).toEqual(run(routine, operands, { ...options, threads: 1 }));
    }
  }
}

describe("masked matmul", () => {
  test.each([
    [1, 4, 8, 1, 8],
    [2, 5, 9, 2, 9],
    [3, 7, 15, 3, 23],
    [5, 12, 37, 4, 12],
    [32, 4, 16, 1, 40],
    [2, 40, 128, 4, 64],
  ])("%i samples, %i steps, %i features, %i gates, %i units", (batch, steps, features, gates, units) => {
    check({ batch, steps, features, gates, units });
  });

  test("everything dropped, and nothing", () => {
    const sizes = { batch: 2, steps: 5, features: 10, gates: 2, units: 11 };
    for (const mask of [0, 1]) check(sizes, ([, masks]) => masks!.fill(mask));
  });

  test("what is dropped counts as 0 whatever it is", () => {
    const routine = { name: names[0], batch: 1, steps: 4, features: 8, gates: 1, units: 8 };
    const [x, masks, kernel] = operandsOf(routine) as [Float32Array, Float32Array, Float32Array];
    masks.fill(1);
    masks[2] = 0;
    for (let step = 0; step < 4; step++) x[step * 8 + 2] = Number.NaN;
    kernel.fill(Number.POSITIVE_INFINITY, 2 * 8, 3 * 8);
    for (const options of [{}, { tuned: false }]) {
      expect(Array.from(run(routine, [x, masks, kernel], options)).every(Number.isFinite)).toBe(true);
    }
  });
});
