import type { Local, ModuleBuilder } from "../assembler/index.js";
import { i32Locals, pushAddress, pushMinimum, roundUp, setThreadScratch } from "../gemm/address.js";
import { packRows } from "../gemm/pack.js";
import { type Kernel, kernelFunction, splitRange } from "../kernel.js";
import { GatheredOperands, type GatheredProblem } from "./gathered-problem.js";
import { rowKernel, setColumn, sumShare } from "./gathered-rows.js";
import { rowsOfTile } from "./row-tiles.js";

/** Products between two loads of a tile. */
const longestPart = 512;

/**
 * The gradient by the kernel: a sum over the distinct indices, of their rows times the sums of the rows of `dy`. Tiles are
 * five features `[distinct][5]`; panels of 8 columns `[distinct][8]` are packed by the thread that multiplies all
 * tiles by them.
 */
export function kernelGradientPhases(module: ModuleBuilder, problem: GatheredProblem): Kernel {
  const { name, count, inner, columns, beyond } = problem;
  const [tiles, panels] = [Math.ceil(inner / rowsOfTile), Math.ceil(columns / 8)];
  const tileBytes = count * rowsOfTile * 4;
  const sumsAt = roundUp(tiles * tileBytes, 64);
  const scratchBytes = sumsAt + roundUp(count * columns * 4, 64);
  const panelAt = roundUp(rowsOfTile * 32, 64);
  const fillingAt = panelAt + roundUp(count * 32, 64);
  const bytesPerThread = fillingAt + roundUp(beyond ? inner * 4 : 0, 64);

  /** The first feature of a tile; the last tile lies over the one before. */
  const setFeature = (f: Parameters<typeof setColumn>[0], tile: Local, feature: Local) => {
    f.get(tile).i32(rowsOfTile).emit("i32.mul").set(feature);
    pushMinimum(f, () => f.get(feature), inner - rowsOfTile).set(feature);
  };

  const pack = kernelFunction(module, `${name} sums`, 3, 1, (f, params) => {
    const x = new GatheredOperands(f, params, problem);
    const [filling, tile, end, used, place, index, feature, to, from] = i32Locals(f, 9);
    sumShare(f, module, params, x, problem, sumsAt);
    setThreadScratch(f, params, scratchBytes + fillingAt, bytesPerThread, filling);
    x.fill(filling, index);
    x.used().set(used);
    splitRange(f, params, tiles, 1, tile, end);
    f.forRange(tile, tile, end, 1, () => {
      setFeature(f, tile, feature);
      pushAddress(f, params.scratch, [tile, tileBytes]).set(to);
      f.forRange(place, 0, used, 1, () => {
        pushAddress(f, () => x.row(place, filling, index), [feature, 4]).set(from);
        f.get(to, from).load("v128.load").store("v128.store");
        f.get(to, from).load("f32.load", 16).store("f32.store", 16);
        f.increment(to, rowsOfTile * 4);
      });
    });
  });

  const multiply = kernelFunction(module, name, 3, 1, (f, params) => {
    const x = new GatheredOperands(f, params, problem);
    const [own, used, panel, end, at, column, tile, feature, start, steps, to] = i32Locals(f, 11);
    setThreadScratch(f, params, scratchBytes, bytesPerThread, own);
    x.used().set(used);
    splitRange(f, params, panels, 1, panel, end);
    f.forRange(panel, panel, end, 1, () => {
      setColumn(f, panel, columns, at, column);
      pushAddress(f, own, [1, panelAt]);
      pushAddress(f, params.scratch, [1, sumsAt], [column, 4])
        .i32(columns * 4)
        .get(used)
        .call(packRows(module, 8, 8));
      f.forRange(tile, 0, tiles, 1, () => {
        const part = (adds: boolean) => {
          f.get(used, start).emit("i32.sub").set(steps);
          pushMinimum(f, () => f.get(steps), longestPart).set(steps);
          pushAddress(f, params.scratch, [tile, tileBytes], [start, rowsOfTile * 4]);
          pushAddress(f, own, [1, panelAt], [start, 32]);
          f.get(own, steps).i32(1).call(rowKernel(module, adds));
        };
        f.i32(0).set(start);
        part(false);
        if (count > longestPart) f.forRange(start, longestPart, used, longestPart, () => part(true));
        setFeature(f, tile, feature);
        pushAddress(f, params.outputs[0]!, [feature, columns * 4], [column, 4]).set(to);
        for (let row = 0; row < rowsOfTile; row++) {
          for (const offset of [0, 16]) {
            f.get(to, own)
              .load("v128.load", row * 32 + offset)
              .store("v128.store", row * columns * 4 + offset);
          }
        }
      });
    });
  });
  return { phases: [pack, multiply], scratchBytes, scratchBytesPerThread: bytesPerThread };
}
