import type { ModuleBuilder } from "../assembler/index.js";
import { i32Locals } from "../gemm/address.js";
import { loopOverRow } from "./row-loop.js";

/**
 * A list of the features of a sample that a gate does not drop, as kernels of masked products read it: their places in
 * bytes, and their masks. Three more entries with a mask of 0 fill up a tile.
 */
export interface LiveList {
  /** Bytes from a place to its mask. */
  readonly masks: number;
  readonly bytes: number;
}

export const liveList = (features: number): LiveList => {
  const masks = (features + 3) * 4;
  return { masks, bytes: 2 * masks };
};

/** The function `(x, to)`: for each feature of the steps at `x` whether one of its values is not 0. */
export function featuresInUse(module: ModuleBuilder, steps: number, features: number): number {
  return module.once(`features in use ${steps} ${features}`, () =>
    module.function("features in use", ["i32", "i32"], [], (f) => {
      const [x, to] = f.params as [(typeof f.params)[0], (typeof f.params)[0]];
      const [at, step] = i32Locals(f, 2);
      const any = f.local("v128");
      loopOverRow(f, module, features, (lanes) => {
        f.get(x).set(at).i32x4(0).set(any);
        f.forRange(step, 0, steps, 1, () => {
          lanes.load(at).get(any).emit("v128.or").set(any);
          f.increment(at, features * 4);
        });
        lanes.store(any, to);
      });
    }),
  );
}

/** The function `(inUse, masks, list)`: writes a list, returns the bytes of its places. */
export function liveFeatures(module: ModuleBuilder, features: number): number {
  return module.once(`live features ${features}`, () =>
    module.function("live features", ["i32", "i32", "i32"], ["i32"], (f) => {
      const [inUse, masks, list] = f.params as [
        (typeof f.params)[0],
        (typeof f.params)[0],
        (typeof f.params)[0],
      ];
      const [at, to] = i32Locals(f, 2);
      const mask = f.local("f32");
      const toMask = liveList(features).masks;
      f.get(list).set(to);
      f.forRange(at, 0, features * 4, 4, () => {
        f.get(masks, at).emit("i32.add").load("f32.load").set(mask);
        f.get(to, at).store("i32.store").get(to, mask).store("f32.store", toMask);
        // Without a branch, which would be guessed wrong for every other dropped feature.
        f.get(inUse, at).emit("i32.add").load("i32.load").i32(0).emit("i32.ne");
        f.get(mask).f32(0).emit("f32.ne", "i32.and").i32(2).emit("i32.shl");
        f.get(to).emit("i32.add").set(to);
      });
      for (let entry = 0; entry < 3; entry++) {
        f.get(to, list)
          .load("i32.load")
          .store("i32.store", entry * 4);
        f.get(to)
          .f32(0)
          .store("f32.store", entry * 4 + toMask);
      }
      f.get(to, list).emit("i32.sub");
    }),
  );
}
