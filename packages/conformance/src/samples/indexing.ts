import { distinct, flipped, given, integers, real, strided, transposed } from "../inputs.js";
import { type Operation, type Sample, samplesOf } from "../sample.js";

/** Elements are picked; the gradient adds those picked more than once, in the order of the indices. */
const picked: Operation = { forward: { signedZero: true }, gradient: { scaled: 2e-6 } };
/** Additions at one place run in the order of the indices, on every backend. */
const added: Operation = { forward: {}, gradient: { ulp: 0 } };
/** Running sums are added one after the other; blocked scans may group them. */
const scanned: Operation = { forward: { scaled: 4e-6 }, gradient: { scaled: 4e-6 } };
/** The very elements in another order. */
const ordered: Operation = { forward: {}, gradient: { ulp: 0 } };
const exact: Operation = { forward: {} };

const awkward = given(
  [3, Number.NaN, -1, Number.POSITIVE_INFINITY, 2, Number.NEGATIVE_INFINITY, 0, 7],
  "float32",
  [2, 4],
);
const ties = given([2, 1, 2, 0, 1, 1, 0, 2, 2], "float32");

export const indexingSamples: Sample[] = [
  ...samplesOf("gather", picked, [
    ["rows", [real([5, 7]), given([4, 0, 0, 2], "int32")], { second: true }],
    ["columns", [real([5, 7]), given([6, 1, 1], "int32"), { axis: 1 }], { second: true }],
    ["last axis by name", [real([2, 3, 65]), integers([9], 0, 64), { axis: -1 }]],
    ["middle axis", [real([3, 5, 7]), integers([4], 0, 4), { axis: 1 }]],
    ["scalar index", [real([5, 3]), given([2], "int32", [])]],
    ["index matrix", [real([5, 3]), given([2, 0, 1, 4], "int32", [2, 2])]],
    ["no index", [real([5, 3]), integers([0], 0, 1)]],
    [
      "negative counts from the end, out of range is clamped",
      [real([5, 3]), given([-1, -5, 7, -9, 5], "int32")],
    ],
    [
      "NaN out of range",
      [real([5, 9]), given([-1, 4, 5, 0, 4], "int32"), { outOfRange: "nan" }],
      { second: true, smooth: false },
    ],
    [
      "columns, NaN out of range",
      [real([3, 5]), given([2, 7], "int32"), { axis: 1, outOfRange: "nan" }],
      { smooth: false },
    ],
    ["1025 of 65", [real([65]), integers([1025], 0, 64)]],
    ["transposed", [transposed(real([5, 7])), given([4, 0, 2], "int32")]],
    ["strided, flipped index", [strided(real([5, 7])), flipped(given([4, 0, 2], "int32"))]],
    ["int32", [integers([9]), given([8, 0], "int32")]],
  ]),
  ...samplesOf("scatterAdd", added, [
    ["rows", [given([4, 0, 0, 2], "int32"), real([4, 7]), 5], { second: true }],
    ["columns", [given([6, 1, 1], "int32"), real([5, 3]), 7, { axis: 1 }]],
    ["middle axis", [integers([4], 0, 4), real([3, 4, 7]), 5, { axis: 1 }]],
    ["no index", [integers([0], 0, 1), real([0, 3]), 5]],
    ["1025 into 65", [integers([1025], 0, 64), real([1025]), 65]],
    ["1025 rows into 3", [integers([1025], 0, 2), real([1025, 3]), 3]],
    ["transposed", [given([4, 0, 2], "int32"), transposed(real([3, 7])), 5]],
    ["int32", [given([1, 1, 0], "int32"), integers([3]), 2]],
  ]),
  ...samplesOf("gatherAlong", picked, [
    ["last axis", [real([5, 7]), integers([5, 3], 0, 6), { axis: 1 }], { second: true }],
    ["first axis", [real([5, 7]), integers([2, 7], 0, 4), { axis: 0 }]],
    ["one of each row", [real([65, 10]), integers([65, 1], 0, 9), { axis: -1 }]],
    ["middle axis", [real([3, 5, 4]), integers([3, 2, 4], 0, 4), { axis: 1 }]],
    ["transposed", [transposed(real([5, 7])), transposed(integers([5, 2], 0, 6)), { axis: 1 }]],
    ["no row", [real([0, 7]), integers([0, 1], 0, 6), { axis: 1 }]],
  ]),
  ...samplesOf("scatterAddAlong", added, [
    ["last axis", [integers([5, 3], 0, 6), real([5, 3]), 7, { axis: 1 }], { second: true }],
    ["first axis", [integers([9, 4], 0, 4), real([9, 4]), 5, { axis: 0 }]],
    ["middle axis", [integers([3, 6, 4], 0, 1), real([3, 6, 4]), 2, { axis: 1 }]],
    ["transposed", [transposed(integers([5, 2], 0, 6)), transposed(real([5, 2])), 7, { axis: 1 }]],
  ]),
  ...samplesOf("oneHot", exact, [
    ["classes", [given([0, 9, 3, 3], "int32"), 10]],
    ["65 of 10", [integers([65], 0, 9), 10]],
    ["scalar", [given([1], "int32", []), 3]],
    ["matrix", [integers([3, 5], 0, 3), 4]],
    ["none", [integers([0], 0, 1), 4]],
    ["out of range", [given([0, -1, 3, 2], "int32"), 3]],
    ["int32", [given([2, 0], "int32"), 3, { dtype: "int32" }]],
    ["transposed", [transposed(integers([3, 5], 0, 3)), 4]],
  ]),
  ...samplesOf("cumsum", scanned, [
    ["size 1025", [real([1025])]],
    ["size 1", [real([1])]],
    ["size 0", [real([0])]],
    ["last axis", [real([5, 65])], { second: true }],
    ["axis 0", [real([65, 3]), { axis: 0 }]],
    ["middle axis", [real([3, 5, 7]), { axis: 1 }]],
    ["reverse", [real([3, 9]), { reverse: true }]],
    ["exclusive", [real([3, 9]), { exclusive: true }]],
    ["reverse, exclusive", [real([9, 3]), { axis: 0, reverse: true, exclusive: true }], { second: true }],
    ["transposed", [transposed(real([5, 9]))]],
    ["int32", [integers([5, 65])]],
  ]),
  ...samplesOf("argsort", exact, [
    ["65", [distinct([65])]],
    ["1025", [distinct([1025])]],
    ["stable", [ties]],
    ["stable, descending", [ties, { descending: true }]],
    ["axis 0", [distinct([9, 3]), { axis: 0 }]],
    ["NaN last, infinities", [awkward]],
    ["NaN last, descending", [awkward, { descending: true }]],
    ["int32", [integers([3, 65])]],
    ["transposed", [transposed(distinct([5, 9]))]],
    ["size 0", [real([0])]],
  ]),
  ...samplesOf("sort", ordered, [
    ["65", [distinct([65])], { second: true }],
    ["1025", [distinct([1025])]],
    ["descending", [distinct([3, 9]), { descending: true }]],
    ["axis 0", [distinct([9, 3]), { axis: 0 }]],
    ["NaN last", [awkward], { smooth: false }],
    ["int32", [integers([3, 65])]],
    ["flipped", [flipped(distinct([5, 9]))]],
  ]),
  ...samplesOf("topK", ordered, [
    ["3 of 65", [distinct([65]), 3], { second: true }],
    ["rows", [distinct([5, 9]), 4]],
    ["all", [distinct([3, 3]), 3]],
    ["axis 0", [distinct([9, 3]), 2, { axis: 0 }]],
    ["equal elements", [ties, 4], { smooth: false }],
    ["transposed", [transposed(distinct([9, 5])), 2]],
  ]),
];
