import { type Backend, DtypeError, reference, tensor, useBackend } from "@hekla/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { modes } from "./evaluate.js";
import {
  applySkips,
  type ConformanceOptions,
  checkSample,
  describeFailure,
  expectations,
  partsOf,
  samplesFor,
} from "./run-conformance.js";
import type { Sample } from "./sample.js";
import { samples as table } from "./sample-table.js";
import { halfSamples } from "./samples/half.js";

const expected = { once: undefined as ReturnType<typeof expectations> | undefined };

/**
 * Declares the conformance tests of a backend: one test an op, all its samples x {forward, gradient, second
 * derivative} x {eager, scope, compiled} against the reference backend. Skips need a reason; one that matches
 * nothing fails; their number is printed. Samples of float16 are for backends that have it; others must refuse it by name.
 */
export function testBackend(
  name: string,
  make: () => Backend | Promise<Backend>,
  options: ConformanceOptions = {},
): void {
  const samples = options.samples ?? [...table, ...halfSamples];
  const { run: all, skipped, unusedSkips } = applySkips(samples, options.skip ?? []);
  const run = all.filter((sample) => !halfSamples.includes(sample));
  const halves = all.filter((sample) => halfSamples.includes(sample));
  const ops = [...new Set(run.map((sample) => sample.op))];
  let backend: Backend | undefined;
  let checks = 0;
  const problemsOf = async (chosen: readonly Sample[]): Promise<string[]> => {
    const problems: string[] = [];
    for (const sample of chosen) {
      const result = await checkSample(sample, (await expected.once!).get(sample)!, options);
      checks += result.checks;
      problems.push(...result.failures.map(describeFailure));
    }
    return problems;
  };

  describe(name, () => {
    beforeAll(async () => {
      expected.once ??= expectations();
      await expected.once;
      backend = await useBackend(make());
    }, 120_000);

    afterAll(async () => {
      console.log(
        `${name}: ${samplesFor(all, backend!).length} samples, ${checks} results compared, ${skipped.length} samples skipped`,
      );
      await useBackend(reference());
      await backend?.dispose();
    });

    it("has a reason for every skip, and no skip that matches nothing", () => {
      expect(unusedSkips).toEqual([]);
      expect(skipped.filter(({ reason }) => reason.trim() === "")).toEqual([]);
    });

    for (const op of ops) {
      it(op, async () => {
        const problems = await problemsOf(run.filter((candidate) => candidate.op === op));
        expect(problems, problems.slice(0, 20).join("\n")).toEqual([]);
      });
    }

    if (halves.length > 0) {
      it("float16, or refuses it", async () => {
        if (backend!.dtypes.includes("float16")) {
          const problems = await problemsOf(halves);
          expect(problems, problems.slice(0, 20).join("\n")).toEqual([]);
        } else {
          const half = () => tensor([1], { dtype: "float16" });
          expect(half).toThrow(DtypeError);
          expect(half).toThrow(new RegExp(`^${backend!.name}: got float16, expected`));
        }
      });
    }

    it("has run every sample in every part and mode", () => {
      expect(checks).toBe(samplesFor(all, backend!).flatMap(partsOf).length * modes.length);
    });
  });
}
