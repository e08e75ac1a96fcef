import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";

/** The register tile: rows by columns. What V8 keeps in registers is measured in PERFORMANCE.md. */
export const tileRows = 4;
export const tileColumns = 8;
const vectors = tileColumns / 4;

/** Steps of the sum in one turn of the panel kernel's loop. */
const unrolledSteps = 8;

/** `accumulator += a * b` on four lanes: one rounding with relaxed SIMD, else two. */
export function multiplyAdd(
  f: FunctionBuilder,
  module: ModuleBuilder,
  a: Local,
  b: Local,
  accumulator: Local,
): void {
  if (module.features.relaxedSimd) f.get(a, b, accumulator).emit("f32x4.relaxed_madd").set(accumulator);
  else f.get(a, b).emit("f32x4.mul").get(accumulator).emit("f32x4.add").set(accumulator);
}

/** The locals that hold a register tile and the operands of one step. */
export interface RegisterTile {
  readonly accumulators: readonly Local[];
  readonly bVectors: readonly Local[];
  readonly aSplat: Local;
}

export const registerTile = (f: FunctionBuilder, rows = tileRows): RegisterTile => ({
  accumulators: Array.from({ length: rows * vectors }, () => f.local("v128")),
  bVectors: Array.from({ length: vectors }, () => f.local("v128")),
  aSplat: f.local("v128"),
});

export function clearTile(f: FunctionBuilder, { accumulators }: RegisterTile): void {
  for (const accumulator of accumulators) f.f32x4(0).set(accumulator);
}

/**
 * Adds the products of the floats at `a`, one a row, and the 8 at `b + offset` to the tile. From the last row to the
 * first: see `panelKernel`.
 */
export function multiplyTile(
  f: FunctionBuilder,
  module: ModuleBuilder,
  { accumulators, bVectors, aSplat }: RegisterTile,
  a: Local,
  b: Local,
  offset = 0,
): void {
  for (const [v, vector] of bVectors.entries()) {
    f.get(b)
      .load("v128.load", offset + v * 16)
      .set(vector);
  }
  for (let row = accumulators.length / vectors - 1; row >= 0; row--) {
    f.get(a)
      .load("v128.load32_splat", row * 4)
      .set(aSplat);
    for (const [v, vector] of bVectors.entries()) {
      multiplyAdd(f, module, aSplat, vector, accumulators[row * vectors + v]!);
    }
  }
}

/**
 * `(a, b, c, k, tiles)`: multiplies a column of packed row tiles `[tiles][k][rows]` by one packed panel `[k][8]`; the
 * results go to `c` as `[tiles][rows][8]`, or with `adds` are added to what is there. `k` and `tiles` are at least 1.
 */
export function tilesKernel(module: ModuleBuilder, rows: number, adds = false): number {
  const name = `gemm tiles ${rows} ${adds}`;
  return module.once(name, () =>
    module.function(name, Array<"i32">(5).fill("i32"), [], (f) => {
      const [a, b, c, k, tiles] = f.params as [Local, Local, Local, Local, Local];
      const tile = registerTile(f, rows);
      multiplyTiles(f, module, tile, { a, b, k, tiles }, () => {
        for (const [at, accumulator] of tile.accumulators.entries()) {
          f.get(c, accumulator);
          if (adds)
            f.get(c)
              .load("v128.load", at * 16)
              .emit("f32x4.add");
          f.store("v128.store", at * 16);
        }
        f.increment(c, tile.accumulators.length * 16);
      });
    }),
  );
}

/**
 * `(a, b, c, k, rowBytes, tiles, accumulate)`: as `tilesKernel`, into the 8 columns at `c` of rows that lie `rowBytes`
 * apart. Adds to `c` where `accumulate` is not 0.
 */
export function panelKernel(module: ModuleBuilder, rows = tileRows): number {
  const name = `gemm panel ${rows}`;
  return module.once(name, () =>
    module.function(name, Array<"i32">(7).fill("i32"), [], (f) => {
      const [a, b, c, k, rowBytes, tiles, accumulate] = f.params as [
        Local,
        Local,
        Local,
        Local,
        Local,
        Local,
        Local,
      ];
      const tile = registerTile(f, rows);
      const mask = f.local("v128");
      multiplyTiles(f, module, tile, { a, b, k, tiles }, () => {
        f.i32(0).i32(0).get(accumulate).emit("i32.ne", "i32.sub", "i32x4.splat").set(mask);
        for (const [at, accumulator] of tile.accumulators.entries()) {
          const offset = (at % vectors) * 16;
          f.get(c, c).load("v128.load", offset).get(mask).emit("v128.and").get(accumulator);
          f.emit("f32x4.add").store("v128.store", offset);
          if (at % vectors === vectors - 1) f.increment(c, rowBytes);
        }
      });
    }),
  );
}

/**
 * One loop over the steps of all tiles, with a test for the end of a tile after each; `endTile` stores the tile. The
 * test is also what keeps the accumulators in registers: TurboFan places arithmetic as late as it can and loads in
 * their order, so that in a longer stretch of code all loads stand first and their values fill the registers. Where
 * control flow meets again it has to have every accumulator and all loads done. For that an accumulator must be used on
 * both ways into the meeting point, which is why it is cleared by a bitwise and. The order of rows in `multiplyTile` is
 * the one in which TurboFan then takes a load next to its uses.
 */
function multiplyTiles(
  f: FunctionBuilder,
  module: ModuleBuilder,
  tile: RegisterTile,
  { a, b, k, tiles }: Record<"a" | "b" | "k" | "tiles", Local>,
  endTile: () => void,
): void {
  const stepBytes = (tile.accumulators.length / vectors) * 4;
  const zeros = f.local("v128");
  const [panel, tileBytes, tileEnd] = [f.local("i32"), f.local("i32"), f.local("i32")];
  f.get(b).set(panel);
  f.get(k).i32(stepBytes).emit("i32.mul").tee(tileBytes).get(a).emit("i32.add").set(tileEnd);
  f.block((done) =>
    f.loop((next) => {
      for (let step = 0; step < unrolledSteps; step++) {
        const offset = step * tileColumns * 4;
        multiplyTile(f, module, tile, a, b, offset);
        f.get(a).i32(stepBytes).emit("i32.add").tee(a).get(tileEnd).emit("i32.eq");
        f.if(() => {
          endTile();
          for (const accumulator of tile.accumulators) {
            f.get(accumulator, zeros).emit("v128.and").set(accumulator);
          }
          f.get(panel)
            .i32(offset + tileColumns * 4)
            .emit("i32.sub")
            .set(b);
          f.increment(tileEnd, tileBytes);
          f.get(tiles).i32(1).emit("i32.sub").tee(tiles).emit("i32.eqz").brIf(done);
        });
      }
      f.increment(b, unrolledSteps * tileColumns * 4).br(next);
    }),
  );
}

/** Stores a register tile at `c`, which moves on by its rows. */
export function storeTile(
  f: FunctionBuilder,
  c: Local,
  rowBytes: Local,
  { accumulators }: RegisterTile,
  accumulate: Local,
): void {
  const rows = (store: (accumulator: Local, offset: number) => void) => {
    for (let row = 0; row < accumulators.length / vectors; row++) {
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
