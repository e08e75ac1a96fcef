import type { HostArray } from "@hekla/tensor";
import { latentPoints } from "./gan-film.js";

/** Points of a way. */
const stops = 10;

/**
 * Ways from one latent point to another, ten points each, `[ways * 10, latent]`: along the great circle, since a normal
 * point of many dimensions lies near a sphere and a straight way would leave it.
 * Source: Shoemake 1985; White, "Sampling generative networks", 2016, section 2.
 */
export function latentWays(ways: number, latent: number, seed: number): HostArray {
  const ends = latentPoints(2 * ways, latent, seed, "ways").data;
  const data = new Float32Array(ways * stops * latent);
  for (let way = 0; way < ways; way++) {
    const from = ends.subarray(2 * way * latent, (2 * way + 1) * latent);
    const to = ends.subarray((2 * way + 1) * latent, (2 * way + 2) * latent);
    const angle = angleBetween(from, to);
    for (let stop = 0; stop < stops; stop++) {
      const share = stop / (stops - 1);
      const a = Math.sin((1 - share) * angle) / Math.sin(angle);
      const b = Math.sin(share * angle) / Math.sin(angle);
      for (let at = 0; at < latent; at++) {
        data[(way * stops + stop) * latent + at] = a * from[at]! + b * to[at]!;
      }
    }
  }
  return { data, shape: [ways * stops, latent] };
}

/** In radians, kept off 0 and pi, where no great circle is told from another. */
function angleBetween(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [product, ofA, ofB] = [0, 0, 0];
  for (let at = 0; at < a.length; at++) {
    product += a[at]! * b[at]!;
    ofA += a[at]! ** 2;
    ofB += b[at]! ** 2;
  }
  const angle = Math.acos(Math.min(Math.max(product / Math.sqrt(ofA * ofB), -1), 1));
  return Math.min(Math.max(angle, 1e-3), Math.PI - 1e-3);
}
