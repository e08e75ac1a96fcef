import { glslArithmetic } from "./glsl-arithmetic.js";
import { glslMath } from "./glsl-math.js";
import type { Language, LibraryFunction } from "./language.js";

/**
 * A function that gives the float of an argument, a texture with a power of two as its width: gpu.js's own
 * way there has divisions in it. `user_` is what gpu.js puts before names.
 */
export const elementFunction = (argument: string, width: number): LibraryFunction => ({
  takes: "i",
  gives: "f",
  text:
    `float ${argument}At(int i) { return texelFetch(user_${argument}, ` +
    `ivec2(i & ${width - 1}, i >> ${Math.log2(width)}), 0).x; }`,
});

/**
 * gpu.js's mode `webgl2`: GLSL ES 3.00, whose own bit operators gpu.js does not use, so they are functions.
 */
export const glslLanguage: Language = {
  element: (argument, place) => `${argument}At(${place})`,
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
