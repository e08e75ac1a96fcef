import type { HostRandom } from "@hekla/tensor";

/** How far a picture may be moved (px), turned (degrees) and scaled (fraction of its size). */
export interface AffineRange {
  readonly shift: number;
  readonly rotation: number;
  readonly scale: number;
}

/**
 * Makes a function that replaces each picture of a batch, in place, by a randomly moved, turned and scaled copy.
 *
 * An output pixel p takes the value of the input at `R(-angle) (p - centre - shift) / scale + centre`, bilinear
 * between pixels and zero outside. Angle, shifts and scale are uniform in plus or minus their range; four numbers
 * a picture are drawn from `random`, so that the same seed gives the same pictures.
 *
 * @param range all zero gives `undefined`: nothing to do
 * @param size height and width of the pictures, px; they may lie flat in the batch, `[batch, height * width]`
 */
export function affineAugment(
  range: AffineRange,
  [height, width]: readonly [number, number],
): ((batch: Float32Array, shape: readonly number[], random: HostRandom) => void) | undefined {
  if (range.shift === 0 && range.rotation === 0 && range.scale === 0) return undefined;
  const turn = (range.rotation * Math.PI) / 180;
  const within = (random: HostRandom, limit: number) => (2 * random.uniform() - 1) * limit;
  return (batch, _shape, random) => {
    const padded = new Float32Array((height + 4) * (width + 4));
    for (let start = 0; start < batch.length; start += height * width) {
      const angle = within(random, turn);
      const scale = 1 + within(random, range.scale);
      const right = within(random, range.shift);
      const down = within(random, range.shift);
      warp(
        batch,
        start,
        height,
        width,
        padded,
        Math.cos(angle) / scale,
        Math.sin(angle) / scale,
        right,
        down,
      );
    }
  };
}

/** `padded` holds the picture with a border of two zeros, so that no read needs a bounds check. */
function warp(
  batch: Float32Array,
  start: number,
  height: number,
  width: number,
  padded: Float32Array,
  cos: number,
  sin: number,
  right: number,
  down: number,
): void {
  const stride = width + 4;
  for (let row = 0; row < height; row++) {
    const from = start + row * width;
    padded.set(batch.subarray(from, from + width), (row + 2) * stride + 2);
  }
  const centreX = (width - 1) / 2;
  const centreY = (height - 1) / 2;
  let out = start;
  for (let row = 0; row < height; row++) {
    const dy = row - centreY - down;
    let x = cos * (-centreX - right) + sin * dy + centreX + 2;
    let y = -sin * (-centreX - right) + cos * dy + centreY + 2;
    for (let column = 0; column < width; column++, x += cos, y -= sin) {
      // Clamped to the border of zeros: from there on out everything is zero.
      const clampedX = x < 0 ? 0 : x > width + 2 ? width + 2 : x;
      const clampedY = y < 0 ? 0 : y > height + 2 ? height + 2 : y;
      const left = clampedX | 0;
      const top = clampedY | 0;
      const fx = clampedX - left;
      const fy = clampedY - top;
      const at = top * stride + left;
      const a = padded[at] as number;
      const b = padded[at + 1] as number;
      const c = padded[at + stride] as number;
      const d = padded[at + stride + 1] as number;
      const upper = a + (b - a) * fx;
      batch[out++] = upper + (c + (d - c) * fx - upper) * fy;
    }
  }
}
