/** JPEG at one quality: means over the test scenes. */
export interface JpegPoint {
  /** Bits a pixel of what stands in the scans, without headers and tables. */
  readonly scan: number;
  /** Bits a pixel of the whole file. */
  readonly file: number;
  /** Peak signal-to-noise ratio in decibels. */
  readonly psnr: number;
}

/**
 * JPEG on the 100 test scenes by libjpeg-turbo, at each size with the better of the two colour samplings and with
 * Huffman tables made for each picture.
 * Source: measured by `scripts/golden/zoo_jpeg.py`; the same numbers with their settings are in `goldens/jpeg.json`.
 */
export const jpegCurve: readonly JpegPoint[] = [
  { scan: 0.0935, file: 0.3267, psnr: 21.263 },
  { scan: 0.0936, file: 0.3268, psnr: 21.264 },
  { scan: 0.1017, file: 0.3357, psnr: 21.468 },
  { scan: 0.1204, file: 0.3561, psnr: 22.504 },
  { scan: 0.14, file: 0.3775, psnr: 23.662 },
  { scan: 0.1609, file: 0.3999, psnr: 24.399 },
  { scan: 0.1818, file: 0.4223, psnr: 25.056 },
  { scan: 0.2025, file: 0.4442, psnr: 25.565 },
  { scan: 0.223, file: 0.4659, psnr: 26.045 },
  { scan: 0.244, file: 0.4881, psnr: 26.476 },
  { scan: 0.2767, file: 0.5208, psnr: 26.87 },
  { scan: 0.2838, file: 0.53, psnr: 27.152 },
  { scan: 0.2995, file: 0.5447, psnr: 27.365 },
  { scan: 0.3205, file: 0.5686, psnr: 27.711 },
  { scan: 0.345, file: 0.5924, psnr: 28.12 },
  { scan: 0.355, file: 0.6047, psnr: 28.169 },
  { scan: 0.3872, file: 0.6366, psnr: 28.727 },
  { scan: 0.4157, file: 0.6679, psnr: 28.887 },
  { scan: 0.4272, file: 0.6781, psnr: 29.268 },
  { scan: 0.46, file: 0.7141, psnr: 29.322 },
  { scan: 0.4659, file: 0.7183, psnr: 29.717 },
  { scan: 0.4998, file: 0.7534, psnr: 30.081 },
  { scan: 0.5548, file: 0.8103, psnr: 30.593 },
  { scan: 0.6043, file: 0.8611, psnr: 31.028 },
  { scan: 0.6697, file: 0.9284, psnr: 31.513 },
  { scan: 0.7467, file: 1.0077, psnr: 32.044 },
  { scan: 0.8128, file: 1.0756, psnr: 32.472 },
  { scan: 0.8837, file: 1.1487, psnr: 32.879 },
  { scan: 0.9448, file: 1.2114, psnr: 33.221 },
  { scan: 1.0088, file: 1.2769, psnr: 33.584 },
  { scan: 1.0836, file: 1.3533, psnr: 33.969 },
  { scan: 1.1752, file: 1.4472, psnr: 34.419 },
  { scan: 1.2955, file: 1.5702, psnr: 34.98 },
  { scan: 1.4327, file: 1.7101, psnr: 35.606 },
  { scan: 1.6448, file: 1.9259, psnr: 36.497 },
  { scan: 1.946, file: 2.232, psnr: 37.718 },
  { scan: 2.4313, file: 2.7234, psnr: 39.621 },
  { scan: 3.506, file: 3.8073, psnr: 43.095 },
];

/**
 * JPEG's ratio at this many bits a pixel, between the points measured; undefined beyond them.
 * @param size `"scan"` (default) does without headers and tables, which JPEG could agree on beforehand as the
 *   autoencoder does with its weights; `"file"` counts them
 */
export function jpegPsnr(bitsPerPixel: number, size: "scan" | "file" = "scan"): number | undefined {
  const above = jpegCurve.findIndex((point) => point[size] >= bitsPerPixel);
  const [from, to] = [jpegCurve[above - 1], jpegCurve[above]];
  if (!from || !to) return undefined;
  const share = (bitsPerPixel - from[size]) / (to[size] - from[size]);
  return from.psnr + share * (to.psnr - from.psnr);
}
