import { takeRows } from "@hekla/datasets";
import type { HostArray } from "@hekla/tensor";
import type { EvaluateContext, EvaluateOutcome } from "../model.js";
import { lineChart } from "../plots/index.js";
import type { HyperspectralConfig } from "./hyperspectral-config.js";
import { pca, projectPca, restorePca } from "./pca.js";
import { codesOf, meanAngle, meanSquaredError } from "./restored-scene.js";
import { holdOutPixels, loadScene } from "./scene-data.js";

/**
 * Root mean square errors of restored spectra, of all pixels and of those not learnt from, beside those of as many principal
 * components, which are of the same pixels that the network has learnt from.
 */
export async function evaluateBottleneck({
  data,
  model,
  config,
}: EvaluateContext<HyperspectralConfig>): Promise<EvaluateOutcome> {
  const scene = await loadScene(data, config);
  const { train, test } = holdOutPixels(scene.pixels.shape[0]!, config.holdOut);
  const held = takeRows(scene.pixels, test);
  const components = pca(takeRows(scene.pixels, train), config.endmembers);
  const byPca = (pixels: HostArray) =>
    Float32Array.from(restorePca(components, projectPca(components, pixels)));

  const started = performance.now();
  const all = (await codesOf(model, scene.pixels)).restored;
  const seconds = (performance.now() - started) / 1000;
  const own = (await codesOf(model, held)).restored;
  const [allByPca, heldByPca] = [byPca(scene.pixels), byPca(held)];
  const error = (pixels: HostArray, restored: Float32Array) =>
    Math.sqrt(meanSquaredError(pixels.data, restored));
  const metrics = {
    error: error(scene.pixels, all),
    pcaError: error(scene.pixels, allByPca),
    heldOutError: error(held, own),
    pcaHeldOutError: error(held, heldByPca),
    pixelAngle: meanAngle(held, own),
    pcaPixelAngle: meanAngle(held, heldByPca),
  };
  const row = (name: string, ...values: number[]) =>
    name.padEnd(26) + values.map((value) => value.toFixed(5).padStart(13)).join("");
  const { bands } = config;
  const byBand = (restored: Float32Array) =>
    Float64Array.from({ length: bands }, (_, band) => {
      let sum = 0;
      for (let at = band; at < restored.length; at += bands) sum += (held.data[at]! - restored[at]!) ** 2;
      return Math.sqrt(sum / test.length);
    });
  return {
    source: scene.source,
    samples: test.length,
    metrics,
    seconds,
    text: [
      `restored from ${config.endmembers} numbers`.padEnd(26) +
        "autoencoder".padStart(13) +
        "PCA".padStart(13),
      row("error, all pixels", metrics.error, metrics.pcaError),
      row("error, held-out pixels", metrics.heldOutError, metrics.pcaHeldOutError),
      row("angle, held-out pixels", metrics.pixelAngle, metrics.pcaPixelAngle),
    ].join("\n"),
    artifacts: [
      {
        name: "errors.svg",
        doc: "root mean square error of held-out pixels in each band",
        content: lineChart({
          title: `Spectra restored from ${config.endmembers} numbers`,
          xLabel: "wavelength, nm",
          yLabel: "root mean square error",
          series: [
            { name: "autoencoder", x: scene.wavelengths, y: byBand(own) },
            { name: "PCA", x: scene.wavelengths, y: byBand(heldByPca), dashed: true },
          ],
        }),
      },
    ],
  };
}
