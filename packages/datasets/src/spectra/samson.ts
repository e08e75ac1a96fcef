import { DataError } from "@hekla/tensor/errors";
import type { MatArray, MatValue } from "../files/mat-array.js";
import { readMat } from "../files/read-mat.js";
import { type FindFileOptions, findFile } from "../find-file.js";
import { evenWavelengths, type HyperspectralScene } from "./hyperspectral-scene.js";

/** Where the file is: a folder that holds it, itself or in `samson/`, or any other place. */
export type SamsonOptions = Pick<FindFileOptions, "dataDir" | "place">;

/**
 * The Samson scene: 95 x 95 pixels of 156 bands (401 to 889 nm), scaled to 0..1, of soil, trees and water,
 * with the endmembers and abundances that the literature on unmixing compares with.
 *
 * File: `Samson.mat` with `Y` `[156, 9025]`, `GT` `[3, 156]` and `S_GT` `[95, 95, 3]`. Its pixels go down
 * the columns of the picture; here they go along its rows, as abundances do: pixel `row * 95 + column`. The
 * endmembers are scaled to a maximum of 1 each, so compare them by angle.
 *
 * @throws DataNotFoundError if the file is not there, DataError if it is broken or its arrays have other
 * shapes, values that are not finite, or abundances that do not sum to 1
 *
 * Source: region and reference of F. Zhu et al., "Spectral unmixing via data-guided sparsity", IEEE
 * Transactions on Image Processing 23 (2014); no licence is stated.
 */
export async function samson(options: SamsonOptions = {}): Promise<HyperspectralScene> {
  const names = ["samson/Samson.mat", "Samson.mat"];
  const { bytes, path } = await findFile(names, { ...options, dataset: "samson", twin: "syntheticScene()" });
  const variables = await readMat(bytes, { name: path, variables: ["Y", "GT", "S_GT"] });
  const [height, width, bands, materials] = [95, 95, 156, ["soil", "tree", "water"]] as const;
  const count = height * width;
  const read = (variable: string, shape: readonly number[]): Float64Array => {
    return numbersOf(variables.get(variable)!, `${path}: ${variable}`, shape);
  };
  const stored = read("Y", [bands, count]);
  const endmembers = Float32Array.from(read("GT", [materials.length, bands]));
  const shares = read("S_GT", [height, width, materials.length]);
  checkShares(shares, materials.length, `${path}: S_GT`);

  const pixels = new Float32Array(count * bands);
  for (let pixel = 0; pixel < count; pixel += 1) {
    const from = (pixel % width) * height + Math.floor(pixel / width);
    for (let band = 0; band < bands; band += 1) pixels[pixel * bands + band] = stored[band * count + from]!;
  }
  return {
    pixels: { data: pixels, shape: [count, bands] },
    height,
    width,
    endmembers: { data: endmembers, shape: [materials.length, bands] },
    abundances: { data: Float32Array.from(shares), shape: [count, materials.length] },
    materials,
    wavelengths: evenWavelengths(401, 889, bands),
    source: path,
  };
}

function numbersOf(value: MatValue, where: string, shape: readonly number[]): Float64Array {
  if (value.class !== "double" || `${value.shape}` !== `${shape}`) {
    const got = `${value.class} [${value.shape}]`;
    throw new DataError(`samson: ${where} is another array, got ${got}, expected double [${shape}]`);
  }
  const data = (value as MatArray).data as Float64Array; // cast: what class double is read into
  const bad = data.findIndex((one) => !Number.isFinite(one));
  if (bad >= 0) {
    throw new DataError(`samson: ${where}: element ${bad} is not finite, got ${data[bad]}, expected numbers`);
  }
  return data;
}

function checkShares(shares: Float64Array, materials: number, where: string): void {
  for (let at = 0; at < shares.length; at += materials) {
    const pixel = [...shares.subarray(at, at + materials)];
    const sum = pixel.reduce((total, share) => total + share, 0);
    if (Math.abs(sum - 1) <= 1e-6 && pixel.every((share) => share >= -1e-9)) continue;
    const expected = "shares from 0 on with sum 1";
    throw new DataError(
      `samson: ${where}: pixel ${at / materials} is none, got ${pixel}, expected ${expected}`,
    );
  }
}
