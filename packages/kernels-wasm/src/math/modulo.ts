import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";

/**
 * Pushes |x| modulo |y| for two lanes of float64 that hold float32 values; NaN where x is infinite or y is
 * 0. Quotients are cut to 28 bits, so that their product with the 24 bits of y and the difference are exact;
 * turns follow until the rest is below |y|: one for quotients up to 2^28, at most ten.
 */
const remainderPair = (module: ModuleBuilder): number =>
  module.once("math.remainderPair", () =>
    module.function("remainderPair", ["v128", "v128"], ["v128"], (f) => {
      const [rest, y] = f.params as [Local, Local];
      const active = f.local("v128");
      const sizes = () => {
        for (const local of [rest, y]) f.get(local).emit("f64x2.abs").set(local);
      };
      sizes();
      f.get(rest).f64x2(NaN).get(rest).f64x2(Infinity).emit("f64x2.lt").get(y).f64x2(0).emit("f64x2.gt");
      f.emit("v128.and", "v128.bitselect").set(rest);
      f.block((end) =>
        f.loop((head) => {
          f.get(rest, y).emit("f64x2.ge").tee(active).emit("v128.any_true", "i32.eqz").brIf(end);
          f.get(rest);
          f.get(rest, y)
            .emit("f64x2.div", "f64x2.trunc")
            .i64(-(1n << 25n))
            .emit("i64x2.splat", "v128.and");
          f.get(active).emit("v128.and").get(y).emit("f64x2.mul", "f64x2.sub").set(rest);
          // A quotient rounded up to a whole number is one too many.
          f.get(rest).get(y).get(rest).f64x2(0).emit("f64x2.lt", "v128.and", "f64x2.add").set(rest);
          f.br(head);
        }),
      );
      f.get(rest);
    }),
  );

/** Index of the float32 remainder with the sign of the divisor, on four lanes. */
export const modulo = (module: ModuleBuilder): number =>
  module.once("math.modulo", () => {
    const remainder = remainderPair(module);
    return module.function("modulo", ["v128", "v128"], ["v128"], (f) => {
      const [x, y] = f.params as [Local, Local];
      const result = f.local("v128");
      for (const high of [false, true]) {
        if (high) f.get(result);
        half(f, x, y, high, remainder);
        f.emit("f32x4.demote_f64x2_zero");
        if (high) f.shuffle(0, 1, 4, 5);
        f.set(result);
      }
      f.get(result);
    });
  });

/** Pushes the results of two lanes, in float64. */
function half(f: FunctionBuilder, x: Local, y: Local, high: boolean, remainder: number): void {
  const [a, b, rest] = [f.local("v128"), f.local("v128"), f.local("v128")];
  for (const [from, to] of [
    [x, a],
    [y, b],
  ] as const) {
    f.get(from);
    if (high) f.get(from).shuffle(2, 3, 2, 3);
    f.emit("f64x2.promote_low_f32x4").set(to);
  }
  f.get(a, b).call(remainder).set(rest);
  // |y| - rest where the signs differ and the rest is not 0; then the sign of y. A NaN stays one.
  f.get(b).emit("f64x2.abs").get(rest).emit("f64x2.sub").get(rest);
  f.get(a).f64x2(0).emit("f64x2.lt").get(b).f64x2(0).emit("f64x2.lt", "v128.xor");
  f.get(rest).f64x2(0).emit("f64x2.ne", "v128.and", "v128.bitselect");
  f.get(b).f64x2(-0).emit("v128.and", "v128.or");
}
