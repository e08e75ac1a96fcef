import type { Local, ModuleBuilder } from "../assembler/index.js";
import { kernelFunction, splitRange } from "../kernel.js";
import { i32Locals, pushAddress } from "./address.js";

/** A phase that adds `parts` results of `size` floats, which lie one after the other in scratch memory, in order. */
export const sumParts = (module: ModuleBuilder, size: number, parts: number, start: number): number =>
  kernelFunction(module, "sum of parts", 2, 1, (f, params) => {
    const [index, end, from] = i32Locals(f, 3);
    const sum = f.local("f32");
    splitRange(f, params, size, 16, index, end);
    f.forRange(index, index, end, 1, () => {
      pushAddress(f, params.scratch, [1, start], [index, 4]).set(from);
      f.get(from).load("f32.load").set(sum);
      for (let part = 1; part < parts; part++) {
        f.get(sum, from)
          .load("f32.load", part * size * 4)
          .emit("f32.add")
          .set(sum);
      }
      pushAddress(f, params.outputs[0] as Local, [index, 4])
        .get(sum)
        .store("f32.store");
    });
  });
