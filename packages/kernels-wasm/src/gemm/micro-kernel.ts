import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";

/**
 * The register tile: 4 rows of 8 columns, 8 accumulators. Measured in PERFORMANCE.md: V8 keeps this loop's
 * accumulators in registers, and does not for larger tiles or an unrolled loop.
 */
export const tileRows = 4;
export const tileColumns = 8;
const vectors = tileColumns / 4;

/** `accumulator += a * b` on four lanes: one rounding with relaxed SIMD, else two. */
export function multiplyAdd(
  f: FunctionBuilder,
  module: ModuleBuilder,
  a: Local,
  b: Local,
  accumulator: Local,
): void {
  if (module.features.relaxedSimd) f.get(a, b, accumulator).emit("f32x4.relaxed_madd").set(accumulator);
  else f.get(accumulator, a, b).emit("f32x4.mul", "f32x4.add").set(accumulator);
}

/** The locals that hold a register tile and the operands of one step. */
export interface RegisterTile {
  readonly accumulators: readonly Local[];
  readonly bVectors: readonly Local[];
  readonly aSplat: Local;
}

export const registerTile = (f: FunctionBuilder): RegisterTile => ({
  accumulators: Array.from({ length: tileRows * vectors }, () => f.local("v128")),
  bVectors: Array.from({ length: vectors }, () => f.local("v128")),
  aSplat: f.local("v128"),
});

export function clearTile(f: FunctionBuilder, { accumulators }: RegisterTile): void {
  for (const accumulator of accumulators) f.f32x4(0).set(accumulator);
}

/** Adds the products of the 4 floats at `a` and the 8 at `b` to the tile. */
export function multiplyTile(
  f: FunctionBuilder,
  module: ModuleBuilder,
  { accumulators, bVectors, aSplat }: RegisterTile,
  a: Local,
  b: Local,
): void {
  for (const [v, vector] of bVectors.entries()) {
    f.get(b)
      .load("v128.load", v * 16)
      .set(vector);
  }
  for (let row = 0; row < tileRows; row++) {
    f.get(a)
      .load("v128.load32_splat", row * 4)
      .set(aSplat);
    for (const [v, vector] of bVectors.entries()) {
      multiplyAdd(f, module, aSplat, vector, accumulators[row * vectors + v]!);
    }
  }
}

/**
 * `(a, b, c, k, rowBytes, tiles, accumulate)`: multiplies a column of packed row tiles `[tiles][k][4]` by one packed
 * panel `[k][8]` into the 8 columns at `c`, whose rows lie `rowBytes` apart. Adds to `c` where `accumulate` is not 0.
 * `k` and `tiles` are at least 1.
 */
export function panelKernel(module: ModuleBuilder): number {
  return module.once("gemm panel", () =>
    module.function("gemm panel", Array<"i32">(7).fill("i32"), [], (f) => {
      const [a, b, c, k, rowBytes, tiles, accumulate] = f.params as [
        Local,
        Local,
        Local,
        Local,
        Local,
        Local,
        Local,
      ];
      const tile = registerTile(f);
      const bAt = f.local("i32");
      const bEnd = f.local("i32");
      f.get(b, k).i32(5).emit("i32.shl", "i32.add").set(bEnd);
      f.loop((nextTile) => {
        clearTile(f, tile);
        f.get(b).set(bAt);
        f.loop((nextK) => {
          multiplyTile(f, module, tile, a, bAt);
          f.increment(a, tileRows * 4);
          f.get(bAt)
            .i32(tileColumns * 4)
            .emit("i32.add")
            .tee(bAt)
            .get(bEnd)
            .emit("i32.ne")
            .brIf(nextK);
        });
        storeTile(f, c, rowBytes, tile, accumulate);
        f.get(tiles).i32(1).emit("i32.sub").tee(tiles).brIf(nextTile);
      });
    }),
  );
}

/** Stores a register tile at `c`, which moves on by `tileRows` rows. */
export function storeTile(
  f: FunctionBuilder,
  c: Local,
  rowBytes: Local,
  { accumulators }: RegisterTile,
  accumulate: Local,
): void {
  const rows = (store: (accumulator: Local, offset: number) => void) => {
    for (let row = 0; row < tileRows; row++) {
      for (let v = 0; v < vectors; v++) store(accumulators[row * vectors + v]!, v * 16);
      f.increment(c, rowBytes);
    }
  };
  f.get(accumulate).if(
    () =>
      rows((accumulator, offset) =>
        f.get(c, c).load("v128.load", offset).get(accumulator).emit("f32x4.add").store("v128.store", offset),
      ),
    () => rows((accumulator, offset) => f.get(c, accumulator).store("v128.store", offset)),
  );
}
