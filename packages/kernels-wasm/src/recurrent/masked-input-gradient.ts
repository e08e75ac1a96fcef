import type { Local, ModuleBuilder } from "../assembler/index.js";
import { i32Locals, pushAddress, unflatten } from "../gemm/address.js";
import { multiplyAdd } from "../gemm/micro-kernel.js";
import { packTransposed } from "../gemm/pack.js";
import { type Kernel, kernelFunction, splitRange } from "../kernel.js";
import { type MaskedProblem, operandRow } from "./masked-problem.js";
import { maskedTile, multiplyRows, setTileStart } from "./masked-tile.js";

/**
 * The gradient of the inputs: the kernel is packed, transposed, in panels `[gates][units][8]`; then each thread takes its
 * own samples, and each gate's product is multiplied by its mask while it is in registers.
 */
export function inputGradientPhases(module: ModuleBuilder, problem: MaskedProblem): Kernel {
  const { name, batch, steps, features, gates, units, width } = problem;
  const panels = Math.ceil(features / 8);
  const panelBytes = gates * units * 32;
  const transpose = packTransposed(module, 8);
  const packing = kernelFunction(module, `${name} kernel`, 3, 1, (f, params) => {
    const [block, end, panel, gate, at, feature] = i32Locals(f, 6);
    splitRange(f, params, panels * gates, 1, block, end);
    f.forRange(block, block, end, 1, () => {
      unflatten(f, block, [panels, gates], [panel, gate]);
      f.get(panel).i32(8).emit("i32.mul").set(at);
      setTileStart(f, at, features, 8, feature);
      for (const half of [0, 4]) {
        pushAddress(f, params.scratch, [panel, panelBytes], [gate, units * 32], [1, half * 4]);
        operandRow(f, params, problem, 2, [feature, width], [gate, units])
          .i32(half * width * 4)
          .emit("i32.add");
        f.i32(width * 4)
          .i32(units)
          .i32(3)
          .call(transpose);
      }
    });
  });
  const sums = panelGradient(module, problem);
  const main = kernelFunction(module, name, 3, 1, (f, params) => {
    const [sample, end, panel, at, feature] = i32Locals(f, 5);
    splitRange(f, params, batch, 1, sample, end);
    f.forRange(sample, sample, end, 1, () =>
      f.forRange(panel, 0, panels, 1, () => {
        f.get(panel).i32(8).emit("i32.mul").set(at);
        setTileStart(f, at, features, 8, feature);
        operandRow(f, params, problem, 0, [sample, steps * width]);
        pushAddress(f, params.scratch, [panel, panelBytes]);
        operandRow(f, params, problem, 1, [sample, gates * features], [feature, 1]);
        pushAddress(f, params.outputs[0]!, [sample, steps * features * 4], [feature, 4]).call(sums);
      }),
    );
  });
  return { phases: [packing, main], scratchBytes: panels * panelBytes };
}

/** The function `(dy, panel, masks, dx)`: 8 features of all steps of a sample. */
function panelGradient(module: ModuleBuilder, problem: MaskedProblem): number {
  const { steps, features, gates, units, width } = problem;
  return module.once(`masked input gradient ${steps} ${features} ${gates} ${units}`, () =>
    module.function("masked input gradient", Array<"i32">(4).fill("i32"), [], (f) => {
      const [dy, panel, masks, dx] = f.params as [Local, Local, Local, Local];
      const [row, start, from, mask, to, b, end, bEnd] = i32Locals(f, 8);
      const tile = maskedTile(f);
      pushAddress(f, panel, [1, gates * units * 32]).set(bEnd);
      f.forRange(row, 0, steps, 4, () => {
        setTileStart(f, row, steps, 4, start);
        pushAddress(f, dy, [start, width * 4]).set(from);
        pushAddress(f, dx, [start, features * 4]).set(to);
        f.get(masks).set(mask).get(panel).set(b);
        const store = (first: boolean) => {
          tile.sums.forEach((sum, of) => {
            const [offset, v] = [Math.floor(of / 2) * features * 4 + (of % 2) * 16, of % 2];
            f.get(mask)
              .load("v128.load", v * 16)
              .set(tile.columns[v]!);
            if (first) f.get(sum, tile.columns[v]!).emit("f32x4.mul").set(tile.factor);
            else {
              f.get(to).load("v128.load", offset).set(tile.factor);
              multiplyAdd(f, module, sum, tile.columns[v]!, tile.factor);
            }
            f.get(to, tile.factor).store("v128.store", offset);
          });
        };
        f.loop((nextGate) => {
          for (const sum of tile.sums) f.f32x4(0).set(sum);
          pushAddress(f, b, [1, units * 32]).set(end);
          f.loop((next) => {
            multiplyRows(f, module, tile, b, (of) => f.get(from).load("v128.load32_splat", of * width * 4));
            f.increment(from, 4).get(b).i32(32).emit("i32.add").tee(b).get(end).emit("i32.ne").brIf(next);
          });
          f.get(mask, masks)
            .emit("i32.eq")
            .if(
              () => store(true),
              () => store(false),
            );
          f.increment(mask, features * 4);
          f.get(b, bEnd).emit("i32.ne").brIf(nextGate);
        });
      });
    }),
  );
}
