import { DataError } from "@hekla/tensor/errors";

/**
 * The angle between two spectra, radians: 0 where one is a multiple of the other, pi / 2 at most where none
 * is negative.
 *
 * `2 atan2(|a/|a| - b/|b||, |a/|a| + b/|b||)`, which is the arc cosine of `a.b / (|a| |b|)` but exact for
 * small angles too. A spectrum of zeros has no direction; its angle to any other is pi / 2.
 *
 * @throws DataError if lengths differ or are 0, or a value is not finite
 *
 * Source: F. A. Kruse et al., "The spectral image processing system (SIPS)", Remote Sensing of Environment
 * 44 (1993); W. Kahan, "How futile are mindless assessments of roundoff in floating-point computation?"
 * (2006), section 12.
 */
export function spectralAngle(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length || a.length === 0) {
    const got = `${a.length} and ${b.length} bands`;
    throw new DataError(
      `spectralAngle: spectra differ in length, got ${got}, expected the same number from 1`,
    );
  }
  const [sizeA, sizeB] = [norm(a), norm(b)];
  if (sizeA === 0 || sizeB === 0) return Math.PI / 2;
  let difference = 0;
  let sum = 0;
  for (let band = 0; band < a.length; band += 1) {
    const [x, y] = [a[band]! / sizeA, b[band]! / sizeB];
    difference += (x - y) * (x - y);
    sum += (x + y) * (x + y);
  }
  return 2 * Math.atan2(Math.sqrt(difference), Math.sqrt(sum));
}

function norm(spectrum: ArrayLike<number>): number {
  let squares = 0;
  for (let band = 0; band < spectrum.length; band += 1) {
    const value = spectrum[band]!;
    if (!Number.isFinite(value)) {
      throw new DataError(`spectralAngle: band ${band} is not finite, got ${value}, expected numbers`);
    }
    squares += value * value;
  }
  return Math.sqrt(squares);
}
