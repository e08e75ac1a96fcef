import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { multiplyAdd, polynomial } from "../math/polynomial.js";

// e^r = 1 + r + r^2 P(r) on |r| <= ln(2) / 2, relative error 2^-28: our own weighted minimax fit.
const coefficients = [0.49999994, 0.16666521, 0.04166839, 0.00836871, 0.00138146];
// ln(2) in two parts, as in math/exponential.
const ln2High = 0.693359375;
const ln2Low = -2.1219444e-4;
/** 1.5 * 2^23: a number of size up to 2^22 added to it is rounded to a whole one, which stands in the lowest bits. */
const rounding = 12582912;
const one = 0x3f800000;

/**
 * With x in [-87, 87], calls `use` with locals s = 2^n and q = r + r^2 P(r) such that e^x = s + s q. No step waits
 * for a conversion to integers and back. NaN gives NaN in q.
 */
function exponentialParts(
  f: FunctionBuilder,
  module: ModuleBuilder,
  x: Local,
  use: (s: Local, q: Local) => void,
): void {
  const fused = (a: () => void, b: () => void, c: () => void) => multiplyAdd(f, module, a, b, c);
  f.scratch("v128", (s) =>
    f.scratch("v128", (n) =>
      f.scratch("v128", (r) => {
        fused(
          () => f.get(x),
          () => f.f32x4(Math.LOG2E),
          () => f.f32x4(rounding),
        );
        f.tee(s).f32x4(rounding).emit("f32x4.sub").set(n);
        for (const part of [ln2High, ln2Low]) {
          fused(
            () => f.get(n),
            () => f.f32x4(-part),
            () => f.get(part === ln2High ? x : r),
          );
          f.set(r);
        }
        f.get(s).i32(23).emit("i32x4.shl").i32x4(one).emit("i32x4.add").set(s);
        polynomial(f, module, r, coefficients);
        f.set(n);
        fused(
          () => f.get(r, r).emit("f32x4.mul"),
          () => f.get(n),
          () => f.get(r),
        );
        f.set(r);
        use(s, r);
      }),
    ),
  );
}

/** Limits x; NaN stays. */
const clamp = (f: FunctionBuilder, bound: number): void => {
  f.f32x4(bound).emit("f32x4.pmin").f32x4(-bound).emit("f32x4.pmax");
};

/**
 * Pushes e^x / (1 + e^x) within 3 ulp where it is above e^-87, and not below that: half the work of the sigmoid in
 * math/, which is right to the smallest floats.
 */
export function fastSigmoid(f: FunctionBuilder, module: ModuleBuilder, x: Local): void {
  f.scratch("v128", (limited) => {
    f.get(x);
    clamp(f, 87);
    f.set(limited);
    exponentialParts(f, module, limited, (s, q) => {
      multiplyAdd(
        f,
        module,
        () => f.get(s),
        () => f.get(q),
        () => f.get(s),
      );
      f.tee(limited).get(limited).f32x4(1).emit("f32x4.add", "f32x4.div");
    });
  });
}

/** Pushes tanh(x) = E / (E + 2) with E = e^2x - 1, within 4 ulp, and never beyond -1 or 1. */
export function fastTanh(f: FunctionBuilder, module: ModuleBuilder, x: Local): void {
  f.scratch("v128", (doubled) => {
    f.get(x, x).emit("f32x4.add");
    // tanh is 1 to the last bit from 9.02 on.
    clamp(f, 18.1);
    f.set(doubled);
    exponentialParts(f, module, doubled, (s, q) => {
      multiplyAdd(
        f,
        module,
        () => f.get(s),
        () => f.get(q),
        () => f.get(s).f32x4(1).emit("f32x4.sub"),
      );
      f.tee(doubled).get(doubled).f32x4(2).emit("f32x4.add", "f32x4.div");
    });
  });
}
