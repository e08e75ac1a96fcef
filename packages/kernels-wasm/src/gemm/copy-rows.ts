import type { Local, ModuleBuilder } from "../assembler/index.js";

/** `(to, from, toRowBytes, fromRowBytes, rows, columns)`: copies a block of floats; `rows` and `columns` at least 1. */
export function copyRows(module: ModuleBuilder): number {
  return module.once("copy rows", () =>
    module.function("copy rows", Array<"i32">(6).fill("i32"), [], (f) => {
      const [to, from, toRowBytes, fromRowBytes, rows, columns] = f.params as [
        Local,
        Local,
        Local,
        Local,
        Local,
        Local,
      ];
      const bytes = f.local("i32");
      const blockBytes = f.local("i32");
      const at = f.local("i32");
      f.get(columns).i32(2).emit("i32.shl").tee(bytes).i32(-16).emit("i32.and").set(blockBytes);
      f.loop((nextRow) => {
        f.forRange(at, 0, blockBytes, 16, () => {
          f.get(to, at).emit("i32.add").get(from, at).emit("i32.add");
          f.load("v128.load").store("v128.store");
        });
        f.forRange(at, blockBytes, bytes, 4, () => {
          f.get(to, at).emit("i32.add").get(from, at).emit("i32.add");
          f.load("i32.load").store("i32.store");
        });
        f.increment(to, toRowBytes).increment(from, fromRowBytes);
        f.get(rows).i32(1).emit("i32.sub").tee(rows).brIf(nextRow);
      });
    }),
  );
}
