import { readFileSync } from "node:fs";
import { DataError, type HostArray } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { frechetDistance, type Gaussian, gaussianOf, variance } from "./frechet-distance.js";

interface Case {
  readonly name: string;
  readonly a: { readonly shape: number[]; readonly data: number[] };
  readonly b: { readonly shape: number[]; readonly data: number[] };
  readonly distance: number;
}

const { cases } = JSON.parse(
  readFileSync(new URL("../../goldens/frechet.json", import.meta.url), "utf8"),
) as { readonly cases: readonly Case[] };

const gaussian = ({ shape, data }: Case["a"]): Gaussian =>
  gaussianOf({ shape, data: Float64Array.from(data) as unknown as HostArray["data"] }); // cast: doubles, as scipy has

const diagonal = (mean: readonly number[], deviations: readonly number[]): Gaussian => ({
  samples: 2,
  mean: Float64Array.from(mean),
  covariance: Float64Array.from(
    deviations.flatMap((value, row) => deviations.map((_, at) => (at === row ? value ** 2 : 0))),
  ),
});

describe("the Frechet distance", () => {
  it.each(cases)("is scipy's: $name", ({ a, b, distance }) => {
    const [first, second] = [gaussian(a), gaussian(b)];
    // Roots of eigenvalues that are 0 but for rounding add up to about 1e-7 of the traces, in scipy and here.
    const tolerance = 1e-6 * (variance(first) + variance(second)) * 1e-1 + 1e-10 * distance;
    expect(Math.abs(frechetDistance(first, second) - distance)).toBeLessThan(tolerance);
    expect(Math.abs(frechetDistance(second, first) - distance)).toBeLessThan(tolerance);
    expect(Math.abs(frechetDistance(first, first))).toBeLessThan(tolerance);
  });

  it("is the sum over features where they are independent", () => {
    const [a, b] = [diagonal([1, -2, 0], [1, 3, 0]), diagonal([1, 2, 5], [4, 1, 2])];
    expect(frechetDistance(a, b)).toBeCloseTo(0 + 9 + (16 + 4) + (25 + 4), 10);
  });

  it("refuses features that do not fit", () => {
    const features =
      (data: number[], ...shape: number[]) =>
      () =>
        gaussianOf({ data: Float32Array.from(data), shape });
    expect(features([1, 2], 1, 2)).toThrow(DataError);
    expect(features([1, 2, 3, 4], 4)).toThrow(/got \[4\], expected \[samples, features\]/);
    expect(features([1, 2, Number.NaN, 4], 2, 2)).toThrow(/feature 0 is not finite/);
    expect(() => frechetDistance(diagonal([1], [1]), diagonal([1, 1], [1, 1]))).toThrow(
      /got 1 and 2 features/,
    );
  });
});
