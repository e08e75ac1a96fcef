import { HostRandom } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { affineAugment } from "./affine-augment.js";

const shape = [2, 784];

/** Draws the given numbers from -1 to 1 in order: angle, scale, right, down. */
function draws(...values: number[]): HostRandom {
  let at = 0;
  const uniform = () => ((values[at++ % values.length] ?? 0) + 1) / 2;
  return { uniform } as HostRandom; // cast: all that the augmentation asks of it
}

function blob(): Float32Array {
  const batch = new Float32Array(2 * 784);
  for (let row = 8; row < 18; row++)
    for (let column = 10; column < 14; column++) batch[row * 28 + column] = 1;
  batch.copyWithin(784, 0, 784);
  return batch;
}

describe("affineAugment", () => {
  it("is nothing where nothing is asked for", () => {
    expect(affineAugment({ shift: 0, rotation: 0, scale: 0 }, [28, 28])).toBeUndefined();
  });

  it("leaves a picture alone that is neither moved, turned nor scaled", () => {
    const batch = blob();
    affineAugment({ shift: 2, rotation: 10, scale: 0.1 }, [28, 28])?.(batch, shape, draws(0, 0, 0, 0));
    expect(batch).toEqual(blob());
  });

  it("moves by whole pixels without blurring", () => {
    const batch = blob();
    affineAugment({ shift: 2, rotation: 0, scale: 0 }, [28, 28])?.(batch, shape, draws(0, 0, 1, -1));
    const expected = new Float32Array(batch.length);
    const source = blob();
    for (let sample = 0; sample < 2; sample++) {
      for (let row = 0; row < 26; row++) {
        for (let column = 2; column < 28; column++) {
          const at = sample * 784 + row * 28 + column;
          expected[at] = source[at + 2 * 28 - 2] as number;
        }
      }
    }
    expect(batch).toEqual(expected);
  });

  it("mixes neighbours where it moves by half a pixel", () => {
    const batch = blob();
    affineAugment({ shift: 0.5, rotation: 0, scale: 0 }, [28, 28])?.(batch, shape, draws(0, 0, 1, 0));
    expect([9, 10, 11, 13, 14, 15].map((column) => batch[12 * 28 + column])).toEqual([0, 0.5, 1, 1, 0.5, 0]);
  });

  it("turns a quarter exactly", () => {
    const batch = blob();
    affineAugment({ shift: 0, rotation: 90, scale: 0 }, [28, 28])?.(batch, shape, draws(1, 0, 0, 0));
    const source = blob();
    for (let row = 0; row < 28; row++) {
      for (let column = 0; column < 28; column++) {
        // p = R(90) q with rows pointing down: (row, column) comes from (27 - column, row)
        const from = source[(27 - column) * 28 + row] as number;
        expect(batch[row * 28 + column]).toBeCloseTo(from, 5);
      }
    }
  });

  it("scales the area by the square of the factor", () => {
    const batch = blob();
    affineAugment({ shift: 0, rotation: 0, scale: 0.5 }, [28, 28])?.(batch, shape, draws(0, 1, 0, 0));
    const mass = batch.subarray(0, 784).reduce((total, value) => total + value, 0);
    expect(mass / 40).toBeCloseTo(2.25, 1);
  });

  it("loses what moves over the edge, and brings zeros in", () => {
    const batch = new Float32Array(2 * 784).fill(1);
    affineAugment({ shift: 14, rotation: 0, scale: 0 }, [28, 28])?.(batch, shape, draws(0, 0, 1, 1));
    const mass = batch.subarray(0, 784).reduce((total, value) => total + value, 0);
    expect(mass).toBe(14 * 14);
  });

  it("gives the same pictures for the same seed, other ones for another", () => {
    const run = (seed: number) => {
      const batch = blob();
      affineAugment({ shift: 2, rotation: 10, scale: 0.1 }, [28, 28])?.(
        batch,
        shape,
        new HostRandom(seed, "augment"),
      );
      return batch;
    };
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
    expect(run(1).subarray(0, 784)).not.toEqual(run(1).subarray(784));
  });
});
