import { ShapeError, tensor } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { Flatten, input, type Layer, Masking, maskOf, Permute, RepeatVector, Reshape } from "../../index.js";
import { testLayer } from "../../testing/test-layer.js";

const image = [2, 6, 5, 3];
testLayer("Flatten", () => new Flatten(), image);
testLayer("Flatten channels first", () => new Flatten({ dataFormat: "channelsFirst" }), [2, 3, 6, 5]);
testLayer("Flatten of numbers", () => new Flatten(), [4]);
testLayer("Reshape", () => new Reshape([5, -1]), image);
testLayer("Reshape to a given shape", () => new Reshape([9, 10]), image);
testLayer("Permute", () => new Permute([3, 1, 2]), image);
testLayer("RepeatVector", () => new RepeatVector(3), [2, 4]);

describe("reshaping layers", () => {
  it.each<[Layer, (number | null)[], (number | null)[]]>([
    [new Flatten(), [null, null, 3], [null, null]],
    [new Flatten(), [8, 2, null], [8, null]],
    [new Flatten(), [null], [null, 1]],
    [new Reshape([-1, 3]), [null, null, 6], [null, null, 3]],
    [new Reshape([4, 3]), [null, null], [null, 4, 3]],
    [new Permute([2, 1]), [null, null, 3], [null, 3, null]],
    [new RepeatVector(2), [null, null], [null, 2, null]],
  ])("leave open what is open %#", (layer, inputShape, outputShape) => {
    expect(layer.computeOutputShape(inputShape)).toEqual(outputShape);
  });

  it("keep the type of values, and end masks", () => {
    const indices = input([4], { dtype: "int32" });
    const masked = new Masking().apply(
      tensor([
        [
          [0, 0, 0],
          [1, 1, 1],
          [1, 1, 1],
        ],
      ]),
    );
    for (const layer of [new Flatten(), new Reshape([3, 3, 1]), new Permute([2, 1])]) {
      expect(maskOf(layer.apply(masked))).toBeUndefined();
    }
    expect(new Reshape([2, 2]).apply(indices).dtype).toBe("int32");
  });

  it.each([
    [
      () => new Reshape([3, 3]).computeOutputShape([null, 10]),
      /got input \(None, 10\), expected one of the size/,
    ],
    [
      () => new Reshape([-1, 3]).computeOutputShape([null, 10]),
      /got input \(None, 10\), expected one of the size/,
    ],
    [() => new Flatten({ dataFormat: "NCHW" as never }), /flatten: bad dataFormat, got "NCHW", expected/],
    [() => new Reshape([-1, -1]), /at most one -1/],
    [() => new Reshape([2.5]), /bad targetShape, got \[2.5\]/],
    [() => new Permute([1, 3]), /permute: bad dims, got \[1,3\], expected each of 1, 2, ... once/],
    [() => new Permute([0, 1]), /bad dims/],
    [() => new Permute([2, 1]).computeOutputShape([null, 3]), /got \(None, 3\), expected 3 axes/],
    [() => new RepeatVector(0), /repeat_vector: bad n, got 0/],
    [() => new RepeatVector(2).computeOutputShape([null, 2, 3]), /expected 2 axes/],
  ])("refuse shapes that do not fit %#", (bad, message) => {
    expect(bad).toThrow(ShapeError);
    expect(bad).toThrow(message);
  });
});
