import { type Backend, reference, useBackend } from "@hekla/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { modes } from "./evaluate.js";
import {
  applySkips,
  type ConformanceOptions,
  checkSample,
  describeFailure,
  expectations,
  partsOf,
} from "./run-conformance.js";
import { samples as table } from "./sample-table.js";

const expected = { once: undefined as ReturnType<typeof expectations> | undefined };

/**
 * Declares the conformance tests of a backend: one test an op, all its samples x {forward, gradient, second
 * derivative} x {eager, scope, compiled} against the reference backend. Skips need a reason; one that matches
 * nothing fails; their number is printed.
 */
export function testBackend(
  name: string,
  make: () => Backend | Promise<Backend>,
  options: ConformanceOptions = {},
): void {
  const { run, skipped, unusedSkips } = applySkips(options.samples ?? table, options.skip ?? []);
  const ops = [...new Set(run.map((sample) => sample.op))];
  let backend: Backend | undefined;
  let checks = 0;

  describe(name, () => {
    beforeAll(async () => {
      expected.once ??= expectations();
      await expected.once;
      backend = await useBackend(make());
    }, 120_000);

    afterAll(async () => {
      console.log(
        `${name}: ${run.length} samples, ${checks} results compared, ${skipped.length} samples skipped`,
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
        const problems: string[] = [];
        for (const sample of run.filter((candidate) => candidate.op === op)) {
          const result = await checkSample(
            sample,
            (await expected.once!).get(sample)!,
            options.flushesSubnormals,
          );
          checks += result.checks;
          problems.push(...result.failures.map(describeFailure));
        }
        expect(problems, problems.slice(0, 20).join("\n")).toEqual([]);
      });
    }

    it("has run every sample in every part and mode", () => {
      expect(checks).toBe(run.flatMap(partsOf).length * modes.length);
    });
  });
}
