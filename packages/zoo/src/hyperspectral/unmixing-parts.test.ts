import { syntheticScene } from "@hekla/datasets";
import { DataError, type HostArray, HostRandom } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { constrainedLeastSquares } from "./constrained-least-squares.js";
import { pca, projectPca, restorePca } from "./pca.js";
import { meanSquaredError } from "./restored-scene.js";
import { scoreUnmixing } from "./unmixing-score.js";
import { vertexComponents } from "./vertex-components.js";

const random = new HostRandom(3, "test");
const normals = (rows: number, columns: number): HostArray => ({
  data: Float32Array.from({ length: rows * columns }, () => random.normal()),
  shape: [rows, columns],
});

describe("pca", () => {
  it("restores what lies in a subspace, and of noise as much as any subspace can", () => {
    const [codes, basis] = [normals(60, 2), normals(2, 9)];
    const flat = Float32Array.from({ length: 60 * 9 }, (_, at) => {
      const [row, column] = [Math.floor(at / 9), at % 9];
      return (
        5 + codes.data[row * 2]! * basis.data[column]! + codes.data[row * 2 + 1]! * basis.data[9 + column]!
      );
    });
    const spectra = { data: flat, shape: [60, 9] };
    const error = (count: number) => {
      const components = pca(spectra, count);
      return meanSquaredError(flat, restorePca(components, projectPca(components, spectra)));
    };
    expect(error(2)).toBeLessThan(1e-12);
    expect(error(1)).toBeGreaterThan(0.01);
    expect(() => pca(spectra, 10)).toThrow("pca: got 10 components of [60, 9] values");

    const noise = normals(200, 6);
    const two = pca(noise, 2);
    const best = meanSquaredError(noise.data, restorePca(two, projectPca(two, noise)));
    const axes = {
      ...two,
      components: [0, 1].map((axis) => Float64Array.from({ length: 6 }, (_, k) => +(k === axis))),
    };
    expect(best).toBeLessThan(meanSquaredError(noise.data, restorePca(axes, projectPca(axes, noise))));
  });
});

describe("vertexComponents and constrainedLeastSquares", () => {
  it("find endmembers and abundances of a scene without noise, the same for the same seed", () => {
    const scene = syntheticScene({ height: 24, width: 24, bands: 40, materials: 3, noise: 0, seed: 4 });
    const found = vertexComponents(scene.pixels, 3, 1);
    const shares = constrainedLeastSquares(scene.pixels, found);
    const score = scoreUnmixing(found, shares, scene);
    expect(score.meanAngle).toBeLessThan(0.03);
    expect(score.error).toBeLessThan(0.05);
    expect(vertexComponents(scene.pixels, 3, 1)).toEqual(found);
    expect(() => vertexComponents(scene.pixels, 1, 1)).toThrow(DataError);

    const exact = constrainedLeastSquares(scene.pixels, scene.endmembers);
    expect(meanSquaredError(exact, scene.abundances.data)).toBeLessThan(1e-8);
  });

  it("least squares are those of mixtures: no share below 0, sum 1", () => {
    const shares = constrainedLeastSquares(normals(50, 8), normals(4, 8));
    for (let from = 0; from < shares.length; from += 4) {
      const pixel = [...shares.subarray(from, from + 4)];
      expect(Math.min(...pixel)).toBeGreaterThanOrEqual(0);
      expect(pixel.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
    }
    // The nearest mixture of two points to one beyond the first is the first.
    const points = { data: Float32Array.of(1, 0, 0, 1), shape: [2, 2] };
    const beyond = constrainedLeastSquares({ data: Float32Array.of(3, -1), shape: [1, 2] }, points);
    expect([...beyond]).toEqual([1, 0]);
  });
});

describe("scoreUnmixing", () => {
  const reference = {
    materials: ["a", "b", "c"],
    endmembers: { data: Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1), shape: [3, 3] },
    abundances: { data: Float32Array.of(1, 0, 0, 0.2, 0.3, 0.5), shape: [2, 3] },
  };

  it("pairs endmembers with materials in whatever order and size they come", () => {
    const endmembers = { data: Float32Array.of(0, 0, 2, 3, 0, 0, 0, 1, 1), shape: [3, 3] };
    const score = scoreUnmixing(endmembers, [0, 1, 0, 0.5, 0.2, 0.3], reference);
    expect(score.match).toEqual([1, 2, 0]);
    [0, Math.PI / 4, 0].forEach((angle, at) => expect(score.angles[at]).toBeCloseTo(angle, 7));
    expect(score.meanAngle).toBeCloseTo(Math.PI / 12, 7);
    expect(score.error).toBeCloseTo(0, 7);
    const wrong = scoreUnmixing(endmembers, [0, 1, 0, 0.5, 0.4, 0.1], reference);
    expect(wrong.errors[0]).toBeCloseTo(0.2 / Math.SQRT2, 7);
    expect(wrong.error).toBeCloseTo(Math.sqrt((0.04 + 0.04) / 6), 7);
  });

  it("refuses other than as many endmembers", () => {
    const endmembers = { data: Float32Array.of(1, 0, 0, 0, 1, 0), shape: [2, 3] };
    expect(() => scoreUnmixing(endmembers, [1, 0, 0, 1], reference)).toThrow(
      "endmembers cannot be paired with the reference, got 2, expected 3: a, b, c",
    );
  });
});
