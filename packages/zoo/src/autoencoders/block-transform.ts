import type { HostArray } from "@hekla/tensor";

/** Orthonormal colours: brightness, red against blue, green against both. */
const colorAxes = [
  [1, 1, 1].map((part) => part / Math.sqrt(3)),
  [1, 0, -1].map((part) => part / Math.sqrt(2)),
  [1, -2, 1].map((part) => part / Math.sqrt(6)),
];

/**
 * Cosine transform of blocks `[size, size, 3]` as a convolution's kernel `[size, size, 3, channels]`, orthonormal: the
 * `channels` patterns that pictures have most of, those of low frequency and more of brightness than of colour.
 * Source: Ahmed, Natarajan and Rao, "Discrete cosine transform", 1974.
 */
export function blockTransform(size: number, channels: number): HostArray {
  const patterns = colorAxes
    .flatMap((color, axis) =>
      Array.from({ length: size * size }, (_, at) => {
        const [v, u] = [Math.floor(at / size), at % size];
        return { color, u, v, order: axis === 0 ? u + v : 2 * (u + v) + 1 };
      }),
    )
    .sort((a, b) => a.order - b.order)
    .slice(0, channels);
  const wave = (frequency: number, place: number): number =>
    Math.sqrt((frequency === 0 ? 1 : 2) / size) *
    Math.cos(((2 * place + 1) * frequency * Math.PI) / (2 * size));
  const data = new Float32Array(size * size * 3 * channels);
  patterns.forEach(({ color, u, v }, channel) => {
    for (let pixel = 0; pixel < size * size; pixel++) {
      const value = wave(v, Math.floor(pixel / size)) * wave(u, pixel % size);
      color.forEach((part, at) => {
        data[(pixel * 3 + at) * channels + channel] = value * part;
      });
    }
  });
  return { data, shape: [size, size, 3, channels] };
}
