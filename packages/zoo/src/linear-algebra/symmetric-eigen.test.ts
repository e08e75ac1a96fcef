import { DataError, HostRandom } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { symmetricEigen, symmetricEigenvalues } from "./symmetric-eigen.js";

const random = new HostRandom(3, "test");

describe("symmetricEigenvalues", () => {
  it("are those of the second difference in closed form", () => {
    const size = 40;
    const matrix = new Float64Array(size * size);
    for (let at = 0; at < size; at++) {
      matrix[at * (size + 1)] = 2;
      if (at > 0) matrix[at * size + at - 1] = matrix[(at - 1) * size + at] = -1;
    }
    symmetricEigenvalues(matrix, size).forEach((value, at) => {
      expect(value).toBeCloseTo(2 - 2 * Math.cos(((at + 1) * Math.PI) / (size + 1)), 12);
    });
  });

  it("keep trace and squares of any symmetric matrix, and find values that repeat", () => {
    const size = 30;
    const random = new HostRandom(3, "matrix");
    const matrix = new Float64Array(size * size);
    for (let row = 0; row < size; row++) {
      for (let column = 0; column <= row; column++) {
        matrix[row * size + column] = matrix[column * size + row] = random.normal();
      }
    }
    const values = symmetricEigenvalues(matrix, size);
    const trace = Array.from({ length: size }, (_, at) => matrix[at * (size + 1)]!);
    const sum = (list: Iterable<number>) => [...list].reduce((total, value) => total + value, 0);
    expect(sum(values)).toBeCloseTo(sum(trace), 10);
    expect(sum(values.map((value) => value ** 2))).toBeCloseTo(sum(matrix.map((value) => value ** 2)), 9);
    // I + u u' has 1 many times and 1 + |u|^2 once.
    const ones = new Float64Array(size * size).fill(1);
    for (let at = 0; at < size; at++) ones[at * (size + 1)] = 2;
    const repeated = symmetricEigenvalues(ones, size);
    for (const value of repeated.subarray(0, -1)) expect(value).toBeCloseTo(1, 12);
    expect(repeated.at(-1)).toBeCloseTo(1 + size, 11);
    expect(symmetricEigenvalues(Float64Array.of(7), 1)).toEqual(Float64Array.of(7));
    expect([...symmetricEigenvalues(Float64Array.of(0, 3, 3, 0), 2)].map(Math.round)).toEqual([-3, 3]);
    expect(() => symmetricEigenvalues(Float64Array.of(Number.NaN), 1)).toThrow(/not finite/);
  });
});

describe("symmetricEigen", () => {
  it("takes a matrix apart into vectors at right angles", () => {
    const size = 24;
    const data = Float64Array.from({ length: size * size }, () => random.normal());
    const matrix = Float64Array.from(
      data,
      (_, at) => data[at]! + data[(at % size) * size + Math.floor(at / size)]!,
    );
    const { values, vectors } = symmetricEigen(matrix, size);
    expect([...values]).toEqual([...values].sort((a, b) => b - a));
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        const [row, other] = [vectors[i]!, vectors[j]!];
        expect(row.reduce((sum, value, k) => sum + value * other[k]!, 0)).toBeCloseTo(i === j ? 1 : 0, 12);
        const joined = vectors.reduce((sum, vector, k) => sum + values[k]! * vector[i]! * vector[j]!, 0);
        expect(joined).toBeCloseTo(matrix[i * size + j]!, 10);
      }
    }
  });

  it("knows the eigenvalues of a chain, and refuses what is no matrix", () => {
    const { values, vectors } = symmetricEigen([2, -1, 0, -1, 2, -1, 0, -1, 2], 3);
    [2 + Math.SQRT2, 2, 2 - Math.SQRT2].forEach((value, at) => expect(values[at]).toBeCloseTo(value, 13));
    [0.5, Math.SQRT1_2, 0.5].forEach((value, at) => expect(vectors[2]![at]).toBeCloseTo(value, 13));
    const zeros = symmetricEigen([1, 0.5, 0, 0, 0.5, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 4);
    [1.5, 0.5, 0, 0].forEach((value, at) => expect(zeros.values[at]).toBeCloseTo(value, 13));
    expect(() => symmetricEigen([1, 2, 3], 2)).toThrow(DataError);
    expect(() => symmetricEigen([1, 2, Number.NaN, 1], 2)).toThrow("row 1 is not finite");
  });
});
