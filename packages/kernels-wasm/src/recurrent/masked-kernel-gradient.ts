import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { i32Locals, pushAddress, roundUp, setThreadScratch } from "../gemm/address.js";
import { multiplyAdd } from "../gemm/micro-kernel.js";
import { packRows } from "../gemm/pack.js";
import { type Kernel, kernelFunction, splitRange } from "../kernel.js";
import { featuresInUse, liveFeatures, liveList } from "./live-features.js";
import { type MaskedProblem, operandRow } from "./masked-problem.js";
import { maskedTile, multiplyRows } from "./masked-tile.js";

/**
 * The gradient of the kernel. First the features that are not dropped are listed, for each gate of each sample. Then
 * panels of 8 of the gates' columns are dealt to threads; each adds the samples up in their order, the rows of four
 * live features at a time.
 */
export function kernelGradientPhases(module: ModuleBuilder, problem: MaskedProblem): Kernel {
  const { name, batch, steps, features, gates, units, width } = problem;
  const panels = Math.ceil(units / 8);
  const list = liveList(features);
  // A list, then the bytes of its places.
  const listBytes = roundUp(list.bytes + 4, 16);
  const lists = roundUp(batch * gates * listBytes, 64);
  const panelBytes = steps * 32;
  const sumsAt = roundUp(Math.max(panelBytes, features * 4), 64);
  const bytesPerThread = sumsAt + panels * features * 32;
  const [inUse, live] = [featuresInUse(module, steps, features), liveFeatures(module, features)];

  const listing = kernelFunction(module, `${name} features`, 3, 1, (f, params) => {
    const [own, sample, end, gate, to] = i32Locals(f, 5);
    setThreadScratch(f, params, lists, bytesPerThread, own);
    splitRange(f, params, batch, 1, sample, end);
    f.forRange(sample, sample, end, 1, () => {
      operandRow(f, params, problem, 0, [sample, steps * features])
        .get(own)
        .call(inUse);
      f.forRange(gate, 0, gates, 1, () => {
        pushAddress(f, params.scratch, [sample, gates * listBytes], [gate, listBytes]).tee(to);
        f.get(own);
        operandRow(f, params, problem, 1, [sample, gates * features], [gate, features]);
        f.get(to).call(live).store("i32.store", list.bytes);
      });
    });
  });

  const tiles = panelTiles(module, problem);
  const main = kernelFunction(module, name, 3, 1, (f, params) => {
    const [own, block, lastBlock, gate, first, end, sample, panel, from, sums] = i32Locals(f, 10);
    setThreadScratch(f, params, lists, bytesPerThread, own);
    splitRange(f, params, gates * panels, 1, block, lastBlock);
    f.forRange(gate, 0, gates, 1, () => {
      // The panels of this gate that are this thread's.
      const clip = (bound: Local, to: Local) => {
        f.get(bound).get(gate).i32(panels).emit("i32.mul", "i32.sub").set(to);
        f.get(to).i32(0).get(to).i32(0).emit("i32.gt_s", "select").set(to);
        f.get(to).i32(panels).get(to).i32(panels).emit("i32.lt_s", "select").set(to);
      };
      clip(block, first);
      clip(lastBlock, end);
      f.get(first, end).emit("i32.lt_s");
      f.if(() => {
        pushAddress(f, own, [1, sumsAt], [first, features * 32]).i32(0);
        f.get(end, first)
          .emit("i32.sub")
          .i32(features * 32)
          .emit("i32.mul")
          .fillMemory();
        f.forRange(sample, 0, batch, 1, () =>
          f.forRange(panel, first, end, 1, () => {
            operandRow(f, params, problem, 2, [sample, steps * width], [gate, units], [panel, 8]).set(from);
            const pack = (columns: number) =>
              f
                .get(own, from)
                .i32(width * 4)
                .i32(steps)
                .call(packRows(module, columns, 8));
            onPanel(f, panel, units, pack);
            operandRow(f, params, problem, 0, [sample, steps * features]);
            pushAddress(f, params.scratch, [sample, gates * listBytes], [gate, listBytes]).get(own);
            pushAddress(f, own, [1, sumsAt], [panel, features * 32]).call(tiles);
          }),
        );
        f.forRange(panel, first, end, 1, () => {
          pushAddress(f, own, [1, sumsAt], [panel, features * 32]).set(sums);
          pushAddress(f, params.outputs[0]!, [gate, units * 4], [panel, 32]).set(from);
          onPanel(f, panel, units, (columns) =>
            f.forRange(sample, 0, features, 1, () => {
              for (let at = 0; at < columns; at += columns - at < 4 ? 1 : 4) {
                f.get(from, sums);
                if (columns - at < 4) f.load("f32.load", at * 4).store("f32.store", at * 4);
                else f.load("v128.load", at * 4).store("v128.store", at * 4);
              }
              f.increment(from, width * 4).increment(sums, 32);
            }),
          );
        });
      });
    });
  });
  return { phases: [listing, main], scratchBytes: lists, scratchBytesPerThread: bytesPerThread };
}

/** `body` for the columns that a panel has: 8, or those left in the last one. */
function onPanel(f: FunctionBuilder, panel: Local, units: number, body: (columns: number) => void): void {
  const [whole, rest] = [Math.floor(units / 8), units % 8];
  if (rest === 0) body(8);
  else
    f.get(panel)
      .i32(whole)
      .emit("i32.lt_s")
      .if(
        () => body(8),
        () => body(rest),
      );
}

/** The function `(x, list, panel, sums)`: adds a sample's share to the sums `[features][8]` of a panel. */
function panelTiles(module: ModuleBuilder, { steps, features }: MaskedProblem): number {
  return module.once(`masked kernel gradient ${steps} ${features}`, () =>
    module.function("masked kernel gradient", Array<"i32">(4).fill("i32"), [], (f) => {
      const [x, list, panel, sums] = f.params as [Local, Local, Local, Local];
      const { masks, bytes } = liveList(features);
      const [at, end, b, bEnd, to, ...rows] = i32Locals(f, 9);
      const tile = maskedTile(f);
      f.get(list, list).load("i32.load", bytes).emit("i32.add").set(end);
      pushAddress(f, panel, [1, steps * 32]).set(bEnd);
      f.forRange(at, list, end, 16, () => {
        rows.forEach((row, of) =>
          f
            .get(x, at)
            .load("i32.load", of * 4)
            .emit("i32.add")
            .set(row),
        );
        for (const sum of tile.sums) f.f32x4(0).set(sum);
        f.get(panel).set(b);
        f.loop((next) => {
          multiplyRows(f, module, tile, b, (of) => f.get(rows[of]!).load("v128.load32_splat"));
          for (const row of rows) f.increment(row, features * 4);
          f.get(b).i32(32).emit("i32.add").tee(b).get(bEnd).emit("i32.ne").brIf(next);
        });
        for (let of = 0; of < 4; of++) {
          // A place in bytes times 8 is that of the feature's sums.
          pushAddress(f, sums, [() => f.get(at).load("i32.load", of * 4), 8]).set(to);
          f.get(at)
            .load("v128.load32_splat", masks + of * 4)
            .set(tile.factor);
          tile.columns.forEach((column, v) => {
            f.get(to)
              .load("v128.load", v * 16)
              .set(column);
            multiplyAdd(f, module, tile.factor, tile.sums[of * 2 + v]!, column);
            f.get(to, column).store("v128.store", v * 16);
          });
        }
      });
    }),
  );
}
