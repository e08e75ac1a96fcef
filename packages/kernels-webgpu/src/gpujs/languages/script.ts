import type { Language, Library } from "./language.js";
import { scriptLibrary } from "./script-library.js";

const inline: Language["inline"] = {
  isNaNOf: (x) => `((${x} !== ${x}) ? 1 : 0)`,
  nanOf: () => "(0 / 0)",
  infinityOf: () => "(1 / 0)",
  opaqueOf: (x) => x,
  lowestInt: () => "(-2147483647 - 1)",
  maximumOf: (a, b) => `Math.max(${a}, ${b})`,
  minimumOf: (a, b) => `Math.min(${a}, ${b})`,
  wholeOf: (high, low) => `((${high} << 16) | ${low})`,
  highOf: (x) => `(${x} >> 16)`,
  lowOf: (x) => `(${x} & 65535)`,
};
const bits: Language["integers"] = {
  bitwiseAnd: (a, b) => `(${a} & ${b})`,
  bitwiseOr: (a, b) => `(${a} | ${b})`,
  bitwiseXor: (a, b) => `(${a} ^ ${b})`,
  shiftLeft: (a, b) => `(${a} << ${b})`,
};

/** `a / b` as a shift, or cut. */
const quotient = (a: string, b: number): string =>
  Number.isInteger(Math.log2(b)) ? `(${a} >> ${Math.log2(b)})` : `((${a} / ${b}) | 0)`;
/** A quotient of floats of 24 bits is right when it is cut; one of larger numbers may be one too large. */
const singleQuotient: Language["quotient"] = (a, b, small) =>
  small || Number.isInteger(Math.log2(b)) ? quotient(a, b) : (call) => call("divideInt", a, `${b}`);

const oneArgument = ["exp", "expm1", "log", "log1p", "sin", "cos", "tanh", "sqrt"];
const mathFunctions = (rounded: Language["rounded"]): Language["inline"] =>
  Object.fromEntries(
    oneArgument.map((name) => [`${name}Of`, (x: string): string => rounded(`Math.${name}(${x})`)]),
  );

const element = (argument: string, place: string): string => `${argument}[${place}]`;
const toFloat = (text: string): string => `Math.fround(${text})`;

/** gpu.js's mode `cpu`: JavaScript, whose numbers are double; every operation is rounded. */
export const cpuLanguage: Language = {
  element,
  rounded: toFloat,
  integers: {
    ...bits,
    add: (a, b) => `((${a} + ${b}) | 0)`,
    subtract: (a, b) => `((${a} - ${b}) | 0)`,
    multiply: (a, b) => `Math.imul(${a}, ${b})`,
    shiftRight: (a, b) => `((${a} >>> ${b}) | 0)`,
  },
  inline: { ...inline, ...mathFunctions(toFloat) },
  wholeLiteral: "0",
  exactLiterals: true,
  quotient,
  library: scriptLibrary,
};

/**
 * What a whole number begins as in WebAssembly, where gpu.js takes a literal that it has seen before for none
 * any more.
 */
const noLiteral = "this.output.x";
const webAssemblyLibrary: Library = Object.fromEntries(
  Object.entries(scriptLibrary).map(([name, entry]) => [
    name,
    { ...entry, text: entry.text.replace(/= 0; (\w+)\+\+;/g, `= ${noLiteral}; $1++;`) },
  ]),
);

/** gpu.js's mode `webasm`: floats of 32 bits, whole numbers that wrap. */
export const webAssemblyLanguage: Language = {
  element,
  rounded: (text) => text,
  integers: {
    ...bits,
    add: (a, b) => `(${a} + ${b})`,
    subtract: (a, b) => `(${a} - ${b})`,
    multiply: (a, b) => `(${a} * ${b})`,
    shiftRight: (a, b) => `(${a} >>> ${b})`,
  },
  inline: { ...inline, ...mathFunctions((text) => text) },
  wholeLiteral: noLiteral,
  exactLiterals: true,
  quotient: singleQuotient,
  library: webAssemblyLibrary,
};
