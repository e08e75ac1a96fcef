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
  { scan: 0.091, file: 0.3238, psnr: 21.358 },
  { scan: 0.0989, file: 0.3325, psnr: 21.551 },
  { scan: 0.1169, file: 0.3523, psnr: 22.63 },
  { scan: 0.1358, file: 0.3729, psnr: 23.802 },
  { scan: 0.1558, file: 0.3945, psnr: 24.59 },
  { scan: 0.1758, file: 0.4159, psnr: 25.273 },
  { scan: 0.1955, file: 0.4369, psnr: 25.839 },
  { scan: 0.216, file: 0.4587, psnr: 26.324 },
  { scan: 0.2359, file: 0.4796, psnr: 26.739 },
  { scan: 0.268, file: 0.5118, psnr: 27.135 },
  { scan: 0.2742, file: 0.5201, psnr: 27.448 },
  { scan: 0.2899, file: 0.5349, psnr: 27.626 },
  { scan: 0.3105, file: 0.5582, psnr: 28.04 },
  { scan: 0.3329, file: 0.58, psnr: 28.395 },
  { scan: 0.3434, file: 0.5927, psnr: 28.508 },
  { scan: 0.3738, file: 0.6245, psnr: 28.906 },
  { scan: 0.374, file: 0.623, psnr: 29.047 },
  { scan: 0.401, file: 0.653, psnr: 29.218 },
  { scan: 0.4128, file: 0.6635, psnr: 29.594 },
  { scan: 0.4437, file: 0.6976, psnr: 29.649 },
  { scan: 0.449, file: 0.7009, psnr: 30.049 },
  { scan: 0.482, file: 0.7352, psnr: 30.424 },
  { scan: 0.5341, file: 0.7892, psnr: 30.953 },
  { scan: 0.5822, file: 0.8391, psnr: 31.365 },
  { scan: 0.6456, file: 0.9047, psnr: 31.883 },
  { scan: 0.719, file: 0.98, psnr: 32.414 },
  { scan: 0.782, file: 1.0449, psnr: 32.847 },
  { scan: 0.8507, file: 1.1156, psnr: 33.267 },
  { scan: 0.9103, file: 1.1765, psnr: 33.619 },
  { scan: 0.972, file: 1.2399, psnr: 33.986 },
  { scan: 1.0466, file: 1.3165, psnr: 34.377 },
  { scan: 1.1346, file: 1.4064, psnr: 34.827 },
  { scan: 1.2519, file: 1.5265, psnr: 35.382 },
  { scan: 1.3841, file: 1.6616, psnr: 36.001 },
  { scan: 1.589, file: 1.8705, psnr: 36.904 },
  { scan: 1.8822, file: 2.1685, psnr: 38.132 },
  { scan: 2.3537, file: 2.6461, psnr: 40.001 },
  { scan: 3.4006, file: 3.7027, psnr: 43.412 },
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
