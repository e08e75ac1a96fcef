import { flipped, given, real, stretched, strided, transposed } from "../inputs.js";
import { type Attribute, type Operation, type Row, type Sample, samplesOf } from "../sample.js";

/**
 * Dot products of k <= 1025 terms of size up to 4: backends add in other orders, with fused multiply-adds.
 * The result moves by about sqrt(k) 2^-24 of the largest partial sum, which is near the largest element.
 */
const contracted: Operation = {
  forward: { scaled: 4e-6, absolute: 1e-5 },
  gradient: { scaled: 4e-6, absolute: 1e-5 },
};

const product = (name: string, a: number[], b: number[], options?: Attribute, second = false): Row => [
  name,
  [real(a), real(b), ...(options === undefined ? [] : [options])],
  { second },
];

const matmulRows: Row[] = [
  product("1x1x1", [1, 1], [1, 1]),
  product("3x4 by 4x5", [3, 4], [4, 5], undefined, true),
  product("63x64x65", [63, 64], [64, 65]),
  product("65x1025x3", [65, 1025], [1025, 3]),
  product("1x65x1025", [1, 65], [65, 1025]),
  product("1025x1x1", [1025, 1], [1, 1]),
  product("k 300 crosses a block", [9, 300], [300, 17]),
  product("m 130 crosses a block", [130, 9], [9, 7]),
  product("130x300x70 crosses blocks every way", [130, 300], [300, 70]),
  product("transposed, crosses blocks", [260, 66], [37, 260], { transposeA: true, transposeB: true }),
  product("row by matrix", [1, 300], [300, 130]),
  product("matrix by column", [130, 300], [300, 1]),
  product("no rows", [0, 3], [3, 4]),
  product("k 0 gives zeros", [3, 0], [0, 4]),
  product("transposed a", [4, 3], [4, 5], { transposeA: true }, true),
  product("transposed b", [3, 4], [5, 4], { transposeB: true }, true),
  product("both transposed", [65, 9], [33, 65], { transposeA: true, transposeB: true }),
  product("batch", [7, 3, 4], [7, 4, 5], undefined, true),
  product("batch, transposed b", [3, 9, 8], [3, 7, 8], { transposeB: true }),
  product("batch by one matrix", [7, 3, 4], [4, 5]),
  product("one matrix by batch", [3, 4], [7, 4, 5]),
  product("batches broadcast", [2, 1, 3, 4], [3, 4, 5]),
  product("no batch", [0, 3, 4], [4, 5]),
  ["views: transposed", [transposed(real([9, 8])), real([8, 5])], { second: true }],
  ["views: flipped, strided", [flipped(real([9, 8])), strided(real([8, 5]))]],
  ["views: stretched", [stretched(real([9, 8])), stretched(real([8, 5]), 1)]],
  [
    "NaN and Inf stay in their rows",
    [given([1, Number.NaN, 3, 4, Number.POSITIVE_INFINITY, 6], "float32", [3, 2]), real([2, 5], 0.5, 2)],
    { gradient: false },
  ],
];

export const contractionSamples: Sample[] = [
  ...samplesOf("matmul", contracted, matmulRows),
  ...samplesOf("matmulGathered", contracted, [
    ["rows of no table", [real([2, 3, 4]), real([4, 5])], { second: true }],
    ["33 rows", [real([33, 9]), real([9, 17])]],
  ]),
];
