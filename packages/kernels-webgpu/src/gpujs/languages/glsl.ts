import { glslArithmetic } from "./glsl-arithmetic.js";
import { glslMath } from "./glsl-math.js";
import type { Language } from "./language.js";

/** gpu.js's mode `webgl2`: GLSL ES 3.00, whose own bit operators gpu.js does not use, so they are functions. */
export const glslLanguage: Language = {
  rounded: (text) => text,
  integers: {
    add: (a, b) => `(${a} + ${b})`,
    subtract: (a, b) => `(${a} - ${b})`,
    multiply: (a, b) => `(${a} * ${b})`,
  },
  inline: {},
  wholeLiteral: "0",
  exactLiterals: false,
  quotient: (a, b) => (call) => call("quotientOf", a, `${b}`),
  library: { ...glslMath, ...glslArithmetic },
};
