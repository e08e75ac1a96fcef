import { grad, log, reference, ShapeError, scope, sum, type Tensor, tensor, useBackend } from "@hekla/tensor";
import { beforeAll, describe, expect, it } from "vitest";
import { setMask } from "../masks.js";
import {
  binaryFocalCrossentropy,
  dice,
  type ReduceLossOptions,
  reduceLoss,
  sparseCategoricalCrossentropy,
} from "./index.js";

const values = [
  [1, 2, 3],
  [4, 5, 6],
];
const mask = tensor(
  [
    [1, 0, 1],
    [0, 0, 0],
  ],
  { dtype: "bool" },
);
const read = (x: Tensor): number => x.dataSync()[0]!;

describe("reduceLoss", () => {
  beforeAll(async () => {
    await useBackend(reference());
  });

  it.each<[string, ReduceLossOptions, number]>([
    ["the mean over all places", {}, 3.5],
    ["the sum", { reduction: "sum" }, 21],
    ["the mean over places that count", { mask }, 2],
    ["the sum over places that count", { mask, reduction: "sum" }, 4],
    ["a mean of weighted losses over all places", { sampleWeight: tensor([2, 0]) }, 2],
    ["weights of samples as a column", { sampleWeight: tensor([[2], [0]]) }, 2],
    ["a weighted mean", { sampleWeight: tensor([3, 1]), reduction: "meanWithSampleWeight" }, 33 / 12],
    [
      "a weighted mean under a mask",
      {
        mask,
        sampleWeight: tensor([
          [1, 9, 3],
          [9, 9, 9],
        ]),
        reduction: "meanWithSampleWeight",
      },
      2.5,
    ],
    ["0 where weights sum to 0", { sampleWeight: tensor([0, 0]), reduction: "meanWithSampleWeight" }, 0],
    ["0 where nothing counts", { mask: tensor([0, 0], { dtype: "bool" }) }, 0],
    ["masks by samples", { mask: tensor([0, 1], { dtype: "bool" }) }, 5],
  ])("gives %s", (_name, options, expected) => {
    expect(read(reduceLoss(tensor(values), options))).toBeCloseTo(expected, 6);
  });

  it("gives weighted losses under none", () => {
    const all = reduceLoss(tensor(values), { mask, sampleWeight: tensor([2, 3]), reduction: "none" });
    expect(all.dataSync()).toEqual(Float32Array.from([2, 0, 6, 0, 0, 0]));
  });

  it("takes a loss of the whole batch", () => {
    const loss = dice(
      tensor([
        [1, 0],
        [1, 1],
      ]),
      tensor([
        [1, 0],
        [0, 1],
      ]),
    );
    const [plain, weighted] = [{}, { sampleWeight: tensor([1, 3]) }].map((options) =>
      read(reduceLoss(loss, options)),
    );
    expect(plain).toBeCloseTo(1 - 4 / 5, 6);
    expect(weighted).toBeCloseTo(2 * plain!, 6);
    expect(read(reduceLoss(loss, { mask }))).toBeCloseTo(plain!, 6);
  });

  it("joins the mask of an ignored class with the one given", () => {
    const labels = tensor([
      [0, 1, 1],
      [1, 0, 1],
    ]);
    const p = tensor([
      [
        [0.5, 0.5],
        [0.25, 0.75],
        [0.5, 0.5],
      ],
      [
        [0.1, 0.9],
        [0.2, 0.8],
        [0.3, 0.7],
      ],
    ]);
    const loss = (): Tensor => sparseCategoricalCrossentropy(labels, p, { ignoreClass: 0 });
    const [log2, others] = [Math.log(2), -Math.log(0.75) - Math.log(0.9) - Math.log(0.7)];
    expect(read(reduceLoss(loss()))).toBeCloseTo((log2 + others) / 4, 6);
    expect(read(reduceLoss(loss(), { mask }))).toBeCloseTo(log2, 6);
    expect(read(scope(() => reduceLoss(loss(), { mask })))).toBeCloseTo(log2, 6);
  });

  it("lets neither NaN nor infinity of masked places through", () => {
    const x = tensor([
      [0, 1, 2],
      [0, 0, -1],
    ]);
    const counts = tensor(
      [
        [0, 1, 1],
        [0, 0, 0],
      ],
      { dtype: "bool" },
    );
    expect(read(reduceLoss(log(x), { mask: counts }))).toBeCloseTo(Math.log(2) / 2, 6);
  });

  it("refuses weights and masks that do not fit", () => {
    const loss = tensor(values);
    expect(() => reduceLoss(loss, { sampleWeight: tensor([1, 2, 3]) })).toThrow(ShapeError);
    expect(() => reduceLoss(loss, { mask: tensor([[[1, 0, 1]]]) })).toThrow(/mask: does not fit.*\[1,1,3\]/);
    const made = setMask(tensor([1, 2]), tensor([1, 0], { dtype: "bool" }));
    expect(read(reduceLoss(made, { mask }))).toBe(1);
  });

  it("is finite for a focal loss without its factor at sure predictions", () => {
    const slope = grad((p: Tensor) => sum(binaryFocalCrossentropy(tensor([[1, 0]]), p, { gamma: 0 })));
    for (const x of slope(tensor([[1, 0]])).dataSync()) expect(Number.isFinite(x)).toBe(true);
  });
});
