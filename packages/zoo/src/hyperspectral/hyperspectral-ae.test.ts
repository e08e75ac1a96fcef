import { wasm } from "@hekla/kernels-wasm";
import { type Backend, DataError, useBackend } from "@hekla/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveConfig } from "../config.js";
import { DataSource } from "../data-source.js";
import type { EvaluateOutcome } from "../model.js";
import { hyperspectralAe as zooModel } from "./hyperspectral-ae.js";
import { endmembersOf } from "./hyperspectral-network.js";
import { restoreScene } from "./restored-scene.js";
import { loadScene } from "./scene-data.js";

const data = new DataSource({ synthetic: "always" });
/** Settings for a scene of fewer bands than Samson has. */
const settings = (values: Record<string, unknown> = {}) =>
  resolveConfig(zooModel.config, { bands: 50, ...values });

/** Trained and scored on the twin. */
async function trained(values: Record<string, unknown>) {
  const config = settings(values);
  const outcome = await zooModel.train({ config, data });
  const { model } = outcome;
  return { config, outcome, model, test: await zooModel.evaluate({ config, data, model }) };
}
const artifact = ({ artifacts }: EvaluateOutcome, name: string) =>
  String(artifacts?.find((one) => one.name === name)?.content);

let backend: Backend;
beforeAll(async () => {
  backend = await useBackend(wasm({ threads: 2 }));
});
afterAll(() => backend.dispose());

