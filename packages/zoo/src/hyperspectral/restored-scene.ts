import { type HyperspectralScene, spectralAngle } from "@hekla/datasets";
import type { Model } from "@hekla/layers";
import type { HostArray } from "@hekla/tensor";
import type { HyperspectralConfig } from "./hyperspectral-config.js";
import { framed } from "./scene-data.js";

/** What a network makes of pixels: codes `[pixels, code]` (abundances of a mixture), and spectra `[pixels, bands]`. */
export interface RestoredPixels {
  readonly codes: Float32Array;
  readonly restored: Float32Array;
}

/** Codes of spectra `[pixels, bands]`, each on its own. */
export async function codesOf(network: Model, pixels: HostArray): Promise<RestoredPixels> {
  const [codes, restored] = await network.predictAll(pixels, { batchSize: 1024 });
  return { codes: codes.data as Float32Array, restored: restored!.data as Float32Array }; // cast: what networks compute in
}

/** Codes of all pixels of a scene, by whichever network. */
export function restoreScene(
  network: Model,
  scene: Pick<HyperspectralScene, "pixels" | "height" | "width">,
  { variant }: HyperspectralConfig,
): Promise<RestoredPixels> {
  if (variant !== "convolutional") return codesOf(network, scene.pixels);
  const { data, height, width, bands } = framed(scene);
  return codesOf(network, { data, shape: [1, height, width, bands] });
}

/** Mean of squared differences. */
export function meanSquaredError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at]! - b[at]!) ** 2;
  return sum / a.length;
}

/** Mean angle between spectra `[pixels, bands]` and what was made of them, radians. */
export function meanAngle({ data, shape }: HostArray, restored: Float32Array): number {
  const [pixels = 0, bands = 0] = shape;
  let sum = 0;
  for (let from = 0; from < data.length; from += bands) {
    sum += spectralAngle(
      data.subarray(from, from + bands) as Float32Array,
      restored.subarray(from, from + bands),
    );
  }
  return sum / pixels;
}
