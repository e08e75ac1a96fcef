import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HostArray } from "@hekla/tensor";
import { DataError } from "@hekla/tensor/errors";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DataNotFoundError } from "../data-not-found-error.js";
import type { HyperspectralScene } from "./hyperspectral-scene.js";
import { samson } from "./samson.js";
import { spectralAngle } from "./spectral-angle.js";
import { type SyntheticSceneOptions, syntheticScene } from "./synthetic-scene.js";

const row = ({ data, shape }: HostArray, at: number): Float32Array => {
  return Float32Array.from(data.subarray(at * shape[1]!, (at + 1) * shape[1]!));
};

/** Mean angle between the pixels and the mixtures of endmembers that the abundances say. */
function meanAngle({ pixels, endmembers, abundances }: HyperspectralScene): number {
  const [count = 0, bands = 0] = pixels.shape;
  let sum = 0;
  for (let pixel = 0; pixel < count; pixel += 1) {
    const mixture = new Float64Array(bands);
    row(abundances, pixel).forEach((share, material) => {
      row(endmembers, material).forEach((value, band) => {
        mixture[band]! += share * value;
      });
    });
    sum += spectralAngle(row(pixels, pixel), mixture);
  }
  return sum / count;
}

function checkScene(
  scene: HyperspectralScene,
  height: number,
  width: number,
  bands: number,
  materials: number,
) {
  expect([scene.height, scene.width]).toEqual([height, width]);
  expect(scene.pixels.shape).toEqual([height * width, bands]);
  expect(scene.endmembers.shape).toEqual([materials, bands]);
  expect(scene.abundances.shape).toEqual([height * width, materials]);
  expect([scene.materials.length, scene.wavelengths.length]).toEqual([materials, bands]);
  expect(scene.pixels.data.every((value) => value >= 0 && value <= 1.1)).toBe(true);
  for (let pixel = 0; pixel < height * width; pixel += 1) {
    const shares = row(scene.abundances, pixel);
    expect(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1)).toBeLessThan(1e-6);
    expect(Math.min(...shares)).toBeGreaterThanOrEqual(0);
  }
}

describe("spectralAngle", () => {
  test("known angles, of any size and however small", () => {
    expect(spectralAngle([1, 0], [0, 5])).toBeCloseTo(Math.PI / 2, 15);
    expect(spectralAngle([1, 1, 0], [3, 0, 0])).toBeCloseTo(Math.PI / 4, 15);
    expect(spectralAngle([0.1, 0.2, 0.7], [0.3, 0.6, 2.1])).toBeLessThan(1e-15);
    expect(spectralAngle([1, 0], [1, 1e-9])).toBeCloseTo(1e-9, 20);
    expect(spectralAngle([1, 2], [-1, -2])).toBeCloseTo(Math.PI, 15);
    expect(spectralAngle([0, 0], [1, 2])).toBe(Math.PI / 2);
  });

  test("refuses other lengths and what is not finite", () => {
    expect(() => spectralAngle([1, 2], [1])).toThrow(
      "spectralAngle: spectra differ in length, got 2 and 1 bands",
    );
    expect(() => spectralAngle([], [])).toThrow(DataError);
    expect(() => spectralAngle([1, 2], [1, Number.NaN])).toThrow(
      "band 1 is not finite, got NaN, expected numbers",
    );
  });
});

describe("syntheticScene", () => {
  test("shapes, shares, a pure place of each material, smooth spectra that are apart", () => {
    for (const [materials, seed] of [
      [2, 1],
      [4, 0],
      [4, 5],
      [6, 2],
    ] as const) {
      const scene = syntheticScene({ materials, seed });
      checkScene(scene, 48, 48, 100, materials);
      for (let m = 0; m < materials; m += 1) {
        const shares = scene.abundances.data.filter((_, at) => at % materials === m);
        expect(Math.max(...shares)).toBeGreaterThan(0.95);
        const spectrum = row(scene.endmembers, m);
        const steps = Array.from(spectrum.subarray(1), (value, band) => Math.abs(value - spectrum[band]!));
        expect(Math.max(...steps)).toBeLessThan(0.12);
        for (let n = 0; n < m; n += 1) {
          expect(spectralAngle(spectrum, row(scene.endmembers, n))).toBeGreaterThan(0.249);
        }
      }
    }
  });

  test("is the mixture that it says, but for the noise", () => {
    expect(meanAngle(syntheticScene({ noise: 0 }))).toBeLessThan(1e-6);
    const noisy = meanAngle(syntheticScene({ noise: 0.01 }));
    expect(noisy).toBeGreaterThan(0.01);
    expect(noisy).toBeLessThan(0.06);
  });

  test("abundances change little from a pixel to the next", () => {
    const { abundances, width } = syntheticScene({ height: 64, width: 64 });
    const steps = abundances.data.subarray(4).map((value, at) => Math.abs(value - abundances.data[at]!));
    const within = [...steps].filter((_, at) => (Math.floor(at / 4) + 1) % width !== 0);
    expect(Math.max(...within)).toBeLessThan(0.35);
    expect(within.reduce((sum, step) => sum + step, 0) / within.length).toBeLessThan(0.03);
  });

  test("the same seed gives the same bytes, another one others", () => {
    expect(syntheticScene({ seed: 3 })).toEqual(syntheticScene({ seed: 3 }));
    expect(syntheticScene({ seed: 3 }).pixels).not.toEqual(syntheticScene({ seed: 4 }).pixels);
  });

  test.each<[SyntheticSceneOptions, string]>([
    [{ height: 1 }, "bad height, got 1, expected an integer from 2"],
    [{ bands: 7.5 }, "bad bands, got 7.5"],
    [{ materials: 1 }, "bad materials, got 1"],
    [{ noise: Number.NaN }, "bad noise, got NaN, expected a number from 0, below 1"],
    [{ materials: 400, bands: 8 }, "got 400 materials, expected fewer"],
  ])("refuses %j", (options, message) => {
    expect(() => syntheticScene(options)).toThrow(DataError);
    expect(() => syntheticScene(options)).toThrow(message);
  });
});

