import { ShapeError, tensor } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import {
  Conv1D,
  Conv1DTranspose,
  Conv2D,
  Conv2DTranspose,
  Conv3D,
  Conv3DTranspose,
  DepthwiseConv1D,
  DepthwiseConv2D,
  GlorotUniform,
  type Layer,
  maskOf,
  SeparableConv1D,
  SeparableConv2D,
  Sequential,
} from "../../index.js";
import { testLayer } from "../../testing/test-layer.js";

const first = { dataFormat: "channelsFirst" } as const;
const same = { padding: "same" } as const;
const [steps, stepsFirst] = [
  [2, 7, 4],
  [2, 4, 7],
];
const [image, imageFirst] = [
  [2, 6, 5, 4],
  [2, 4, 6, 5],
];
const [volume, volumeFirst] = [
  [2, 4, 3, 4, 2],
  [2, 2, 4, 3, 4],
];
const weights = ["kernel", "bias"];

testLayer("Conv1D", () => new Conv1D(3, 3, { activation: "relu" }), steps, { weights });
testLayer(
  "Conv1D causal",
  () => new Conv1D(3, 2, { padding: "causal", dilationRate: 2, ...first }),
  stepsFirst,
  {
    weights,
  },
);
testLayer("Conv1D in groups", () => new Conv1D(6, [2], { groups: 2, strides: 2, ...same }), steps, {
  weights,
});
testLayer("Conv2D", () => new Conv2D(4, [3, 2], { activation: "relu" }), image, { weights });
testLayer(
  "Conv2D channels first",
  () => new Conv2D(4, 3, { ...same, strides: [2, 1], ...first }),
  imageFirst,
  {
    weights,
  },
);
testLayer("Conv2D dilated", () => new Conv2D(2, 2, { dilationRate: [2, 3], useBias: false }), image, {
  weights: ["kernel"],
});
testLayer("Conv2D in groups", () => new Conv2D(4, 2, { groups: 4, biasInitializer: "ones" }), image, {
  weights,
});
testLayer(
  "Conv2D with rules",
  () => new Conv2D(2, 2, { kernelRegularizer: "l2", biasRegularizer: "l1", kernelConstraint: "maxNorm" }),
  image,
  { weights },
);
testLayer("Conv3D", () => new Conv3D(3, [3, 2, 2], { activation: "tanh" }), volume, { weights });
testLayer("Conv3D channels first", () => new Conv3D(3, 2, { ...same, strides: 2, ...first }), volumeFirst, {
  weights,
});
testLayer("Conv1DTranspose", () => new Conv1DTranspose(3, 3, { strides: 2, outputPadding: 1 }), steps, {
  weights,
});
testLayer("Conv2DTranspose", () => new Conv2DTranspose(3, 4, { strides: 2, ...same }), image, { weights });
testLayer(
  "Conv2DTranspose channels first",
  () => new Conv2DTranspose(3, 2, { dilationRate: 2, useBias: false, activation: "tanh", ...first }),
  imageFirst,
  { weights: ["kernel"] },
);
testLayer("Conv3DTranspose", () => new Conv3DTranspose(2, 3, { strides: [2, 1, 2], ...same }), volume, {
  weights,
});
testLayer("Conv3DTranspose channels first", () => new Conv3DTranspose(2, 2, first), volumeFirst, { weights });
testLayer("DepthwiseConv1D", () => new DepthwiseConv1D(3, { depthMultiplier: 2 }), steps, { weights });
testLayer("DepthwiseConv2D", () => new DepthwiseConv2D(3, { activation: "relu", ...same }), image, {
  weights,
});
testLayer(
  "DepthwiseConv2D channels first",
  () => new DepthwiseConv2D([2, 3], { strides: 2, depthMultiplier: 3, depthwiseRegularizer: "l2", ...first }),
  imageFirst,
  { weights },
);
const separable = ["depthwise_kernel", "pointwise_kernel", "bias"];
testLayer("SeparableConv1D", () => new SeparableConv1D(3, 3, { ...same, ...first }), stepsFirst, {
  weights: separable,
});
testLayer(
  "SeparableConv2D",
  () => new SeparableConv2D(3, 3, { depthMultiplier: 2, pointwiseConstraint: "unitNorm" }),
  image,
  { weights: separable },
);

