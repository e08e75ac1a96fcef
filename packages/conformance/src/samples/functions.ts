import type { Tolerance } from "../comparator.js";
import { given, integers, real, transposed } from "../inputs.js";
import { type Operation, type Row, type Sample, samplesOf } from "../sample.js";
import { moderateValues, unaryRows, wrappingIntegers } from "./expression-rows.js";

/** IEEE 754 says what these give, to the bit. */
const exact: Operation = { forward: { signedZero: true }, gradient: { ulp: 2 } };
/**
 * Vector kernels evaluate a polynomial after range reduction; within 4 float32 neighbours of the rounded double
 * is what libm authors call faithful enough and what every backend here reaches.
 */
const transcendental: Operation = { forward: { ulp: 4 }, gradient: { ulp: 8 } };
/** Near multiples of pi the reduced argument carries the rounding of |x| <= 100: an absolute 2^-23. */
const periodic: Operation = { forward: { ulp: 4, absolute: 1.2e-7 }, gradient: { ulp: 4, absolute: 1.2e-7 } };
/**
 * Formulas of several ops whose terms may cancel: what is lost is a few units in the last place of the terms,
 * which are of size 1 here, not of the result. Second derivatives have more terms.
 */
const composed = (forward: Tolerance): Operation => ({ forward, gradient: { ulp: 16, absolute: 1e-6 } });

/** Values at which neither x nor exp(x) nor x^2 leaves the range of float32. */
const moderate = moderateValues;

const integerRows: Row[] = [
  ["int32 limits", [given(wrappingIntegers, "int32")]],
  ["int32 transposed", [transposed(integers([5, 9]))]],
];

const positive = (special: readonly number[] = moderate): Row[] => unaryRows(0.1, 3, special);

export const functionSamples: Sample[] = [
  ...samplesOf("negative", exact, [...unaryRows(), ...integerRows]),
  ...samplesOf("abs", exact, [...unaryRows(), ...integerRows]),
  ...samplesOf("sign", { forward: {}, gradient: {} }, [...unaryRows(), ...integerRows]),
  ...samplesOf("square", exact, [...unaryRows(), ["int32 wraps", [given(wrappingIntegers, "int32")]]]),
  ...samplesOf("floor", { forward: { signedZero: true }, gradient: {} }, unaryRows()),
  ...samplesOf("ceil", { forward: { signedZero: true }, gradient: {} }, unaryRows()),
  ...samplesOf("round", { forward: { signedZero: true }, gradient: {} }, [
    ...unaryRows(),
    [
      "halves go to even",
      [given([0.5, 1.5, 2.5, 3.5, -0.5, -1.5, -2.5, 4.4999995, 8388609])],
      { smooth: false },
    ],
  ]),
  ...samplesOf("sqrt", exact, unaryRows(0.1, 3)),
  ...samplesOf("reciprocal", exact, unaryRows(0.25, 3)),
  // The second derivative is 3/4 rsqrt(x)^5: five times the relative error, and some products.
  ...samplesOf("rsqrt", { forward: { ulp: 2 }, gradient: { ulp: 16 } }, unaryRows(0.1, 3)),
  ...samplesOf("exp", transcendental, unaryRows()),
  ...samplesOf("expm1", transcendental, unaryRows()),
  ...samplesOf("log", transcendental, positive([...moderate, 3.4028234663852886e38, 1e30])),
  ...samplesOf("log1p", transcendental, unaryRows(-0.9, 3)),
  ...samplesOf("sin", periodic, unaryRows(-3, 3, moderate)),
  ...samplesOf("cos", periodic, unaryRows(-3, 3, moderate)),
  ...samplesOf("tanh", composed({ ulp: 4 }), unaryRows()),
  ...samplesOf("sigmoid", composed({ ulp: 4 }), unaryRows()),
  ...samplesOf("softplus", composed({ ulp: 4 }), unaryRows()),
  ...samplesOf("erf", composed({ ulp: 8 }), unaryRows()),
  ...samplesOf("hardSigmoid", composed({ ulp: 2, absolute: 6e-8 }), unaryRows(-5, 5)),
  ...samplesOf("softsign", composed({ ulp: 2 }), unaryRows()),
  ...samplesOf("relu", { forward: {}, gradient: {} }, unaryRows()),
  ...samplesOf("leakyRelu", { forward: { ulp: 1 }, gradient: { ulp: 1 } }, unaryRows()),
  ...samplesOf("elu", composed({ ulp: 4 }), unaryRows()),
  ...samplesOf("selu", composed({ ulp: 6 }), unaryRows()),
  ...samplesOf("silu", composed({ ulp: 6 }), unaryRows(-3, 3, moderate)),
  ...samplesOf("gelu", composed({ ulp: 8, absolute: 2.4e-7 }), unaryRows(-3, 3, moderate)),
  ...samplesOf("stopGradient", exact, [
    ["size 65", [real([65])], { smooth: false, second: true }],
    ["size 0", [real([0])], { smooth: false }],
    ["int32", [integers([9])]],
  ]),
  ...samplesOf("clip", { forward: {}, gradient: {} }, [
    ...unaryRows().map(([name, args, options = {}]): Row => [name, [...args, -1, 0.75], options]),
    ["int32", [integers([65]), -3, 4]],
  ]),
];