describe("samson", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "hekla-samson-"));
    await mkdir(join(folder, "samson"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const word = (value: number): number[] => [...new Uint8Array(Uint32Array.of(value).buffer)];
  const element = (type: number, content: Uint8Array): number[] => {
    return [
      ...word(type),
      ...word(content.length),
      ...content,
      ...new Uint8Array((8 - (content.length % 8)) % 8),
    ];
  };
  /** A double array of a level 5 file, its values column-major. */
  function variable(name: string, shape: number[], values: Float64Array): Uint8Array {
    const head = [
      ...element(6, Uint8Array.of(6, 0, 0, 0, 0, 0, 0, 0)),
      ...element(5, new Uint8Array(Int32Array.from(shape).buffer)),
      ...element(1, new TextEncoder().encode(name)),
      ...word(9),
      ...word(values.byteLength),
    ];
    const tag = [...word(14), ...word(head.length + values.byteLength)];
    const bytes = new Uint8Array(8 + head.length + values.byteLength);
    bytes.set([...tag, ...head]);
    bytes.set(new Uint8Array(values.buffer), 8 + head.length);
    return bytes;
  }
  const header = new Uint8Array(128).fill(32, 0, 124);
  header.set([0, 1, 0x49, 0x4d], 124);
  const pixels = Float64Array.from({ length: 156 * 9025 }, (_, at) => (Math.floor(at / 156) / 9025) * 0.5);
  const spectra = new Float64Array(3 * 156).fill(0.5);
  const shares = new Float64Array(9025 * 3).fill(1, 0, 9025);
  const put = (...variables: Uint8Array[]) => {
    return writeFile(join(folder, "samson", "Samson.mat"), Buffer.concat([header, ...variables]));
  };

  test("a made-up file: pixels that went down the columns go along the rows", async () => {
    shares[95 * 2 + 1] = 0; // row 1, column 2
    shares[9025 + 95 * 2 + 1] = 1;
    await put(
      variable("Y", [156, 9025], pixels),
      variable("GT", [3, 156], spectra),
      variable("S_GT", [95, 95, 3], shares),
    );
    const scene = await samson({ dataDir: folder });
    checkScene(scene, 95, 95, 156, 3);
    // The pixel in row 1, column 2 is the 2 * 95 + 1st in the file.
    expect(scene.pixels.data[(95 + 2) * 156]).toBeCloseTo((191 / 9025) * 0.5, 7);
    expect([...row(scene.abundances, 95 + 2)]).toEqual([0, 1, 0]);
    expect(scene.source).toBe(join(folder, "samson", "Samson.mat"));
  });

  test("broken files", async () => {
    const [gt, sGt] = [variable("GT", [3, 156], spectra), variable("S_GT", [95, 95, 3], shares)];
    const y = variable("Y", [156, 9025], pixels);
    const refused = async (message: string, ...variables: Uint8Array[]) => {
      await put(...variables);
      await expect(samson({ dataDir: folder })).rejects.toThrow(DataError);
      await expect(samson({ dataDir: folder })).rejects.toThrow(message);
    };
    await refused("Samson.mat has no variable S_GT", y, gt);
    const turned = variable("GT", [156, 3], spectra);
    await refused("GT is another array, got double [156,3], expected double [3,156]", y, turned, sGt);
    const holed = variable("Y", [156, 9025], pixels.with(4 * 156 + 2, Number.NaN));
    await refused("Y: element 18054 is not finite, got NaN", holed, gt, sGt);
    const short = variable("S_GT", [95, 95, 3], shares.with(0, 0.5));
    await refused("S_GT: pixel 0 is none, got 0.5,0,0, expected shares from 0 on with sum 1", y, gt, short);
    await refused("is truncated", y.subarray(0, 5000));
  });

  test("a folder without it", async () => {
    const lost = samson({ dataDir: join(folder, "nowhere") });
    await expect(lost).rejects.toThrow(DataNotFoundError);
    await expect(lost).rejects.toThrow("syntheticScene() needs no file");
  });

  test.skipIf(!process.env.HEKLA_DATA_DIR)(
    "the real file: 0.040 rad to the mixture of the reference",
    async () => {
      const scene = await samson();
      checkScene(scene, 95, 95, 156, 3);
      expect(meanAngle(scene)).toBeCloseTo(0.04, 3);
      const most = Array.from({ length: 9025 }, (_, pixel) => {
        const shares = row(scene.abundances, pixel);
        return shares.indexOf(Math.max(...shares));
      });
      expect([0, 1, 2].map((material) => most.filter((one) => one === material).length)).toEqual([
        3015, 3666, 2344,
      ]);
    },
  );
});
