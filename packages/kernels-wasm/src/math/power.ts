import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { polynomial } from "./polynomial.js";

// log2((1 + u) / (1 - u)) / u in powers of u^2, |u| <= 0.1717: relative error 2^-49. Our own fit, in
// float64.
const log2Coefficients = [
  2.885390081777927, 0.9617966939240997, 0.5770780173485114, 0.41219838577379375, 0.32061756084907983,
  0.2614053724677366, 0.243397143426549,
];
// 2^f on |f| <= 1/2: relative error 2^-40. Our own fit, in float64.
const exp2Coefficients = [
  0.9999999999997617, 0.6931471805464932, 0.24022650698886125, 0.0555041093942635, 0.009618128542017513,
  0.001333345198008166, 0.00015403852113544616, 1.5309759538414512e-5, 1.317581976346042e-6,
];
const one = 0x3ff0_0000_0000_0000n;
const sqrtHalf = 0x3fe6_a09e_0000_0000n;

/**
 * `|x|^y` for two lanes of float64, finite and not 0: 2^(y log2 |x|). Index of a function (v128, v128) ->
 * v128.
 */
const powerOfTwo = (module: ModuleBuilder): number =>
  module.once("math.power.f64", () =>
    module.function("power64", ["v128", "v128"], ["v128"], (f) => {
      const [x, y] = f.params as [Local, Local];
      const [e, u, square] = [f.local("v128"), f.local("v128"), f.local("v128")];
      const splat = (value: bigint) => f.i64(value).emit("i64x2.splat");
      // |x| = 2^e m with m in [sqrt(1/2), sqrt(2)); the exponent is shifted arithmetically through its two
      // halves.
      f.get(x).emit("f64x2.abs").set(u);
      f.get(u);
      splat(sqrtHalf).emit("i64x2.sub").i32(52).emit("i64x2.shr_s").set(e);
      f.get(u).get(e).i32(52).emit("i64x2.shl", "i64x2.sub").set(u);
      f.get(u).f64x2(1).emit("f64x2.sub").get(u).f64x2(1).emit("f64x2.add", "f64x2.div").set(u);
      f.get(u, u).emit("f64x2.mul").set(square);
      polynomial(f, module, square, log2Coefficients, "f64x2");
      f.get(u).emit("f64x2.mul");
      f.get(e, e)
        .shuffle(0, 2, 0, 2)
        .emit("f64x2.convert_low_i32x4_s", "f64x2.add")
        .get(y)
        .emit("f64x2.mul")
        .set(u);
      // Beyond these float32 overflows or vanishes in any case.
      f.get(u).f64x2(400).emit("f64x2.pmin").f64x2(-400).emit("f64x2.pmax").set(u);
      f.get(u).emit("f64x2.nearest").set(e);
      f.get(u, e).emit("f64x2.sub").set(u);
      polynomial(f, module, u, exp2Coefficients, "f64x2");
      f.get(e).emit("i32x4.trunc_sat_f64x2_s_zero", "i64x2.extend_low_i32x4_s").i32(52).emit("i64x2.shl");
      splat(one).emit("i64x2.add", "f64x2.mul");
    }),
  );

/** Index of `power(x, y)` on four floats, with the special cases of IEEE 754 `pow`. */
export const power = (module: ModuleBuilder): number =>
  module.once("math.power", () => {
    const inner = powerOfTwo(module);
    return module.function("power", ["v128", "v128"], ["v128"], (f) => {
      const [x, y] = f.params as [Local, Local];
      const result = f.local("v128");
      const odd = f.local("v128");
      const half = (high: boolean) => {
        for (const operand of [x, y]) {
          f.get(operand);
          if (high) f.get(operand).shuffle(2, 3, 2, 3);
          f.emit("f64x2.promote_low_f32x4");
        }
        f.call(inner).emit("f32x4.demote_f64x2_zero");
      };
      half(false);
      f.set(result).get(result);
      half(true);
      f.shuffle(0, 1, 4, 5).set(result);
      isOdd(f, y, odd);
      special(f, x, y, result, odd);
      f.get(result);
    });
  });

/** Sets `odd` to the mask of lanes whose y is an odd whole number. */
function isOdd(f: FunctionBuilder, y: Local, odd: Local): void {
  // y is odd if y is whole and y / 2 is not; infinities and floats from 2^24 on are even.
  f.get(y).emit("f32x4.floor").get(y).emit("f32x4.eq");
  f.get(y).f32x4(0.5).emit("f32x4.mul", "f32x4.floor").get(y).f32x4(0.5).emit("f32x4.mul", "f32x4.ne");
  f.emit("v128.and").set(odd);
}

function special(f: FunctionBuilder, x: Local, y: Local, result: Local, odd: Local): void {
  /** result = condition ? value : result */
  const choose = (value: () => void, condition: () => void) => {
    value();
    f.get(result);
    condition();
    f.emit("v128.bitselect").set(result);
  };
  const absolute = (local: Local) => f.get(local).emit("f32x4.abs");
  // |x| is 0 or infinite: 0 or infinity, by the sign of y.
  const extreme = () => {
    absolute(x).f32x4(0).emit("f32x4.eq");
    absolute(x).f32x4(Infinity).emit("f32x4.eq", "v128.or");
  };
  choose(() => {
    // infinity where (x is 0) = (y < 0), else 0
    f.f32x4(Infinity);
    absolute(x)
      .f32x4(0)
      .emit("f32x4.eq")
      .get(y)
      .f32x4(0)
      .emit("f32x4.lt", "v128.xor", "v128.not", "v128.and");
  }, extreme);
  // y is infinite: |x| > 1 against the sign of y decides; |x| = 1 gives 1.
  choose(
    () => {
      f.f32x4(Infinity);
      absolute(x)
        .f32x4(1)
        .emit("f32x4.gt")
        .get(y)
        .f32x4(0)
        .emit("f32x4.gt", "v128.xor", "v128.not", "v128.and");
    },
    () => absolute(y).f32x4(Infinity).emit("f32x4.eq"),
  );
  choose(
    () => f.f32x4(1),
    () => {
      absolute(x).f32x4(1).emit("f32x4.eq");
      absolute(y).f32x4(Infinity).emit("f32x4.eq", "v128.and");
    },
  );
  // Negative x: NaN unless y is whole; the sign of x where y is odd.
  choose(
    () => f.f32x4(NaN),
    () => {
      f.get(x).f32x4(0).emit("f32x4.lt").get(y).emit("f32x4.floor").get(y).emit("f32x4.ne", "v128.and");
      f.get(x).f32x4(-Infinity).emit("f32x4.ne", "v128.and");
    },
  );
  f.get(result).get(x).f32x4(-0).emit("v128.and").get(odd).emit("v128.and", "v128.or").set(result);
  choose(
    () => f.get(x, y).emit("f32x4.add"),
    () => f.get(x, x).emit("f32x4.ne").get(y, y).emit("f32x4.ne", "v128.or"),
  );
  choose(
    () => f.f32x4(1),
    () => f.get(y).f32x4(0).emit("f32x4.eq").get(x).f32x4(1).emit("f32x4.eq", "v128.or"),
  );
}
