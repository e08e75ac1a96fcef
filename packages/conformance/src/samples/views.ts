import { flags, flipped, type Input, integers, real, stretched, strided, transposed } from "../inputs.js";
import { type Operation, type Row, type Sample, samplesOf } from "../sample.js";

/** Elements are only moved: the very values, the sign of zero as well. */
const moved: Operation = { forward: { signedZero: true }, gradient: { ulp: 0 } };
/** The gradient adds up the copies. */
const repeated: Operation = { forward: { signedZero: true }, gradient: { scaled: 2e-6 } };

/** The same row through views of its input, and for the other element types. */
function acrossViews(shape: readonly number[], ...rest: Row[1]): Row[] {
  const views: [string, Input][] = [
    ["straight", real(shape)],
    ["transposed", transposed(real(shape))],
    ["strided", strided(real(shape))],
    ["flipped", flipped(real(shape))],
    ["stretched", stretched(real(shape), 0)],
    ["int32", integers(shape)],
    ["bool", flags(shape)],
  ];
  return views.map(([name, input]) => [
    name,
    [input, ...rest],
    { second: name === "transposed", accumulates: true },
  ]);
}

export const viewSamples: Sample[] = [
  ...samplesOf("reshape", moved, [
    ...acrossViews([4, 6], [3, 8]),
    ["-1", [real([5, 13]), [-1]]],
    ["-1 in the middle", [real([2, 3, 5]), [5, -1, 2]]],
    ["to a scalar", [real([1, 1]), []]],
    ["from a scalar", [real([]), [1, 1]]],
    ["no elements", [real([0, 3]), [3, 0, 2]]],
    ["1025", [real([1025]), [25, 41]]],
    ["merges axes of a slice", [strided(real([4, 6])), [24]]],
  ]),
  ...samplesOf("flatten", moved, [
    ...acrossViews([4, 6]),
    ["scalar", [real([])]],
    ["no elements", [real([3, 0])]],
    ["rank 4", [real([2, 3, 1, 5])]],
  ]),
  ...samplesOf("transpose", moved, [
    ...acrossViews([4, 6]),
    ["permutation", [real([2, 3, 5]), [2, 0, 1]], { second: true }],
    ["rank 4", [real([2, 3, 4, 5]), [0, 2, 3, 1]]],
    ["65x63", [real([65, 63])]],
    ["rank 1", [real([3])]],
    ["no elements", [real([0, 3])]],
  ]),
  ...samplesOf("matrixTranspose", moved, [
    ...acrossViews([4, 6]),
    ["batch", [real([2, 3, 65])], { second: true }],
    ["no elements", [real([0, 3])]],
  ]),
  ...samplesOf("copy", moved, [
    ...acrossViews([5, 7]),
    ["scalar", [real([])]],
    ["no elements", [real([0])]],
    ["1025", [real([1025])]],
  ]),
  ...samplesOf("slice", moved, [
    ...acrossViews([5, 7], [1, 2], [3, 4]),
    ["whole", [real([65]), [0], [65]]],
    ["last", [real([65]), [64], [1]]],
    ["nothing", [real([3, 5]), [1, 1], [2, 0]]],
    ["step 2", [real([9, 65]), [1, 0], [4, 33], { step: [2, 2] }], { second: true }],
    ["step 3", [real([1025]), [2], [341], { step: [3] }]],
  ]),
  ...samplesOf("flip", moved, [
    ...acrossViews([4, 6], [0]),
    ["both axes", [real([3, 65]), [0, 1]]],
    ["negative axis", [real([3, 5]), -1]],
    ["no elements", [real([0, 3]), [0]]],
  ]),
  ...samplesOf("broadcastTo", repeated, [
    ["scalar", [real([]), [3, 5]], { second: true }],
    ["row", [real([65]), [3, 65]]],
    ["column", [real([65, 1]), [65, 3]]],
    ["both", [real([3, 1, 5, 1]), [3, 4, 5, 2]]],
    ["to no elements", [real([1, 3]), [0, 3]]],
    ["same", [real([3]), [3]]],
    ["int32", [integers([3, 1]), [3, 5]]],
    ["transposed", [transposed(real([3, 1])), [2, 3, 5]]],
  ]),
  ...samplesOf("expandDims", moved, [
    ["first", [real([3, 5]), 0], { second: true }],
    ["last", [real([3, 5]), -1]],
    ["middle", [transposed(real([3, 5])), 1]],
    ["scalar", [real([]), 0]],
  ]),
  ...samplesOf("squeeze", moved, [
    ["all", [real([1, 3, 1, 5])], { second: true }],
    ["one", [real([1, 3, 1, 5]), [2]]],
    ["negative", [real([3, 1]), -1]],
    ["transposed", [transposed(real([3, 1, 5]))]],
  ]),
  ...samplesOf("pad", moved, [
    ...acrossViews(
      [3, 5],
      [
        [1, 2],
        [0, 3],
      ],
    ),
    ["value", [real([65]), [[3, 1]], -1.5], { second: true }],
    ["none", [real([3]), [[0, 0]]]],
    [
      "no elements",
      [
        real([0, 2]),
        [
          [1, 1],
          [0, 0],
        ],
        7,
      ],
    ],
    [
      "no elements, but wider",
      [
        real([0, 2]),
        [
          [0, 0],
          [1, 1],
        ],
      ],
    ],
    [
      "between elements",
      [
        real([3, 5]),
        [
          [1, 0],
          [0, 2],
        ],
        0,
        { interior: [2, 1] },
      ],
      { second: true },
    ],
    [
      "rank 4",
      [
        real([2, 3, 4, 5]),
        [
          [0, 0],
          [0, 0],
          [2, 1],
          [1, 2],
        ],
      ],
    ],
  ]),
  ...samplesOf("concat", moved, [
    ["one", [[real([3, 5])]]],
    ["first axis", [[real([3, 5]), real([1, 5]), real([4, 5])]], { second: true }],
    ["last axis", [[real([3, 1]), real([3, 65]), real([3, 3])], { axis: -1 }]],
    ["middle axis", [[real([2, 3, 5]), real([2, 1, 5])], { axis: 1 }]],
    ["one without elements", [[real([3]), real([0]), real([2])]]],
    ["views", [[transposed(real([3, 5])), flipped(real([2, 5])), strided(real([2, 5]))], { axis: 0 }]],
    ["int32", [[integers([3]), integers([65])]]],
    ["bool", [[flags([3]), flags([65])]]],
  ]),
  ...samplesOf("stack", moved, [
    ["scalars", [[real([]), real([]), real([])]]],
    ["first axis", [[real([3, 5]), real([3, 5])]], { second: true }],
    ["last axis", [[real([65]), real([65])], { axis: -1 }]],
    ["views", [[transposed(real([3, 5])), flipped(real([3, 5]))], { axis: 1 }]],
    ["int32", [[integers([3]), integers([3])]]],
  ]),
  ...samplesOf("split", moved, [
    ["equal parts", [real([6, 5]), 3], { second: true }],
    ["sizes", [real([3, 65]), [1, 60, 4], { axis: 1 }]],
    ["last axis", [real([2, 4]), 2, { axis: -1 }]],
    ["transposed", [transposed(real([6, 5])), 2, { axis: 0 }]],
    ["int32", [integers([6]), [4, 2]]],
  ]),
  ...samplesOf("tile", repeated, [
    ["once", [real([3, 5]), [1, 1]]],
    ["rows", [real([3, 5]), [4, 1]]],
    ["both", [real([3, 5]), [2, 3]], { second: true }],
    ["transposed", [transposed(real([3, 5])), [2, 2]]],
    ["int32", [integers([65]), [3]]],
  ]),
];
