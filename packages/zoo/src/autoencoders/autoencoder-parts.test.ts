import { readFile } from "node:fs/promises";
import { HostRandom } from "@hekla/tensor";
import { expect, it } from "vitest";
import { blockTransform } from "./block-transform.js";
import { jpegCurve, jpegPsnr } from "./jpeg-curve.js";
import { normalQuantile } from "./normal-quantile.js";
import { binaryCrossentropy, peakSignalToNoise } from "./picture-errors.js";

it("the block transform is orthonormal, and its first channel the brightness", () => {
  const { data, shape } = blockTransform(8, 192);
  expect(shape).toEqual([8, 8, 3, 192]);
  const column = (channel: number) => Array.from({ length: 192 }, (_, at) => data[at * 192 + channel]!);
  for (const [a, b] of [
    [0, 0],
    [0, 1],
    [5, 5],
    [3, 77],
    [191, 191],
    [190, 191],
  ] as const) {
    const other = column(b);
    const product = column(a).reduce((sum, value, at) => sum + value * other[at]!, 0);
    expect(product).toBeCloseTo(a === b ? 1 : 0, 5);
  }
  for (const value of column(0)) expect(value).toBeCloseTo(1 / Math.sqrt(192), 6);
  const few = blockTransform(8, 12).data;
  expect(few[12]).toBe(data[192]);
});

it("JPEG's curve is the golden one and is read between its points", async () => {
  const golden = JSON.parse(await readFile(new URL("../../goldens/jpeg.json", import.meta.url), "utf8"));
  expect(jpegCurve).toEqual(
    golden.points.map(({ scan, file, psnr }: Record<string, number>) => ({ scan, file, psnr })),
  );
  const [first, second] = jpegCurve as [(typeof jpegCurve)[0], (typeof jpegCurve)[0]];
  expect(jpegPsnr(second.scan)).toBeCloseTo(second.psnr, 10);
  expect(jpegPsnr((first.scan + second.scan) / 2)).toBeCloseTo((first.psnr + second.psnr) / 2, 10);
  expect(jpegPsnr(second.file, "file")).toBeCloseTo(second.psnr, 10);
  expect(jpegPsnr(0.05)).toBeUndefined();
  expect(jpegPsnr(9)).toBeUndefined();
});

it("errors of pictures are what their definitions say", () => {
  const truth = { data: Float32Array.of(0, 1, 0.5, 0.5), shape: [4] };
  const drawn = { data: Float32Array.of(0, 1, 0.25, 0.5), shape: [4] };
  const own = -0.5 * Math.log(0.25) - 0.5 * Math.log(0.75);
  expect(binaryCrossentropy(truth, drawn)).toBeCloseTo((own + Math.LN2) / 4, 6);
  expect(peakSignalToNoise(truth, drawn)).toBeCloseTo(10 * Math.log10(64), 10);
});

it("normal quantiles part samples as they should", () => {
  for (const [p, value] of [
    [0.5, 0],
    [0.975, 1.959964],
    [0.025, -1.959964],
    [0.8413447, 1],
  ] as const) {
    expect(Math.abs(normalQuantile(p) - value)).toBeLessThan(5e-4);
  }
  const random = new HostRandom(1, "quantile", 0);
  const below = Array.from({ length: 4000 }, () => random.normal()).filter((z) => z < normalQuantile(0.3));
  expect(Math.abs(below.length / 4000 - 0.3)).toBeLessThan(0.025);
});
