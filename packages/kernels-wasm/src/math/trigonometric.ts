import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { polynomial } from "./polynomial.js";

// sin(r) = r + r^3 S(r^2), cos(r) = 1 - r^2 / 2 + r^4 C(r^2) on |r| <= pi / 4: relative errors 2^-32 and
// 2^-37. Our own fits.
const sinCoefficients = [-0.166666672, 0.0083333794, -0.000198530062, 2.83128315e-6];
const cosCoefficients = [0.0416666679, -0.00138889812, 2.48224478e-5, -2.89181685e-7];
// pi / 2 in two parts; the first has 25 bits, so that its product with k < 2^28 is exact in float64.
const halfPiHigh = 1.5707963109016418;
const halfPiLow = 1.5893254773528196e-8;
/** From here on the two parts are too short, and 2 / pi is taken bit by bit. */
const large = 2 ** 27;
/** The bits of 2 / pi behind the point. */
const twoOverPi = [0xa2f9836en, 0x4e441529n, 0xfc2757d1n, 0xf534ddc0n, 0xdb629599n, 0x3c439041n, 0xfe5163abn];

/** Index of sin or cos on four floats; any finite argument is reduced exactly. */
export const sineOrCosine = (module: ModuleBuilder, name: "sin" | "cos"): number =>
  module.once(`math.${name}`, () => {
    const reduceLarge = largeReduction(module);
    return module.function(name, ["v128"], ["v128"], (f) => {
      const x = f.params[0]!;
      const quadrant = f.local("v128");
      const r = f.local("v128");
      reduceSmall(f, x, quadrant, r);
      const isLarge = f.local("v128");
      f.get(x)
        .emit("f32x4.abs")
        .f32x4(large)
        .emit("f32x4.ge")
        .tee(isLarge)
        .emit("v128.any_true")
        .if(() => {
          for (const lane of [0, 1, 2, 3]) {
            f.get(isLarge)
              .lane("i32x4.extract_lane", lane)
              .if(() => {
                f.get(x).lane("f32x4.extract_lane", lane).call(reduceLarge);
                const [n, angle] = [f.local("i32"), f.local("f32")];
                f.set(n).set(angle);
                f.get(r).get(angle).lane("f32x4.replace_lane", lane).set(r);
                f.get(quadrant).get(n).lane("i32x4.replace_lane", lane).set(quadrant);
              });
          }
        });
      if (name === "cos") f.get(quadrant).i32x4(1).emit("i32x4.add").set(quadrant);
      evaluate(f, module, x, quadrant, r);
      if (name === "sin") ownResult(f, x);
    });
  });

/** quadrant = round(x / (pi / 2)), r = x - quadrant * pi / 2, in float64 two lanes at a time. */
function reduceSmall(f: FunctionBuilder, x: Local, quadrant: Local, r: Local): void {
  const [wide, k] = [f.local("v128"), f.local("v128")];
  for (const high of [false, true]) {
    f.get(x);
    if (high) f.get(x).shuffle(2, 3, 2, 3);
    f.emit("f64x2.promote_low_f32x4")
      .tee(wide)
      .f64x2(2 / Math.PI)
      .emit("f64x2.mul", "f64x2.nearest")
      .set(k);
    if (high) f.get(quadrant);
    f.get(k).emit("i32x4.trunc_sat_f64x2_s_zero");
    if (high) f.shuffle(0, 1, 4, 5);
    f.set(quadrant);
    if (high) f.get(r);
    f.get(wide);
    for (const part of [halfPiHigh, halfPiLow]) f.get(k).f64x2(part).emit("f64x2.mul", "f64x2.sub");
    f.emit("f32x4.demote_f64x2_zero");
    if (high) f.shuffle(0, 1, 4, 5);
    f.set(r);
  }
}

