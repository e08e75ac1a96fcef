import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { multiplyAdd, polynomial } from "./polynomial.js";

// exp(r) = 1 + r + r^2 P(r) on |r| <= ln(2) / 2, relative error 2^-33: our own weighted minimax fit.
const coefficients = [0.5, 0.166666657, 0.0416664556, 0.00833356939, 0.00139359338, 0.000197426911];
// ln(2) in two parts; the first has 15 bits, so that its product with n <= 2^8 is exact. Source: Cephes,
// expf.
const ln2High = 0.693359375;
const ln2Low = -2.1219444e-4;

/**
 * With x in [-104, 89]: n = round(x / ln 2) as a float, r = x - n ln 2, and r^2 P(r) on the stack.
 * exp(x) = 2^n (1 + r + r^2 P(r)).
 */
function reduce(f: FunctionBuilder, module: ModuleBuilder, x: Local, n: Local, r: Local): void {
  f.get(x).f32x4(Math.LOG2E).emit("f32x4.mul", "f32x4.nearest").set(n);
  const times = (constant: number, c: () => void) =>
    multiplyAdd(
      f,
      module,
      () => f.get(n),
      () => f.f32x4(constant),
      c,
    );
  times(-ln2High, () => f.get(x));
  f.set(r);
  times(-ln2Low, () => f.get(r));
  f.set(r);
  f.get(r, r).emit("f32x4.mul");
  polynomial(f, module, r, coefficients);
  f.emit("f32x4.mul");
}

/** Pushes x limited to where exp changes; NaN stays. */
function clamp(f: FunctionBuilder, x: Local, low: number, high: number, limited: Local): void {
  // pmin(x, high) is high < x ? high : x, so NaN stays as the first operand.
  f.get(x).f32x4(high).emit("f32x4.pmin").f32x4(low).emit("f32x4.pmax").set(limited);
}

/**
 * Multiplies the float on the stack by 2^n for whole n in [-150, 129], in two steps as 2^n may not be a
 * float.
 */
function scale(f: FunctionBuilder, n: Local): void {
  f.scratch("v128", (half) =>
    f.scratch("v128", (rest) => {
      f.get(n).emit("i32x4.trunc_sat_f32x4_s").set(rest);
      f.get(rest).i32(1).emit("i32x4.shr_s").set(half);
      f.get(rest).get(half).emit("i32x4.sub").set(rest);
      for (const part of [half, rest]) {
        f.get(part).i32x4(127).emit("i32x4.add").i32(23).emit("i32x4.shl", "f32x4.mul");
      }
    }),
  );
}

/** Pushes e^x. */
export function exp(f: FunctionBuilder, module: ModuleBuilder, x: Local): void {
  f.scratch("v128", (n) =>
    f.scratch("v128", (r) =>
      f.scratch("v128", (limited) => {
        clamp(f, x, -104, 89, limited);
        reduce(f, module, limited, n, r);
        f.get(r).emit("f32x4.add").f32x4(1).emit("f32x4.add");
        scale(f, n);
      }),
    ),
  );
}

/** Pushes e^x for x in [-87, 0] or so: below, 0. No NaN, nothing above 0. Cheaper than `exp`. */
export function expOfNegative(f: FunctionBuilder, module: ModuleBuilder, x: Local): void {
  f.scratch("v128", (n) =>
    f.scratch("v128", (r) =>
      f.scratch("v128", (limited) => {
        f.get(x).f32x4(-87).emit("f32x4.pmax").set(limited);
        reduce(f, module, limited, n, r);
        f.get(r).emit("f32x4.add").f32x4(1).emit("f32x4.add");
        f.get(n)
          .emit("i32x4.trunc_sat_f32x4_s")
          .i32x4(127)
          .emit("i32x4.add")
          .i32(23)
          .emit("i32x4.shl", "f32x4.mul");
      }),
    ),
  );
}

/** Pushes e^x - 1 = 2^n (r + r^2 P(r)) + (2^n - 1). */
export function expm1(f: FunctionBuilder, module: ModuleBuilder, x: Local): void {
  f.scratch("v128", (n) =>
    f.scratch("v128", (r) =>
      f.scratch("v128", (limited) => {
        clamp(f, x, -20, 89, limited);
        reduce(f, module, limited, n, r);
        f.get(r).emit("f32x4.add").set(r);
        // 2^(n - 1), doubled at the end: 2^128 is no float.
        f.scratch("v128", (power) => {
          f.get(n)
            .emit("i32x4.trunc_sat_f32x4_s")
            .i32x4(126)
            .emit("i32x4.add")
            .i32(23)
            .emit("i32x4.shl")
            .set(power);
          f.get(r).get(power).emit("f32x4.mul").get(power).f32x4(0.5).emit("f32x4.sub", "f32x4.add");
          f.f32x4(2).emit("f32x4.mul");
        });
        f.set(limited);
        // -0 and subnormals are their own result.
        f.get(x, limited).get(x).emit("f32x4.abs").f32x4(1e-30).emit("f32x4.lt", "v128.bitselect");
      }),
    ),
  );
}
