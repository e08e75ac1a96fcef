import type { Features, FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { multiplyAdd } from "../gemm/micro-kernel.js";

/** One factor of a step: vectors, or floats spread over all lanes, at fixed distances from a pointer. */
export interface Factor {
  readonly at: Local;
  readonly load: "v128.load" | "v128.load32_splat";
  /** Byte distances of its values. */
  readonly offsets: readonly number[];
  /** Bytes between two steps of a run. */
  readonly stepBytes: number;
  /** Bits of its vectors that count; default: all. */
  readonly mask?: Local;
}

/** Sums, `[held][streamed]`, and locals for the values of one step. */
export interface RowTile {
  readonly sums: readonly Local[];
  readonly held: readonly Local[];
  readonly streamed: Local;
  readonly zeros: Local;
}

export const rowTile = (f: FunctionBuilder, held: number, streamed: number): RowTile => ({
  sums: Array.from({ length: held * streamed }, () => f.local("v128")),
  held: Array.from({ length: held }, () => f.local("v128")),
  streamed: f.local("v128"),
  zeros: f.local("v128"),
});

/** Sums of a tile: as many as V8 keeps in registers. */
export const sumsOf = ({ relaxedSimd }: Features): number => (relaxedSimd ? 9 : 8);

/** What a step takes, in half cycles: two products or two loads at a time; a sum waits four cycles for the one before. */
export const cyclesOf = (held: number, streamed: number): number =>
  Math.max(held * streamed, held + streamed, 8);

/** Vector registers that V8 hands out on x64. */
const registers = 15;

/**
 * `steps` steps of a sum, written out: each adds the products of all values of `held` with all of `streamed`. Pointers stay.
 *
 * TurboFan places loads before arithmetic, until it has no registers for their values; where control flow meets, the
 * arithmetic before has to be done. So control flow meets whenever as many values are loaded as there are registers for. The
 * condition is one that never holds (addresses are multiples of 4), but TurboFan does not know.
 */
export function multiplySteps(
  f: FunctionBuilder,
  module: ModuleBuilder,
  tile: RowTile,
  held: Factor,
  streamed: Factor,
  steps: number,
): void {
  const width = streamed.offsets.length;
  const taken = tile.sums.length + tile.held.length + (module.features.relaxedSimd ? 0 : 1);
  const most = Math.max(1, registers - taken);
  const columns = Math.ceil(width / Math.ceil(width / most));
  let meetings = 0;
  for (let step = 0; step < steps; step++) {
    const load = ({ at, load, offsets, stepBytes, mask }: Factor, index: number) => {
      f.get(at).load(load, offsets[index]! + step * stepBytes);
      if (mask) f.get(mask).emit("v128.and");
    };
    tile.held.forEach((vector, row) => {
      load(held, row);
      f.set(vector);
    });
    for (let column = width - 1; column >= 0; column--) {
      load(streamed, column);
      f.set(tile.streamed);
      tile.held.forEach((vector, row) => {
        multiplyAdd(f, module, vector, tile.streamed, tile.sums[row * width + column]!);
      });
      if ((column === 0 && step === steps - 1) || column % columns !== 0) continue;
      f.get(held.at)
        .i32(4 * meetings++ + 1)
        .emit("i32.eq");
      f.if(() => {
        for (const sum of tile.sums) f.get(sum, tile.zeros).emit("v128.and").set(sum);
      });
    }
  }
}
