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

export const registerTile = (f: FunctionBuilder, rows = tileRows, width = vectors): RegisterTile => ({
  accumulators: Array.from({ length: rows * width }, () => f.local("v128")),
  bVectors: Array.from({ length: width }, () => f.local("v128")),
  aSplat: f.local("v128"),
});

export function clearTile(f: FunctionBuilder, { accumulators }: RegisterTile): void {
  for (const accumulator of accumulators) f.f32x4(0).set(accumulator);
}

/**
 * Adds the products of the floats at `a`, one a row and `aRow` bytes apart, and those at `b + offset` to the tile. From
 * the last row to the first: see `multiplyTiles`.
 */
export function multiplyTile(
  f: FunctionBuilder,
  module: ModuleBuilder,
  { accumulators, bVectors, aSplat }: RegisterTile,
  a: Local,
  b: Local,
  offset = 0,
  aRow = 4,
): void {
  const width = bVectors.length;
  const rows = accumulators.length / width;
  const loadB = (v: number, vector: Local) =>
    f
      .get(b)
      .load("v128.load", offset + v * 16)
      .set(vector);
  // A single row uses each vector once: it need not keep them.
  if (rows > 1) for (const [v, vector] of bVectors.entries()) loadB(v, vector);
  for (let row = rows - 1; row >= 0; row--) {
    f.get(a)
      .load("v128.load32_splat", row * aRow)
      .set(aSplat);
    for (const [v, vector] of bVectors.entries()) {
      if (rows === 1) loadB(v, vector);
      multiplyAdd(f, module, aSplat, vector, accumulators[row * width + v]!);
    }
  }
}

/** Where a kernel finds the operands of its tiles; distances in bytes. */
export interface TileOperands {
  /** From a row of A to the next, from a step to the next, from a tile to the next (without: where a tile ends). */
  readonly aRow: number;
  readonly aStep: number;
  readonly aTile?: number;
  /** From a step of B to the next, where B is not packed. */
  readonly bStep?: number;
}

/** Row tiles `[tiles][k][rows]`. */
export const packedRows = (rows: number): TileOperands => ({ aRow: 4, aStep: rows * 4 });

/** A kernel for a column of row tiles. */
export interface TileKernel {
  readonly rows: number;
  /** Vectors of four columns in a row of the tile. */
  readonly vectors: number;
  readonly operands: TileOperands;
  /** Bytes from a row of the result to the next. */
  readonly cRow: number;
  /** Whether results are added to what is there. */
  readonly adds: boolean;
}

/**
 * `(a, b, c, k, tiles)`: multiplies a column of row tiles by one panel of B; the results go to the rows at `c`. `k` and
 * `tiles` are at least 1.
 */
export function tilesKernel(module: ModuleBuilder, kernel: TileKernel): number {
  const { rows, vectors: width, operands, cRow, adds } = kernel;
  const name = `gemm tiles ${JSON.stringify(kernel)}`;
  return module.once(name, () =>
    module.function(name, Array<"i32">(5).fill("i32"), [], (f) => {
      const [a, b, c, k, tiles] = f.params as [Local, Local, Local, Local, Local];
      const tile = registerTile(f, rows, width);
      const endTile = () => {
        for (const [at, accumulator] of tile.accumulators.entries()) {
          const offset = Math.floor(at / width) * cRow + (at % width) * 16;
          f.get(c, accumulator);
          if (adds) f.get(c).load("v128.load", offset).emit("f32x4.add");
          f.store("v128.store", offset);
        }
        f.increment(c, rows * cRow);
      };
      if (rows > 1) multiplyTiles(f, module, tile, operands, { a, b, k, tiles }, endTile);
      else {
        // A single row is one tile, and registers are plenty.
        const { aStep, bStep = width * 16 } = operands;
        f.loop((next) => {
          multiplyTile(f, module, tile, a, b);
          f.increment(a, aStep).increment(b, bStep);
          f.get(k).i32(1).emit("i32.sub").tee(k).brIf(next);
        });
        endTile();
      }
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
      multiplyTiles(f, module, tile, packedRows(rows), { a, b, k, tiles }, () => {
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
  { aRow, aStep, aTile, bStep }: TileOperands,
  { a, b, k, tiles }: Record<"a" | "b" | "k" | "tiles", Local>,
  endTile: () => void,
): void {
  const zeros = f.local("v128");
  const [panel, tileBytes, tileEnd] = [f.local("i32"), f.local("i32"), f.local("i32")];
  const stepBytes = bStep ?? tile.bVectors.length * 16;
  // Steps far apart are walked to: a pointer that lies several of them before B could be one before all memory.
  const walks = bStep !== undefined;
  f.get(b).set(panel);
  f.get(k).i32(aStep).emit("i32.mul").tee(tileBytes).get(a).emit("i32.add").set(tileEnd);
  f.block((done) =>
    f.loop((next) => {
      for (let step = 0; step < unrolledSteps; step++) {
        const offset = walks ? 0 : step * stepBytes;
        multiplyTile(f, module, tile, a, b, offset, aRow);
        f.get(a).i32(aStep).emit("i32.add").tee(a).get(tileEnd).emit("i32.eq");
        f.if(() => {
          endTile();
          for (const accumulator of tile.accumulators) {
            f.get(accumulator, zeros).emit("v128.and").set(accumulator);
          }
          f.get(panel)
            .i32(offset + stepBytes)
            .emit("i32.sub")
            .set(b);
          if (aTile === undefined) f.increment(tileEnd, tileBytes);
          else {
            f.increment(tileEnd, aTile);
            f.get(tileEnd, tileBytes).emit("i32.sub").set(a);
          }
          f.get(tiles).i32(1).emit("i32.sub").tee(tiles).emit("i32.eqz").brIf(done);
        });
        if (walks) f.increment(b, stepBytes);
      }
      if (!walks) f.increment(b, unrolledSteps * stepBytes);
      f.br(next);
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
