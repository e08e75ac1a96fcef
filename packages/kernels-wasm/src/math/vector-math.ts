import { type BinaryOp, DtypeError, type UnaryOp } from "@hekla/tensor";
import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { erf } from "./error-function.js";
import { exp, expm1 } from "./exponential.js";
import { log, log1p } from "./logarithm.js";
import { modulo } from "./modulo.js";
import { power } from "./power.js";
import { sigmoid, softplus, tanh } from "./sigmoidal.js";
import { sineOrCosine } from "./trigonometric.js";

type Inline = (f: FunctionBuilder, module: ModuleBuilder, x: Local) => void;

/** Written into the loop that needs them. */
const inline = { exp, expm1, log, log1p, tanh, sigmoid, softplus, erf } as const satisfies {
  readonly [op in UnaryOp]?: Inline;
};

/** Long ones: one function of the module, called. */
const called = {
  sin: (module) => sineOrCosine(module, "sin"),
  cos: (module) => sineOrCosine(module, "cos"),
  power,
  mod: modulo,
} as const satisfies { readonly [op in UnaryOp | BinaryOp]?: (module: ModuleBuilder) => number };

export const vectorMathOps = [...Object.keys(inline), ...Object.keys(called)] as readonly (
  | keyof typeof inline
  | keyof typeof called
)[];

/** Pushes a float32 function of four lanes; its error is at most 3 ulp (stated for each in the README). */
export function vectorMath(
  f: FunctionBuilder,
  module: ModuleBuilder,
  op: UnaryOp | BinaryOp,
  args: readonly Local[],
): void {
  if (op in inline) inline[op as keyof typeof inline](f, module, args[0]!);
  else if (op in called) f.get(...args).call(called[op as keyof typeof called](module));
  else throw new DtypeError(`${op}: got float32, expected int32 or bool (use cast)`);
}
