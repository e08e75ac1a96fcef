import type { ItemRandom } from "../counter-random.js";

/**
 * A smooth random function of two coordinates from 0 to 1 (beyond: as at the edge), with values from 0 to
 * 1.
 */
export type Noise = (u: number, v: number) => number;

/**
 * Value noise: random values on a grid of `cells` x `cells` squares, blended by `t^2 (3 - 2t)` in between;
 * each further octave has twice the cells and half the weight.
 */
export function valueNoise(random: ItemRandom, cells: number, octaves = 1): Noise {
  const layers = Array.from({ length: octaves }, (_, octave) => {
    const side = cells * 2 ** octave + 1;
    return {
      side,
      weight: 0.5 ** octave,
      values: Float64Array.from({ length: side * side }, random.uniform),
    };
  });
  const total = layers.reduce((sum, { weight }) => sum + weight, 0);
  return (u, v) => {
    let sum = 0;
    for (const { side, weight, values } of layers) {
      const x = Math.min(Math.max(u, 0), 1) * (side - 1);
      const y = Math.min(Math.max(v, 0), 1) * (side - 1);
      const left = Math.min(Math.floor(x), side - 2);
      const top = Math.min(Math.floor(y), side - 2);
      const [a, b] = [blend(x - left), blend(y - top)];
      const at = top * side + left;
      const upper = values[at]! + a * (values[at + 1]! - values[at]!);
      const lower = values[at + side]! + a * (values[at + side + 1]! - values[at + side]!);
      sum += weight * (upper + b * (lower - upper));
    }
    return sum / total;
  };
}

function blend(t: number): number {
  return t * t * (3 - 2 * t);
}
