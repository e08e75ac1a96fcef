import { wasm } from "@hekla/kernels-wasm";
import { modelFromBytes } from "@hekla/layers";
import { type Backend, useBackend } from "@hekla/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveConfig } from "../config.js";
import { DataSource } from "../data-source.js";
import { vae } from "./vae.js";

const data = new DataSource({ synthetic: "always" });
const config = resolveConfig(vae.config, {
  ...{ limit: 1500, epochs: 4, units: 96, batchSize: 32, learningRate: 0.003 },
});
const names = (artifacts: readonly { name: string }[] = []) => artifacts.map(({ name }) => name);

let backend: Backend;
beforeAll(async () => {
  backend = await useBackend(wasm());
});
afterAll(() => backend.dispose());

describe("vae on drawn digits", () => {
  it("learns a map of digits and draws from it", async () => {
    const { model: trained, history } = await vae.train({ config, data });
    expect(Object.keys(history)).toEqual(["loss", "crossentropy", "kl"]);
    const last = (name: string) => history[name]!.at(-1)!;
    expect(last("loss")).toBeCloseTo(last("crossentropy") + last("kl"), 2);
    expect(last("loss")).toBeLessThan(history["loss"]![0]!);

    // A file is all that evaluation needs.
    const model = modelFromBytes(await trained.toBytes());
    const { metrics, samples, artifacts } = await vae.evaluate({ model, data, config });
    expect(samples).toBe(2000);
    expect(metrics["elbo"]).toBeCloseTo(-metrics["crossentropy"]! - metrics["kl"]!, 8);
    expect(-metrics["elbo"]!).toBeLessThan(history["loss"]![0]!);
    expect(metrics["kl"]).toBeGreaterThan(0.5);
    expect(names(artifacts)).toEqual([
      "latent-grid.svg",
      "latent-map.svg",
      "samples.svg",
      "reconstructions.svg",
    ]);

    const run = (options: Record<string, unknown>) =>
      vae.predict.run({ model, data, config, options: resolveConfig(vae.predict.options, options) });
    expect(names((await run({ size: 4 })).artifacts)).toEqual(["latent-grid.svg"]);
    const [a, b, c] = [await run(samplesOf(1)), await run(samplesOf(1)), await run(samplesOf(2))];
    expect(a.artifacts).toEqual(b.artifacts);
    expect(a.artifacts).not.toEqual(c.artifacts);
    const way = await run({ draw: "interpolate", from: 4, to: 9, size: 5 });
    expect(way.json["codes"]).toHaveLength(4);
    await expect(run({ draw: "interpolate", to: 5000 })).rejects.toThrow(
      "vae: there is no test digit 5000, expected 0 to 1999",
    );
  }, 60_000);

  it("follows the weight of the divergence, and has no grid but of a plane", async () => {
    const wide = { ...config, latent: 5, klWeight: 8, epochs: 2 };
    const { model, history } = await vae.train({ config: wide, data });
    const last = (name: string) => history[name]!.at(-1)!;
    expect(last("loss")).toBeCloseTo(last("crossentropy") + 8 * last("kl"), 1);
    const { artifacts } = await vae.evaluate({ model, data, config: wide });
    expect(names(artifacts)).toEqual(["samples.svg", "reconstructions.svg"]);
    const options = resolveConfig(vae.predict.options);
    await expect(vae.predict.run({ model, data, config: wide, options })).rejects.toThrow(
      "vae: a grid needs a plane, got 5 latent numbers, expected 2",
    );
  }, 60_000);

  it("has the same bytes twice, and others with another seed", async () => {
    const short = { ...config, limit: 200, epochs: 2 };
    const bytes = async (seed: number) =>
      (await vae.train({ config: { ...short, seed }, data })).model.toBytes();
    const one = await bytes(1);
    expect(Buffer.compare(one, await bytes(1))).toBe(0);
    expect(Buffer.compare(one, await bytes(2))).not.toBe(0);
  });
});

const samplesOf = (seed: number) => ({ draw: "samples", size: 3, seed });
