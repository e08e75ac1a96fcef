import { ShapeError, tensor } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import {
  AveragePooling1D,
  AveragePooling2D,
  AveragePooling3D,
  GlobalAveragePooling1D,
  GlobalAveragePooling2D,
  GlobalAveragePooling3D,
  GlobalMaxPooling1D,
  GlobalMaxPooling2D,
  GlobalMaxPooling3D,
  type Layer,
  MaxPooling1D,
  MaxPooling2D,
  MaxPooling3D,
  maskOf,
} from "../../index.js";
import { testLayer } from "../../testing/test-layer.js";

const first = { dataFormat: "channelsFirst" } as const;
const same = { padding: "same" } as const;
const [steps, stepsFirst] = [
  [2, 7, 3],
  [2, 3, 7],
];
const [image, imageFirst] = [
  [2, 6, 5, 3],
  [2, 3, 6, 5],
];
const [volume, volumeFirst] = [
  [2, 4, 3, 5, 2],
  [2, 2, 4, 3, 5],
];

testLayer("MaxPooling1D", () => new MaxPooling1D(), steps);
testLayer(
  "MaxPooling1D channels first",
  () => new MaxPooling1D(3, { strides: 1, ...same, ...first }),
  stepsFirst,
);
testLayer("MaxPooling2D", () => new MaxPooling2D(), image);
testLayer(
  "MaxPooling2D channels first",
  () => new MaxPooling2D([3, 2], { strides: 2, ...same, ...first }),
  imageFirst,
);
testLayer("MaxPooling3D", () => new MaxPooling3D([2, 1, 3]), volume);
testLayer("MaxPooling3D channels first", () => new MaxPooling3D(2, { ...same, ...first }), volumeFirst);
testLayer("AveragePooling1D", () => new AveragePooling1D([3], { strides: [2] }), steps);
testLayer("AveragePooling2D", () => new AveragePooling2D(2, { strides: 1 }), image);
testLayer(
  "AveragePooling2D channels first",
  () => new AveragePooling2D(3, { ...same, ...first }),
  imageFirst,
);
testLayer("AveragePooling3D", () => new AveragePooling3D(2, { strides: [2, 1, 3], ...same }), volume);
testLayer("GlobalMaxPooling1D", () => new GlobalMaxPooling1D(), steps);
testLayer("GlobalMaxPooling2D", () => new GlobalMaxPooling2D({ keepdims: true, ...first }), imageFirst);
testLayer("GlobalMaxPooling3D", () => new GlobalMaxPooling3D(), volume);
testLayer("GlobalAveragePooling1D", () => new GlobalAveragePooling1D(first), stepsFirst);
testLayer("GlobalAveragePooling1D with a mask", () => new GlobalAveragePooling1D({ keepdims: true }), steps, {
  call: () => ({
    mask: tensor(
      [
        [1, 1, 0, 0, 1, 0, 1],
        [0, 0, 0, 1, 0, 0, 0],
      ],
      { dtype: "bool" },
    ),
  }),
});
testLayer("GlobalAveragePooling2D", () => new GlobalAveragePooling2D(), image);
testLayer(
  "GlobalAveragePooling3D",
  () => new GlobalAveragePooling3D({ keepdims: true, ...first }),
  volumeFirst,
);

describe("poolings", () => {
  it.each([
    [() => new MaxPooling2D([2, 0]), /max_pooling2d: bad poolSize, got 2,0/],
    [() => new AveragePooling1D(2, { strides: 1.5 }), /average_pooling1d: bad strides, got 1.5/],
    [
      () => new MaxPooling1D(3).computeOutputShape([null, 2, 1]),
      /the window does not fit, got input \(None, 2, 1\)/,
    ],
    [() => new MaxPooling3D().computeOutputShape([null, 4, 4, 1]), /got \(None, 4, 4, 1\), expected 5 axes/],
    [() => new GlobalMaxPooling1D().computeOutputShape([null, 4, 4, 1]), /expected 3 axes/],
  ])("refuse what does not fit %#", (bad, message) => {
    expect(bad).toThrow(ShapeError);
    expect(bad).toThrow(message);
  });

  it.each<[string, Layer, (number | null)[], (number | null)[]]>([
    ["MaxPooling1D", new MaxPooling1D(), [null, null, 4], [null, null, 4]],
    ["AveragePooling2D", new AveragePooling2D(2, same), [null, 5, null, null], [null, 3, null, null]],
    ["GlobalMaxPooling2D", new GlobalMaxPooling2D(), [null, null, null, 4], [null, 4]],
    ["GlobalAveragePooling1D", new GlobalAveragePooling1D({ keepdims: true }), [null, null, 4], [null, 1, 4]],
  ])("%s leaves open sizes open", (_name, layer, input, output) => {
    expect(layer.computeOutputShape(input)).toEqual(output);
  });

  it("over all steps use the mask and end it", () => {
    const x = tensor([[[1], [2], [30]]]);
    const mask = tensor([[1, 1, 0]], { dtype: "bool" });
    const pooled = new GlobalAveragePooling1D({ keepdims: true }).apply(x, { mask });
    expect(pooled.dataSync()).toEqual(Float32Array.of(1.5));
    expect(maskOf(pooled)).toBeUndefined();
  });
});
