import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { multiplyAdd, polynomial } from "./polynomial.js";

// exp(r) = 1 + r + r^2 P(r) on |r| <= ln(2) / 2, relative error 2^-33: our own weighted minimax fit.
const coefficients = [0.5, 0.166666657, 0.0416664556, 0.00833356939, 0.00139359338, 0.000197426911];
// ln(2) in two parts; the first has 15 bits, so that its product with n <= 2^8 is exact. Source: Cephes,
// expf.
const ln2High = 0.693359375;
const ln2Low = -2.1219444e-4;

// Added to a float below 2^22 it leaves the nearest whole number in the lowest bits. Source: Muller et al., Handbook of
// Floating-Point Arithmetic, section on rounding to integers.
const magic = 1.5 * 2 ** 23;
const oneBits = 0x3f800000;

/**
 * With x in [-104, 89]: n = x / ln 2 to the nearest whole number, which `n` holds in its lowest bits, r = x - n ln 2, and
 * r^2 P(r) on the stack. exp(x) = 2^n (1 + r + r^2 P(r)).
 */
function reduce(f: FunctionBuilder, module: ModuleBuilder, x: Local, n: Local, r: Local): void {
  const madd = (a: Local, constant: number, c: () => void): void =>
    multiplyAdd(
      f,
      module,
      () => f.get(a),
      () => f.f32x4(constant),
      c,
    );
  madd(x, Math.LOG2E, () => f.f32x4(magic));
  f.set(n);
  f.scratch("v128", (whole) => {
    f.get(n).f32x4(magic).emit("f32x4.sub").set(whole);
    madd(whole, -ln2High, () => f.get(x));
    f.set(r);
    madd(whole, -ln2Low, () => f.get(r));
    f.set(r);
  });
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
  f.scratch("v128", (half) => {
    f.get(n).i32(1).emit("i32x4.shr_s").i32(23).emit("i32x4.shl").set(half);
    f.get(half).i32x4(oneBits).emit("i32x4.add", "f32x4.mul");
    f.get(n).i32(23).emit("i32x4.shl").get(half).emit("i32x4.sub");
    f.i32x4(oneBits).emit("i32x4.add", "f32x4.mul");
  });
}

/** Pushes 2^n times 2^`extra`, where that is a normal float. */
const powerOfTwo = (f: FunctionBuilder, n: Local, extra = 0): FunctionBuilder =>
  f
    .get(n)
    .i32(23)
    .emit("i32x4.shl")
    .i32x4(oneBits + extra * 2 ** 23)
    .emit("i32x4.add");

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

/** Pushes e^x for x <= 0, times 2^64 and not yet rounded to a subnormal number; NaN stays. Cheaper than `exp`. */
export function scaledExpOfNegative(f: FunctionBuilder, module: ModuleBuilder, x: Local): void {
  f.scratch("v128", (n) =>
    f.scratch("v128", (r) =>
      f.scratch("v128", (limited) => {
        f.get(x).f32x4(-104).emit("f32x4.pmax").set(limited);
        reduce(f, module, limited, n, r);
        f.get(r).emit("f32x4.add").f32x4(1).emit("f32x4.add");
        powerOfTwo(f, n, 64).emit("f32x4.mul");
      }),
    ),
  );
}

/** Pushes e^x - 1 = 2^n (r + r^2 P(r)) + (2^n - 1) for x of -40 to 40; NaN stays. */
export function expm1OfSmall(f: FunctionBuilder, module: ModuleBuilder, x: Local): void {
  f.scratch("v128", (n) =>
    f.scratch("v128", (r) => {
      reduce(f, module, x, n, r);
      f.get(r).emit("f32x4.add").set(r);
      powerOfTwo(f, n).set(n);
      multiplyAdd(
        f,
        module,
        () => f.get(r),
        () => f.get(n),
        () => f.get(n).f32x4(1).emit("f32x4.sub"),
      );
    }),
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
          powerOfTwo(f, n, -1).set(power);
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
