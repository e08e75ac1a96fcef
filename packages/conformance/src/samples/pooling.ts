import { distinct, flipped, given, type Input, real, strided, transposed } from "../inputs.js";
import { type Attribute, type Operation, type Row, type Sample, samplesOf } from "../sample.js";

/** One of the elements of each window; gradients of overlapping windows add up, at most 9 of them. */
const selected: Operation = { forward: {}, gradient: { ulp: 4, absolute: 1e-6 } };
/** Sums of at most 25 elements, divided by how many lie inside. */
const averaged: Operation = { forward: { ulp: 4, absolute: 1e-6 }, gradient: { ulp: 4, absolute: 1e-6 } };

type Make = (shape: readonly number[]) => Input;
const first = { dataFormat: "channelsFirst" };

function poolRows(make: Make): Row[] {
  const row = (name: string, shape: readonly number[], options?: Attribute, second = false): Row => [
    name,
    [make(shape), ...(options === undefined ? [] : [options])],
    { second },
  ];
  return [
    row("default", [2, 6, 8, 3], undefined, true),
    row("odd size leaves the edge out", [1, 7, 5, 2]),
    row("same fills the edge", [1, 7, 5, 2], { padding: "same" }),
    row("channels first", [2, 3, 6, 8], first, true),
    row("channels first, same", [2, 3, 7, 5], { ...first, padding: "same" }),
    row("overlapping", [1, 7, 8, 2], { poolSize: 3, strides: 1 }, true),
    row("overlapping, same", [1, 2, 7, 8], { ...first, poolSize: 3, strides: 2, padding: "same" }),
    row("gaps between windows", [1, 9, 9, 2], { poolSize: 2, strides: 3 }),
    row("rectangular", [1, 6, 9, 2], { poolSize: [2, 3], strides: [1, 2] }),
    row("window as large as the image", [3, 5, 4, 2], { poolSize: [5, 4] }),
    row("window of 1", [1, 3, 3, 2], { poolSize: 1 }),
    row("65 channels", [1, 4, 4, 65]),
    row("28x28 as in the lecture", [2, 20, 28, 28], { ...first, poolSize: 2, strides: 2 }),
    row("no image", [0, 4, 4, 2]),
    ["transposed", [transposed(make([2, 4, 6, 1]))]],
    ["flipped", [flipped(make([1, 4, 6, 2])), { poolSize: 2 }]],
    ["strided", [strided(make([1, 4, 4, 2])), first]],
  ];
}

function poolRows1d(make: Make): Row[] {
  return [
    ["default", [make([2, 8, 3])], { second: true }],
    ["same", [make([2, 9, 3]), { poolSize: 2, padding: "same" }]],
    ["overlapping", [make([1, 65, 2]), { poolSize: 3, strides: 1 }]],
    ["channels first", [make([2, 3, 9]), { ...first, poolSize: 3 }]],
    ["transposed", [transposed(make([3, 8, 2]))]],
  ];
}

function poolRows3d(make: Make): Row[] {
  const row = (name: string, shape: readonly number[], options?: Attribute, second = false): Row => [
    name,
    [make(shape), ...(options === undefined ? [] : [options])],
    { second },
  ];
  return [
    row("default", [2, 4, 4, 6, 3], undefined, true),
    row("odd sizes leave the edge out", [1, 5, 3, 7, 2]),
    row("same fills the edge", [1, 5, 3, 7, 2], { padding: "same" }),
    row("channels first", [2, 3, 4, 4, 6], first, true),
    row("channels first, same", [1, 2, 5, 3, 7], { ...first, padding: "same", poolSize: 3, strides: 2 }),
    row("overlapping", [1, 5, 4, 5, 2], { poolSize: 3, strides: 1, padding: "same" }),
    row("windows of 3 shapes", [1, 6, 5, 7, 2], { poolSize: [3, 1, 2], strides: [1, 2, 3] }),
    row("given padding", [1, 3, 4, 5, 2], {
      padding: [
        [1, 0],
        [0, 1],
        [1, 1],
      ],
    }),
    row("flat windows", [1, 3, 4, 6, 2], { poolSize: [1, 2, 2] }),
    row("window as large as the volume", [2, 3, 2, 4, 2], { poolSize: [3, 2, 4] }),
    row("no volume", [0, 4, 4, 4, 2]),
    ["transposed", [transposed(make([2, 4, 6, 4, 1]))]],
  ];
}

/** The gradient goes to the first of equal elements. */
const ties = given([1, 1, 0, 2, 1, 1, 2, 2, 3, 3, 3, 0, 3, 3, 0, 0], "float32", [1, 4, 4, 1]);
const awkward = given(
  [
    Number.NaN,
    1,
    2,
    Number.NEGATIVE_INFINITY,
    3,
    4,
    Number.NEGATIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    1,
    Number.POSITIVE_INFINITY,
    5,
    6,
    7,
    8,
    -0,
    0,
  ],
  "float32",
  [1, 4, 4, 1],
);

export const poolingSamples: Sample[] = [
  ...samplesOf("maxPool2d", selected, [
    ...poolRows(distinct),
    ["equal elements", [ties], { smooth: false }],
    ["equal elements, overlapping", [ties, { poolSize: 3, strides: 1 }], { smooth: false }],
    ["NaN and infinities", [awkward], { smooth: false, gradient: false }],
  ]),
  ...samplesOf("averagePool2d", averaged, poolRows(real)),
  ...samplesOf("maxPool1d", selected, poolRows1d(distinct)),
  ...samplesOf("averagePool1d", averaged, poolRows1d(real)),
  ...samplesOf("maxPool3d", selected, [
    ...poolRows3d(distinct),
    ["equal elements", [given([1, 2, 2, 0, 1, 2, 0, 2], "float32", [1, 2, 4, 4, 1])], { smooth: false }],
  ]),
  ...samplesOf("averagePool3d", averaged, poolRows3d(real)),
];
