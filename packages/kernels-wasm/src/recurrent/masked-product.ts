import type { Local, ModuleBuilder } from "../assembler/index.js";
import { i32Locals, pushAddress, roundUp, setThreadScratch } from "../gemm/address.js";
import { type Kernel, kernelFunction, splitRange } from "../kernel.js";
import { featuresInUse, liveFeatures, liveList } from "./live-features.js";
import { type MaskedProblem, operandRow } from "./masked-problem.js";
import { maskedTile, multiplyRows, setTileStart } from "./masked-tile.js";

/**
 * The product: each thread takes its own samples. For each gate the features that are not dropped are listed; panels
 * `[live features][8]` of their rows of the kernel, times the mask, then serve all steps.
 */
export function productPhase(module: ModuleBuilder, problem: MaskedProblem): Kernel {
  const { name, batch, steps, features, gates, units, width } = problem;
  const list = liveList(features);
  const inUseAt = roundUp(list.bytes, 64);
  const panelAt = inUseAt + roundUp(features * 4, 64);
  const bytesPerThread = panelAt + features * 32;
  const [inUse, live, panel] = [
    featuresInUse(module, steps, features),
    liveFeatures(module, features),
    panelProduct(module, problem),
  ];
  const phase = kernelFunction(module, name, 3, 1, (f, params) => {
    const [own, sample, end, gate, bytes, at, column] = i32Locals(f, 7);
    const x = () => operandRow(f, params, problem, 0, [sample, steps * features]);
    setThreadScratch(f, params, 0, bytesPerThread, own);
    splitRange(f, params, batch, 1, sample, end);
    f.forRange(sample, sample, end, 1, () => {
      x();
      pushAddress(f, own, [1, inUseAt]).call(inUse);
      f.forRange(gate, 0, gates, 1, () => {
        pushAddress(f, own, [1, inUseAt]);
        operandRow(f, params, problem, 1, [sample, gates * features], [gate, features]);
        f.get(own).call(live).set(bytes);
        f.forRange(at, 0, units, 8, () => {
          setTileStart(f, at, units, 8, column);
          x();
          f.get(own, bytes);
          operandRow(f, params, problem, 2, [gate, units], [column, 1]);
          pushAddress(f, own, [1, panelAt]);
          pushAddress(f, params.outputs[0]!, [sample, steps * width * 4], [gate, units * 4], [column, 4]);
          f.call(panel);
        });
      });
    });
  });
  return { phases: [phase], scratchBytes: 0, scratchBytesPerThread: bytesPerThread };
}

/** The function `(x, list, bytes, kernel, panel, y)`: 8 columns of a gate for all steps of a sample. */
function panelProduct(module: ModuleBuilder, { steps, features, width }: MaskedProblem): number {
  return module.once(`masked panel ${steps} ${features} ${width}`, () =>
    module.function("masked panel", Array<"i32">(6).fill("i32"), [], (f) => {
      const [x, list, bytes, kernel, panel, y] = f.params as [Local, Local, Local, Local, Local, Local];
      const [at, end, from, to, row, start] = i32Locals(f, 6);
      const tile = maskedTile(f);
      f.get(list, bytes).emit("i32.add").set(end);
      f.get(panel).set(to);
      f.forRange(at, list, end, 4, () => {
        // A place in bytes times the width is that of the feature's row.
        pushAddress(f, kernel, [() => f.get(at).load("i32.load"), width]).set(from);
        f.get(at).load("v128.load32_splat", liveList(features).masks).set(tile.factor);
        for (const offset of [0, 16]) {
          f.get(to, from).load("v128.load", offset).get(tile.factor).emit("f32x4.mul");
          f.store("v128.store", offset);
        }
        f.increment(to, 32);
      });
      f.forRange(row, 0, steps, 4, () => {
        setTileStart(f, row, steps, 4, start);
        for (const sum of tile.sums) f.f32x4(0).set(sum);
        pushAddress(f, x, [start, features * 4]).set(from);
        f.get(panel).set(to);
        f.forRange(at, list, end, 4, () => {
          f.scratch("i32", (feature) => {
            f.get(from, at).load("i32.load").emit("i32.add").set(feature);
            multiplyRows(f, module, tile, to, (of) =>
              f.get(feature).load("v128.load32_splat", of * features * 4),
            );
          });
          f.increment(to, 32);
        });
        pushAddress(f, y, [start, width * 4]).set(to);
        tile.sums.forEach((sum, of) =>
          f.get(to, sum).store("v128.store", Math.floor(of / 2) * width * 4 + (of % 2) * 16),
        );
      });
    }),
  );
}
