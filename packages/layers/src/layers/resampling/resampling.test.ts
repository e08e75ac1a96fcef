import { DataError, ShapeError, tensor } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import {
  Cropping1D,
  Cropping2D,
  Cropping3D,
  type Layer,
  UpSampling1D,
  UpSampling2D,
  UpSampling3D,
  ZeroPadding1D,
  ZeroPadding2D,
  ZeroPadding3D,
} from "../../index.js";
import { testLayer } from "../../testing/test-layer.js";

const first = { dataFormat: "channelsFirst" } as const;
const [steps, stepsFirst] = [
  [2, 5, 3],
  [2, 3, 5],
];
const [image, imageFirst] = [
  [2, 4, 5, 3],
  [2, 3, 4, 5],
];
const [volume, volumeFirst] = [
  [2, 3, 4, 3, 2],
  [2, 2, 3, 4, 3],
];

testLayer("UpSampling1D", () => new UpSampling1D(3), steps);
testLayer("UpSampling2D", () => new UpSampling2D(), image);
testLayer("UpSampling2D channels first", () => new UpSampling2D([2, 3], first), imageFirst);
testLayer("UpSampling2D bilinear", () => new UpSampling2D([3, 2], { interpolation: "bilinear" }), image);
testLayer(
  "UpSampling2D bicubic",
  () => new UpSampling2D(2, { interpolation: "bicubic", ...first }),
  imageFirst,
);
testLayer("UpSampling2D lanczos3", () => new UpSampling2D(2, { interpolation: "lanczos3" }), image);
testLayer(
  "UpSampling2D lanczos5",
  () => new UpSampling2D(3, { interpolation: "lanczos5", ...first }),
  imageFirst,
);
testLayer("UpSampling3D", () => new UpSampling3D([1, 2, 3]), volume);
testLayer("UpSampling3D channels first", () => new UpSampling3D(2, first), volumeFirst);
testLayer("Cropping1D", () => new Cropping1D([2, 1]), steps);
testLayer("Cropping2D", () => new Cropping2D([[1, 0], 2]), image);
testLayer("Cropping2D channels first", () => new Cropping2D([0, 1], first), imageFirst);
testLayer("Cropping3D", () => new Cropping3D(), volume);
testLayer("Cropping3D channels first", () => new Cropping3D([1, [0, 2], 0], first), volumeFirst);
testLayer("ZeroPadding1D", () => new ZeroPadding1D([0, 2], first), stepsFirst);
testLayer("ZeroPadding2D", () => new ZeroPadding2D(), image);
testLayer("ZeroPadding2D channels first", () => new ZeroPadding2D([[1, 0], 2], first), imageFirst);
testLayer("ZeroPadding3D", () => new ZeroPadding3D([1, [0, 2], 0]), volume);

describe("upsampling, cropping, zero padding", () => {
  it.each([
    [() => new UpSampling1D(0), /up_sampling1d: bad size, got 0/],
    [() => new UpSampling2D([2, 1.5]), /up_sampling2d: bad size, got 2,1.5/],
    [() => new Cropping1D([1, -1]), /bad cropping, got \[\[1,-1\]\]/],
    [() => new Cropping2D([1, 2, 3] as never), /bad cropping, got \[1,2,3\], expected .* for each of 2 axes/],
    [() => new ZeroPadding3D([1, [1, 2, 3], 0] as never), /bad padding, got \[1,\[1,2,3\],0\]/],
    [
      () => new Cropping2D(2).computeOutputShape([null, 4, 9, 1]),
      /nothing is left, got input \(None, 4, 9, 1\)/,
    ],
    [() => new ZeroPadding2D().computeOutputShape([null, 4, 9]), /got \(None, 4, 9\), expected 4 axes/],
  ])("refuse what does not fit %#", (bad, message) => {
    expect(bad).toThrow(ShapeError);
    expect(bad).toThrow(message);
  });

  it("refuse an interpolation that there is not", () => {
    const bad = () => new UpSampling2D(2, { interpolation: "cubic" as never });
    expect(bad).toThrow(DataError);
    expect(bad).toThrow(/got "cubic", expected one of nearest, bilinear, bicubic, lanczos3, lanczos5/);
  });

  it.each<[string, Layer, (number | null)[], (number | null)[]]>([
    ["UpSampling2D", new UpSampling2D(3), [null, null, 5, 2], [null, null, 15, 2]],
    ["Cropping1D", new Cropping1D(), [null, null, 2], [null, null, 2]],
    ["ZeroPadding3D", new ZeroPadding3D(1, first), [null, 2, null, 4, 5], [null, 2, null, 6, 7]],
  ])("%s leaves open sizes open", (_name, layer, input, output) => {
    expect(layer.computeOutputShape(input)).toEqual(output);
  });

  it("keep Keras's options", () => {
    expect(new Cropping1D(2).getConfig()).toEqual({ name: "cropping1d", cropping: [2, 2] });
    expect(new UpSampling1D().getConfig()).toEqual({ name: "up_sampling1d", size: 2 });
    expect(new ZeroPadding2D([1, [2, 3]]).getConfig()).toEqual({
      name: "zero_padding2d",
      dataFormat: "channelsLast",
      padding: [
        [1, 1],
        [2, 3],
      ],
    });
  });

  it("weigh the pixels exactly far from the first one", async () => {
    // A ramp stays a ramp under linear interpolation: between pixels halves of steps, at the ends none.
    const size = 3000;
    const ramp = tensor(
      Float32Array.from({ length: size }, (_, at) => at),
      { shape: [1, 1, size, 1] },
    );
    const doubled = await new UpSampling2D([1, 2], { interpolation: "bilinear" }).apply(ramp).data();
    const expected = Array.from({ length: 2 * size }, (_, at) =>
      Math.min(Math.max(at / 2 - 0.25, 0), size - 1),
    );
    expect([...doubled]).toEqual(expected);
  });
});