describe("hyperspectral-ae on a made-up scene", { timeout: 60_000 }, () => {
  it("unmixes it: shares that sum to 1, endmembers that are not negative and near to the true ones", async () => {
    const { config, model, test } = await trained({ ...zooModel.presets["start"]!.values });
    expect(test.metrics["angle"]).toBeLessThan(0.03);
    expect(test.metrics["abundanceError"]).toBeLessThan(0.08);
    expect(test.samples).toBe(48 * 48);
    const scene = await loadScene(data, config);
    const { codes } = await restoreScene(model, scene, config);
    for (let from = 0; from < codes.length; from += 3) {
      const pixel = [...codes.subarray(from, from + 3)];
      expect(Math.min(...pixel)).toBeGreaterThanOrEqual(0);
      expect(pixel.reduce((sum, share) => sum + share)).toBeCloseTo(1, 5);
    }
    expect(
      endmembersOf(model)
        .dataSync()
        .every((value) => value >= 0),
    ).toBe(true);
    expect(test.text).toMatch(/^material 1 +0\.0\d+ +0\.0\d+ +0\.\d+ +0\.\d+$/m);
    expect(artifact(test, "endmembers.csv").trimEnd().split("\n")).toHaveLength(51);
    for (const name of ["endmembers.svg", "abundances.svg"])
      expect(artifact(test, name)).toMatch(/^<svg.*<\/svg>\s*$/s);
  });

  it("has the same bytes for the same seed, with one thread as with two, and others for another", async () => {
    const bytes = async (seed: number) => {
      const config = settings({ epochs: 4, warmup: 2, seed });
      return (await zooModel.train({ config, data })).model.toBytes();
    };
    const two = await bytes(1);
    expect(await bytes(2)).not.toEqual(two);
    const alone = await useBackend(wasm({ threads: 1 }));
    expect(await bytes(1)).toEqual(two);
    await useBackend(backend);
    await alone.dispose();
  });

  it("leaves endmembers as they are in the warm-up only", async () => {
    const first = await trained({ epochs: 1, warmup: 1 });
    const later = await trained({ epochs: 2, warmup: 1 });
    // Scaled by its maximum, but the same direction.
    expect(first.test.metrics["angle"]).toBeCloseTo(first.test.metrics["vertexAngle"]!, 6);
    expect(later.test.metrics["angle"]).not.toBeCloseTo(later.test.metrics["vertexAngle"]!, 6);
  });

  it("does so from patches, too", async () => {
    const { config, model, test } = await trained({
      variant: "convolutional",
      units: 16,
      batchSize: 8,
      epochs: 20,
      warmup: 5,
    });
    expect(test.metrics["angle"]).toBeLessThan(0.05);
    expect(test.metrics["abundanceError"]).toBeLessThan(0.1);
    // A pixel's shares are its own, whichever picture it stands in, as long as the neighbours are the same.
    const scene = await loadScene(data, config);
    const top = {
      pixels: { data: scene.pixels.data.subarray(0, 5 * 48 * 50), shape: [5 * 48, 50] },
      height: 5,
      width: 48,
    };
    const [whole, part] = [await restoreScene(model, scene, config), await restoreScene(model, top, config)];
    for (let at = 0; at < 4 * 48 * 3; at++) expect(part.codes[at]).toBeCloseTo(whole.codes[at]!, 5);
  });

  it("as a bottleneck restores pixels it has not learnt from, and is held against PCA", async () => {
    const { test } = await trained({ variant: "bottleneck", epochs: 30, batchSize: 64, learningRate: 0.005 });
    const { heldOutError, pcaHeldOutError, error, pcaError } = test.metrics as Record<string, number>;
    // Three materials with sum 1 lie in a plane: three components leave the noise of 0.01 only.
    expect(pcaHeldOutError).toBeGreaterThan(0.009);
    expect(pcaHeldOutError).toBeLessThan(0.011);
    expect(pcaError).toBeCloseTo(pcaHeldOutError!, 3);
    expect(heldOutError).toBeLessThan(0.03);
    expect(error).toBeLessThan(0.03);
  });

  it("tells of a pixel, and refuses one that is not there and scenes of other bands", async () => {
    const { config, outcome } = await trained({ epochs: 2 });
    const { model } = outcome;
    const told = await zooModel.predict.run({ config, data, model, options: { row: 3, column: 7 } });
    const { codes } = told.json as { codes: number[] };
    expect(codes.reduce((sum, share) => sum + share)).toBeCloseTo(1, 5);
    expect(told.text).toMatch(/^endmember 2 +\d+\.\d % +\d+\.\d %$/m);
    const outside = zooModel.predict.run({ config, data, model, options: { row: 48, column: 0 } });
    await expect(outside).rejects.toThrow("has no pixel 48, 0, expected rows 0 to 47 and columns 0 to 47");

    const header = "ENVI\nsamples = 2\nlines = 1\nbands = 3\ndata type = 1\ninterleave = bip\n";
    const input = {
      name: "few.hdr",
      bytes: new TextEncoder().encode(header),
      beside: async () => new Uint8Array(6),
    };
    const few = zooModel.predict.run({ config, data, model, options: { row: 0, column: 0 }, input });
    await expect(few).rejects.toThrow(DataError);
    await expect(few).rejects.toThrow("few.hdr has other bands, got 3, expected 50");
  });

  it("refuses patches larger than the scene", async () => {
    const config = settings({ variant: "convolutional", batchSize: 8, patch: 49 });
    await expect(zooModel.train({ config, data })).rejects.toThrow(
      "the scene is too small, got 48 x 48 pixels, expected 49 x 49 at least",
    );
  });
});

describe.skipIf(!process.env["HEKLA_DATA_DIR"])("hyperspectral-ae on Samson", { timeout: 120_000 }, () => {
  it("finds soil, tree and water", async () => {
    const real = new DataSource();
    const config = settings({ bands: 156, ...zooModel.presets["start"]!.values });
    const { model } = await zooModel.train({ config, data: real });
    const { metrics, text } = await zooModel.evaluate({ config, data: real, model });
    expect(metrics["angle"]).toBeLessThan(0.1);
    expect(metrics["angle"]).toBeLessThan(metrics["vertexAngle"]!);
    expect(metrics["abundanceError"]).toBeLessThan(0.12);
    expect(text).toContain("water");
  });
});
