import type { HostArray } from "@hekla/tensor";
import { DataError } from "@hekla/tensor/errors";
import { itemRandom } from "../counter-random.js";
import { Canvas } from "./canvas.js";
import { paintScene } from "./paint-scene.js";

export interface ColorScenesOptions {
  /** How many pictures. Default 1 000. */
  readonly count?: number;
  /** Number of the first picture, default 0: two ranges that do not overlap share none. */
  readonly first?: number;
  /** Height and width of a picture, 16 or more. Default 100. */
  readonly size?: number;
  /** Default 0. */
  readonly seed?: number;
  /** `"channelsLast"`: `[count, size, size, 3]` (default); `"channelsFirst"`: `[count, 3, size, size]`. */
  readonly dataFormat?: "channelsLast" | "channelsFirst";
}

/** Colour pictures and how they were made. */
export interface ColorScenes {
  /**
   * Red, green, blue from 0 to 1 as float32, multiples of 1/255: what a picture file of 24 bits a pixel
   * holds.
   */
  readonly pictures: HostArray;
  readonly source: string;
}

/** The random stream of pictures, "colr". */
const STREAM = 0x636f6c72;

/**
 * Colour pictures of made-up landscapes by day, evening, haze and night: sky with sun or moon and clouds,
 * mountains, hills, water, houses and trees, with soft edges and a little texture.
 *
 * Picture i depends on the seed and on i alone, whatever the size; the bytes are the same on every
 * platform.
 *
 * @throws DataError if an option is out of range
 */
export function colorScenes(options: ColorScenesOptions = {}): ColorScenes {
  const { count = 1000, first = 0, size = 100, seed = 0, dataFormat = "channelsLast" } = options;
  for (const [name, value, least] of [
    ["count", count, 1],
    ["first", first, 0],
    ["size", size, 16],
    ["seed", seed, Number.MIN_SAFE_INTEGER],
  ] as const) {
    if (Number.isSafeInteger(value) && value >= least) continue;
    throw new DataError(`colorScenes: bad ${name}, got ${value}, expected an integer from ${least}`);
  }
  if (dataFormat !== "channelsLast" && dataFormat !== "channelsFirst") {
    throw new DataError(`colorScenes: got ${dataFormat}, expected "channelsLast" or "channelsFirst"`);
  }
  const random = itemRandom(seed, STREAM);
  const pixels = size * size;
  const data = new Float32Array(count * pixels * 3);
  for (let picture = 0; picture < count; picture += 1) {
    random.seek(first + picture);
    const canvas = new Canvas(size);
    paintScene(canvas, random);
    canvas.values.forEach((value, at) => {
      const level = Math.floor(Math.min(Math.max(value, 0), 1) * 255 + 0.5) / 255;
      const to = dataFormat === "channelsLast" ? at : (at % 3) * pixels + Math.floor(at / 3);
      data[picture * pixels * 3 + to] = level;
    });
  }
  const shape = dataFormat === "channelsLast" ? [count, size, size, 3] : [count, 3, size, size];
  return { pictures: { data, shape }, source: `painted landscapes, ${size} x ${size}, seed ${seed}` };
}
