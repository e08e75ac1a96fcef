import { type Backend, type Executable, isOn, type Plan, reference, type Slot } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { type Failure, partsOf, runConformance } from "./run-conformance.js";
import { samples } from "./sample-table.js";

/** The reference backend with something wrong in how it runs plans. */
const broken = (
  change: (executable: Executable, plan: Plan, backend: Backend) => Executable["run"],
): Backend => {
  const backend = reference();
  return {
    ...backend,
    name: "broken",
    prepare(plan) {
      const executable = backend.prepare(plan);
      return { run: change(executable, plan, backend), dispose: () => executable.dispose() };
    },
  };
};

/** Slots with their float32 values changed. */
const changed = (slots: Slot[], backend: Backend, change: (values: Float32Array) => void): Slot[] =>
  slots.map((slot) => {
    const data = backend.readSync(slot);
    if (data instanceof Float32Array) change(data);
    return backend.upload(data, slot.dtype);
  });

const nextUp = (values: Float32Array): void => {
  const bits = new Int32Array(values.buffer);
  for (let index = 0; index < bits.length; index++) {
    if (Math.abs(values[index]!) > 1e-3) bits[index]! += 1;
  }
};

const chosen = samples.filter(
  ({ op, sample }) =>
    ["add", "exp", "matmul", "sum", "maxPool2d", "chain"].includes(op) &&
    /^(size 65|3x4|default|65)/.test(sample),
);
const ops = [...new Set(chosen.map(({ op }) => op))];
const run = (backend: Backend): Promise<readonly Failure[]> =>
  runConformance(() => backend, { samples: chosen }).then(({ failures }) => failures);

describe("runConformance", () => {
  it("passes a right backend and counts what it compared", async () => {
    const report = await runConformance(() => reference(), { samples: chosen });
    expect(report).toMatchObject({ backend: "reference", failures: [], skipped: [], unusedSkips: [] });
    expect(report.samples).toBe(chosen.length);
    expect(report.checks).toBe(chosen.flatMap(partsOf).length * 3);
  });

  it("finds a wrong value in every op, part and mode", async () => {
    const failures = await run(
      broken(
        (executable, _plan, backend) => (inputs) =>
          changed(executable.run(inputs), backend, (values) => {
            if (values.length > 0) values[values.length - 1]! += 0.01;
          }),
      ),
    );
    for (const op of ops) {
      const found = failures.filter((failure) => failure.op === op);
      const parts = chosen.filter((sample) => sample.op === op).flatMap(partsOf);
      expect(new Set(found.map(({ part }) => part))).toEqual(new Set(parts));
      expect([...new Set(found.map(({ mode }) => mode))]).toEqual(["eager", "scope", "compiled"]);
    }
  });

  it.runIf(isOn("COMPILE"))("finds a plan that keeps the values of its first run", async () => {
    const failures = await run(
      broken((executable) => {
        let kept: Slot[] | undefined;
        return (inputs) => {
          kept ??= executable.run(inputs);
          return kept;
        };
      }),
    );
    expect(failures.filter(({ mode }) => mode === "compiled").length).toBeGreaterThan(ops.length);
  });

  it.runIf(isOn("FUSE"))(
    "finds one last place between the modes, where the tolerance allows four",
    async () => {
      // A long program is what fusion makes of the chain; op by op there is none.
      const fused = (plan: Plan): boolean =>
        plan.steps.some((step) => step.kind === "elementwise" && step.program.instructions.length > 8);
      const failures = await run(
        broken(
          (executable, plan, backend) => (inputs) =>
            fused(plan) ? changed(executable.run(inputs), backend, nextUp) : executable.run(inputs),
        ),
      );
      const found = failures.filter(({ op, part }) => op === "chain" && part === "forward");
      expect(found.map(({ mode }) => mode)).toEqual(["scope", "compiled"]);
      expect(found[0]!.problem).toMatch(/, 1 ulp\)/);
    },
  );

  it("finds a wrong element type and an op that throws", async () => {
    const wrongType = await run(
      broken(
        (executable, _plan, backend) => (inputs) =>
          executable.run(inputs).map((slot) => backend.upload(new Float32Array(slot.size + 1), slot.dtype)),
      ),
    );
    expect(wrongType.length).toBeGreaterThan(0);
    const throwing = await run(
      broken((executable, plan) => (inputs) => {
        if (plan.steps.some((step) => step.kind === "routine")) throw new RangeError("no routines here");
        return executable.run(inputs);
      }),
    );
    expect(throwing.map(({ problem }) => problem)).toContain("RangeError: no routines here");
    expect([...new Set(throwing.map(({ op }) => op))]).toEqual(["matmul", "maxPool2d"]);
  });

  it("names skips with their reasons, and those that match nothing", async () => {
    const unused = { op: "matmul", sample: "no such sample", reason: "a test" };
    const report = await runConformance(() => reference(), {
      samples: chosen,
      skip: [{ op: "exp", reason: "a test" }, { op: "sum", sample: "size 65", reason: "another" }, unused],
    });
    expect(report.skipped).toEqual([
      { op: "exp", sample: "size 65", reason: "a test" },
      { op: "sum", sample: "size 65", reason: "another" },
    ]);
    expect(report.unusedSkips).toEqual([unused]);
  });
});