/** Pushes the sine of r + quadrant * pi / 2; NaN where x is not finite. */
function evaluate(f: FunctionBuilder, module: ModuleBuilder, x: Local, quadrant: Local, r: Local): void {
  const square = f.local("v128");
  const sine = f.local("v128");
  f.get(r, r).emit("f32x4.mul").set(square);
  polynomial(f, module, square, sinCoefficients);
  f.get(square).emit("f32x4.mul").get(r).emit("f32x4.mul").get(r).emit("f32x4.add").set(sine);
  polynomial(f, module, square, cosCoefficients);
  f.get(square).emit("f32x4.mul").get(square).emit("f32x4.mul");
  f.get(square).f32x4(-0.5).emit("f32x4.mul", "f32x4.add").f32x4(1).emit("f32x4.add");
  // An odd quadrant takes the cosine, the upper two change the sign.
  f.get(sine).get(quadrant).i32x4(1).emit("v128.and").i32x4(1).emit("i32x4.eq", "v128.bitselect");
  f.get(quadrant).i32(30).emit("i32x4.shl").f32x4(-0).emit("v128.and", "v128.xor");
  f.f32x4(NaN).get(x).emit("f32x4.abs").f32x4(Infinity).emit("f32x4.lt", "v128.bitselect");
}

/** Below 2^-13 a float is its own sine, -0 included. */
function ownResult(f: FunctionBuilder, x: Local): void {
  f.get(x)
    .get(x)
    .emit("f32x4.abs")
    .f32x4(2 ** -13)
    .emit("f32x4.lt");
  const [tiny, own, sine] = [f.local("v128"), f.local("v128"), f.local("v128")];
  f.set(tiny).set(own).set(sine).get(own, sine, tiny).emit("v128.bitselect");
}

/**
 * Index of (x) -> (angle, quadrant) for finite |x| >= 2^27. x = m 2^e with a 24-bit m; of 2 / pi only the 96
 * bits whose product with x lies between 4 and 2^-70 matter (Payne and Hanek). Products are taken modulo
 * 2^64 = 4 quadrants.
 */
const largeReduction = (module: ModuleBuilder): number =>
  module.once("math.reduceLarge", () =>
    module.function("reduceLarge", ["f32"], ["f32", "i32"], (f) => {
      const x = f.params[0]!;
      const [bits, skip, n] = [f.local("i32"), f.local("i32"), f.local("i32")];
      const [m, high, low, shift, product] = ["i64", "i64", "i64", "i64", "i64"].map(() =>
        f.local("i64"),
      ) as [Local, Local, Local, Local, Local];
      f.get(x).emit("i32.reinterpret_f32").set(bits);
      f.get(bits).i32(0x7fffff).emit("i32.and").i32(0x800000).emit("i32.or", "i64.extend_i32_u").set(m);
      // Bits of 2 / pi to leave out: e - 2, where e = exponent - 150.
      f.get(bits).i32(23).emit("i32.shr_u").i32(255).emit("i32.and").i32(152).emit("i32.sub").set(skip);
      for (let word = 0; word + 3 < twoOverPi.length; word++) {
        f.get(skip)
          .i32(5)
          .emit("i32.shr_u")
          .i32(word)
          .emit("i32.eq")
          .if(() => {
            f.i64((twoOverPi[word]! << 32n) | twoOverPi[word + 1]!).set(high);
            f.i64((twoOverPi[word + 2]! << 32n) | twoOverPi[word + 3]!).set(low);
          });
      }
      f.get(skip).i32(31).emit("i32.and", "i64.extend_i32_u").set(shift);
      f.get(high, shift).emit("i64.shl").get(low).i64(1n).emit("i64.shr_u").i64(63n).get(shift);
      f.emit("i64.sub", "i64.shr_u", "i64.or").get(m).emit("i64.mul");
      f.get(low, shift).emit("i64.shl").i64(32n).emit("i64.shr_u").get(m).emit("i64.mul").i64(32n);
      f.emit("i64.shr_u", "i64.add").set(product);
      f.get(product)
        .i64(1n << 61n)
        .emit("i64.add")
        .i64(62n)
        .emit("i64.shr_u", "i32.wrap_i64")
        .set(n);
      const angle = f.local("f32");
      f.get(product).get(n).emit("i64.extend_i32_u").i64(62n).emit("i64.shl", "i64.sub", "f64.convert_i64_s");
      f.f64(Math.PI / 2 / 2 ** 62)
        .emit("f64.mul", "f32.demote_f64")
        .set(angle);
      // The sign of x turns both.
      f.get(bits)
        .i32(0)
        .emit("i32.lt_s")
        .if(() => {
          f.get(angle).emit("f32.neg").set(angle);
          f.i32(0).get(n).emit("i32.sub").set(n);
        });
      f.get(angle).get(n);
    }),
  );
