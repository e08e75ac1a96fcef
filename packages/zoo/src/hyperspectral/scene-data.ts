import { type HyperspectralScene, samson, syntheticScene } from "@hekla/datasets";
import { DataError, type HostArray, HostRandom } from "@hekla/tensor";
import type { DataSource } from "../data-source.js";
import type { HyperspectralConfig } from "./hyperspectral-config.js";
import { margin } from "./hyperspectral-network.js";

/**
 * Samson, or a made-up scene of as many bands and materials as the network is for.
 * @throws DataError if the network is for other bands, or mixes other than as many materials
 */
export async function loadScene(
  data: DataSource,
  { variant, bands, endmembers }: HyperspectralConfig,
): Promise<HyperspectralScene> {
  const scene = await data.load(
    `hyperspectral ${bands} ${endmembers}`,
    ({ dataDir }) => samson(dataDir === undefined ? {} : { dataDir }),
    () => syntheticScene({ bands, materials: endmembers }),
  );
  checkBands(scene, bands, scene.source);
  const count = scene.materials.length;
  if (variant !== "bottleneck" && endmembers !== count) {
    throw new DataError(
      `hyperspectral-ae: endmembers cannot be paired with the reference, got ${endmembers}, expected ${count}: ` +
        scene.materials.join(", "),
    );
  }
  return scene;
}

/** @throws DataError if spectra have other than `bands` bands */
export function checkBands({ pixels }: { readonly pixels: HostArray }, bands: number, where: string): void {
  const [, got] = pixels.shape;
  if (got === bands) return;
  throw new DataError(`hyperspectral-ae: ${where} has other bands, got ${got}, expected ${bands}`);
}

/** The pixels that the bottleneck learns from, and those it is scored on; the same for every training. */
export function holdOutPixels(
  count: number,
  share: number,
): { readonly train: Int32Array; readonly test: Int32Array } {
  const order = new HostRandom(0, "holdOut").permutation(count);
  const held = Math.min(Math.max(Math.round(count * share), 1), count - 1);
  return { train: order.slice(held), test: order.slice(0, held) };
}

/** A picture `[height, width, bands]`, with the pixels at its edges once more around it. */
export interface FramedPicture {
  readonly data: Float32Array;
  readonly height: number;
  readonly width: number;
  readonly bands: number;
}

/** The scene as the convolutional network sees it: each pixel with its neighbours. */
export function framed({
  pixels,
  height,
  width,
}: Pick<HyperspectralScene, "pixels" | "height" | "width">): FramedPicture {
  const [, bands = 0] = pixels.shape;
  const [rows, columns] = [height + 2 * margin, width + 2 * margin];
  const data = new Float32Array(rows * columns * bands);
  const nearest = (at: number, size: number) => Math.min(Math.max(at - margin, 0), size - 1);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const from = (nearest(row, height) * width + nearest(column, width)) * bands;
      data.set(pixels.data.subarray(from, from + bands), (row * columns + column) * bands);
    }
  }
  return { data, height: rows, width: columns, bands };
}

/** Upper left corners of `count` patches of `size` pixels on each side, rim included. */
export function patchCorners(
  picture: FramedPicture,
  size: number,
  count: number,
  seed: number,
): [number, number][] {
  const side = size + 2 * margin;
  const [rows, columns] = [picture.height - side + 1, picture.width - side + 1];
  if (rows < 1 || columns < 1) {
    const got = `${picture.height - 2 * margin} x ${picture.width - 2 * margin} pixels`;
    throw new DataError(
      `hyperspectral-ae: the scene is too small, got ${got}, expected ${size} x ${size} at least`,
    );
  }
  const random = new HostRandom(seed, "patches");
  return Array.from({ length: count }, () => [random.integer(rows), random.integer(columns)]);
}

/** Patches `[corners, size + rim, size + rim, bands]`. */
export function cutPatches(
  { data, width, bands }: FramedPicture,
  corners: readonly (readonly [number, number])[],
  size: number,
): HostArray {
  const side = size + 2 * margin;
  const patches = new Float32Array(corners.length * side * side * bands);
  corners.forEach(([top, left], patch) => {
    for (let row = 0; row < side; row++) {
      const from = ((top + row) * width + left) * bands;
      patches.set(data.subarray(from, from + side * bands), (patch * side + row) * side * bands);
    }
  });
  return { data: patches, shape: [corners.length, side, side, bands] };
}
