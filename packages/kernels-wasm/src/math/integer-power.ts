import type { Local, ModuleBuilder } from "../assembler/index.js";

/**
 * Index of int32 x^y on four lanes, by squaring, wrapping at 32 bits; negative y leaves only 1 and -1 whole.
 */
export const integerPower = (module: ModuleBuilder): number =>
  module.once("math.integerPower", () =>
    module.function("integerPower", ["v128", "v128"], ["v128"], (f) => {
      const [x, y] = f.params as [Local, Local];
      const [result, base, rest] = [f.local("v128"), f.local("v128"), f.local("v128")];
      const odd = (local: Local) => f.get(local).i32x4(1).emit("v128.and").i32x4(1).emit("i32x4.eq");
      f.i32x4(1).set(result).get(x).set(base).get(y).i32x4(0).emit("i32x4.max_s").set(rest);
      f.block((end) =>
        f.loop((head) => {
          f.get(rest).emit("v128.any_true", "i32.eqz").brIf(end);
          f.get(result, base).emit("i32x4.mul").get(result);
          odd(rest).emit("v128.bitselect").set(result);
          f.get(base, base)
            .emit("i32x4.mul")
            .set(base)
            .get(rest)
            .i32(1)
            .emit("i32x4.shr_u")
            .set(rest)
            .br(head);
        }),
      );
      // x^y for y < 0: x itself (1 or -1) where y is odd, its square where it is even, 0 for any other x.
      f.get(x).i32x4(1);
      odd(y).emit("v128.bitselect").get(x).i32x4(1).emit("i32x4.eq").get(x).i32x4(-1).emit("i32x4.eq");
      f.emit("v128.or", "v128.and").get(result).get(y).i32x4(0).emit("i32x4.lt_s", "v128.bitselect");
    }),
  );
