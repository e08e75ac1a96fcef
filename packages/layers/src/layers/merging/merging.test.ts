import { ShapeError, type Tensor, tensor } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import {
  Add,
  Average,
  Concatenate,
  Dot,
  input,
  Maximum,
  Minimum,
  Multiply,
  maskOf,
  Subtract,
} from "../../index.js";
import type { Layer } from "../../layer.js";
import { testLayer } from "../../testing/test-layer.js";

const pair = [
  [2, 3, 4],
  [2, 3, 4],
];
testLayer("Add", () => new Add(), pair);
testLayer("Add of one", () => new Add(), [[2, 3]]);
testLayer("Add of inputs that broadcast", () => new Add(), [
  [2, 3, 4],
  [2, 4],
  [2, 3, 1],
]);
testLayer("Subtract", () => new Subtract(), pair);
testLayer("Multiply", () => new Multiply(), [
  [2, 3],
  [2, 3],
  [2, 1],
]);
testLayer("Average", () => new Average(), pair);
testLayer("Maximum", () => new Maximum(), pair);
testLayer("Minimum", () => new Minimum(), [
  [2, 3, 4],
  [2, 4],
]);
testLayer("Concatenate", () => new Concatenate(), [
  [2, 3, 4],
  [2, 3, 1],
  [2, 3, 2],
]);
testLayer("Concatenate in time", () => new Concatenate({ axis: 1 }), [
  [2, 3, 4],
  [2, 1, 4],
]);
testLayer("Dot", () => new Dot(1), [
  [2, 3],
  [2, 3],
]);
testLayer("Dot of sequences", () => new Dot([1, 2], { normalize: true }), [
  [2, 3, 5],
  [2, 4, 3],
]);
testLayer("Dot with a vector", () => new Dot(-1), [
  [2, 4, 3],
  [2, 3],
]);
testLayer("Dot of four axes", () => new Dot([2, 1]), [
  [2, 3, 4, 2],
  [2, 4, 3],
]);

const ones = (shape: readonly number[]): Tensor =>
  tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1), { shape });
const marks = (rows: readonly (readonly number[])[]): Tensor => tensor(rows as number[][], { dtype: "bool" });
const maskAfter = async (layer: Layer, inputs: Tensor[], masks: (Tensor | undefined)[]) =>
  maskOf(layer.apply(inputs, { mask: masks }))?.array();

describe("masks of merged inputs", () => {
  const inputs = [ones([2, 3, 2]), ones([2, 3, 2])];
  const first = marks([
    [1, 1, 0],
    [1, 0, 0],
  ]);
  const second = marks([
    [1, 0, 0],
    [1, 1, 0],
  ]);

  it.each([new Add(), new Subtract(), new Multiply(), new Average(), new Maximum(), new Minimum()])(
    "are or-ed by $className, and dropped where one is missing",
    async (layer) => {
      expect(await maskAfter(layer, inputs, [first, second])).toEqual([
        [1, 1, 0],
        [1, 1, 0],
      ]);
      expect(await maskAfter(layer, inputs, [first, undefined])).toBeUndefined();
    },
  );

  it("are joined by Concatenate along time, with ones for an input that has none", async () => {
    const layer = new Concatenate({ axis: 1 });
    expect(await maskAfter(layer, inputs, [first, undefined])).toEqual([
      [1, 1, 0, 1, 1, 1],
      [1, 0, 0, 1, 1, 1],
    ]);
    expect(await maskAfter(layer, inputs, [undefined, undefined])).toBeUndefined();
  });

  it("are or-ed by Concatenate along features", async () => {
    expect(await maskAfter(new Concatenate(), inputs, [first, second])).toEqual([
      [1, 1, 0],
      [1, 1, 0],
    ]);
    expect(await maskAfter(new Concatenate(), inputs, [first, undefined])).toEqual([
      [1, 1, 1],
      [1, 1, 1],
    ]);
    const full = tensor(
      [
        [
          [1, 0],
          [0, 0],
          [1, 1],
        ],
        [
          [0, 0],
          [0, 1],
          [0, 0],
        ],
      ],
      { dtype: "bool" },
    );
    expect(await maskAfter(new Concatenate(), inputs, [full, full])).toEqual([
      [1, 0, 1],
      [0, 1, 0],
    ]);
  });

  it("end at Dot", async () => {
    expect(await maskAfter(new Dot(2), inputs, [first, second])).toBeUndefined();
  });
});

describe("merging layers", () => {
  it.each([
    [() => new Add().apply(ones([2, 3])), /add: bad inputs, got one tensor \(\(None, 3\)\), expected a list/],
    [
      () =>
        new Add().computeOutputShape([
          [null, 3],
          [null, 2],
        ]),
      /got \(None, 3\) and \(None, 2\)/,
    ],
    [
      () =>
        new Add().computeOutputShape([
          [4, 3],
          [5, 3],
        ]),
      /add: shapes do not fit/,
    ],
    [() => new Subtract().computeOutputShape([[null, 3]]), /got a list of 1 .*expected a list of 2/],
    [
      () =>
        new Subtract().computeOutputShape([
          [1, 3],
          [1, 3],
          [1, 3],
        ]),
      /subtract: bad inputs, got 3/,
    ],
    [
      () =>
        new Concatenate().computeOutputShape([
          [null, 3, 2],
          [null, 4, 2],
        ]),
      /expected them equal but for axis -1/,
    ],
    [() => new Concatenate({ axis: 3 }).computeOutputShape([[null, 3]]), /but for axis 3/],
    [
      () =>
        new Dot(1).computeOutputShape([
          [null, 3],
          [null, 4],
        ]),
      /dot: shapes do not fit/,
    ],
    [
      () =>
        new Dot(0).computeOutputShape([
          [2, 3],
          [2, 3],
        ]),
      /with axes 0, expected/,
    ],
    [() => new Dot([1, 2.5]), /bad axes, got \[1,2.5\]/],
  ])("refuse shapes that do not fit %#", (bad, message) => {
    expect(bad).toThrow(ShapeError);
    expect(bad).toThrow(message);
  });

  it("keep open sizes open", () => {
    expect(
      new Add().computeOutputShape([
        [null, null, 4],
        [null, 4],
      ]),
    ).toEqual([null, null, 4]);
    expect(
      new Add().computeOutputShape([
        [null, null, 4],
        [3, 5, 4],
      ]),
    ).toEqual([3, null, 4]);
    expect(
      new Concatenate({ axis: 1 }).computeOutputShape([
        [null, 3, null],
        [null, null, 2],
      ]),
    ).toEqual([null, null, 2]);
    expect(
      new Dot(2).computeOutputShape([
        [null, null, 4],
        [null, 5, 4],
      ]),
    ).toEqual([null, null, 5]);
  });

  it("say that indices stay indices", () => {
    const indices = [input([3], { dtype: "int32" }), input([2], { dtype: "int32" })];
    expect(new Concatenate().apply(indices).dtype).toBe("int32");
    expect(new Concatenate().apply([indices[0]!, input([3])]).dtype).toBe("float32");
  });
});