describe("convolutions", () => {
  it.each([
    [() => new Conv2D(2.5, 3), /conv2d: bad filters, got 2.5/],
    [
      () => new Conv2D(2, [3, 0]),
      /conv2d: bad kernelSize, got 3,0, expected an integer or 2 integers of at least 1/,
    ],
    [
      () => new Conv1D(2, [3, 3] as never),
      /conv1d: bad kernelSize, got 3,3, expected an integer of at least 1/,
    ],
    [
      () => new Conv2D(2, 3, { padding: "causal" as never }),
      /bad padding, got "causal", expected "valid" or "same"/,
    ],
    [() => new Conv2D(2, 3, { dataFormat: "NCHW" as never }), /bad dataFormat, got "NCHW"/],
    [
      () => new Conv2D(2, 3, { strides: 2, dilationRate: 2 }),
      /strides above 1 do not go with a dilationRate above 1/,
    ],
    [() => new Conv2D(4, 3, { groups: 3 }), /bad groups, got 3, expected a divisor of the 4 filters/],
    [
      () => new Conv2D(4, 3, { groups: 2 }).build([null, 9, 9, 3]),
      /got 2 groups and input \(None, 9, 9, 3\)/,
    ],
    [() => new Conv2D(2, 3).computeOutputShape([null, 28, 28]), /got \(None, 28, 28\), expected 4 axes/],
    [() => new Conv2D(2, 5).build([null, 4, 9, 1]), /got input \(None, 4, 9, 1\).*over 5 places/],
    [
      () => new Conv2D(2, 5).build([null, 9, 9, null]),
      /the channels must have a known size, got \(None, 9, 9, None\)/,
    ],
    [() => new Conv2DTranspose(2, 3, { outputPadding: 1 }), /bad outputPadding, got 1,1, expected less than/],
    [
      () => new Conv1DTranspose(2, 2, { ...same, strides: 2, outputPadding: 0 }).build([null, 1, 2]),
      /nothing is left, got input \(None, 1, 2\)/,
    ],
    [() => new DepthwiseConv2D(3, { depthMultiplier: 0 }), /bad depthMultiplier, got 0/],
  ])("refuse what does not fit %#", (bad, message) => {
    expect(bad).toThrow(ShapeError);
    expect(bad).toThrow(message);
  });

  it.each<[string, Layer, (number | null)[], (number | null)[]]>([
    ["Conv1D", new Conv1D(3, 3), [null, null, 4], [null, null, 3]],
    ["Conv2D", new Conv2D(3, 3, first), [null, 4, null, 9], [null, 3, null, 7]],
    ["Conv3D", new Conv3D(3, 3, same), [8, null, 5, 6, 2], [8, null, 5, 6, 3]],
    ["Conv1DTranspose", new Conv1DTranspose(3, 3, { strides: 2 }), [null, null, 4], [null, null, 3]],
    ["Conv2DTranspose", new Conv2DTranspose(3, 3, { strides: 2 }), [null, 4, null, 2], [null, 9, null, 3]],
    [
      "DepthwiseConv2D",
      new DepthwiseConv2D(3, { depthMultiplier: 2 }),
      [null, null, 4, 5],
      [null, null, 2, 10],
    ],
    ["SeparableConv1D", new SeparableConv1D(7, 2), [null, null, 5], [null, null, 7]],
  ])("%s leaves open sizes open", (_name, layer, input, output) => {
    expect(layer.computeOutputShape(input)).toEqual(output);
  });

  it("keep Keras's options", () => {
    const layer = new Conv2DTranspose(3, [3, 2], {
      strides: 2,
      ...same,
      outputPadding: [1, 0],
      kernelInitializer: new GlorotUniform(),
      kernelConstraint: "nonNeg",
    });
    expect(layer.getConfig()).toMatchObject({
      filters: 3,
      kernelSize: [3, 2],
      strides: [2, 2],
      padding: "same",
      outputPadding: [1, 0],
      dilationRate: [1, 1],
      dataFormat: "channelsLast",
      activation: "linear",
      useBias: true,
    });
    expect(layer.weightRules.map(({ constraint }) => constraint?.className)).toEqual([]);
    layer.build([null, 4, 4, 2]);
    expect(layer.weightRules.map(({ constraint }) => constraint?.className)).toEqual(["NonNeg"]);
  });

  it("end masks, as in Keras", () => {
    const x = tensor(new Float32Array(8).fill(1), { shape: [2, 4, 1] });
    const mask = tensor([1, 1, 0, 0, 1, 0, 0, 0], { shape: [2, 4], dtype: "bool" });
    expect(maskOf(new Conv1D(1, 3, same).apply(x, { mask }))).toBeUndefined();
  });

  it("take the order of axes from the layers before them", () => {
    const model = new Sequential([
      new Conv2D(3, 3, { ...first, inputShape: [2, 8, 7] }),
      new DepthwiseConv2D(2),
      new Conv2DTranspose(4, 3),
    ]);
    expect(model.outputShape).toEqual([null, 4, 7, 6]);
  });
});
