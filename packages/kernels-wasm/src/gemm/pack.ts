import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";

/**
 * `(to, from, rowBytes, k)`: copies `width` neighbouring floats of each of `k` rows, to rows of `stride` floats. For
 * operands that are stored with the packed direction innermost. Lanes from `width` up to the next multiple of 4 are
 * left alone or set to 0: they stand for rows or columns that the result does not have.
 */
export function packRows(module: ModuleBuilder, width: number, stride: number): number {
  return module.once(`pack rows ${width} ${stride}`, () =>
    module.function(`pack rows ${width} ${stride}`, ["i32", "i32", "i32", "i32"], [], (f) => {
      const [to, from, rowBytes, k] = f.params as [Local, Local, Local, Local];
      f.loop((next) => {
        for (let lane = 0; lane < width; lane += 4) {
          const count = Math.min(4, width - lane);
          // One float alone: with a stride of 5 there is no room for more.
          if (count === 1)
            f.get(to, from)
              .load("f32.load", lane * 4)
              .store("f32.store", lane * 4);
          else {
            f.get(to);
            pushLanes(f, from, count, lane * 4);
            f.store("v128.store", lane * 4);
          }
        }
        f.increment(to, stride * 4).increment(from, rowBytes);
        f.get(k).i32(1).emit("i32.sub").tee(k).brIf(next);
      });
    }),
  );
}

/** Pushes `count` (2 to 4) floats from `from + offset` and zeros behind them, reading no byte beyond. */
function pushLanes(f: FunctionBuilder, from: Local, count: number, offset: number): void {
  if (count === 4) {
    f.get(from).load("v128.load", offset);
  } else {
    if (count === 3) f.get(from);
    f.get(from).load("v128.load64_zero", offset);
    if (count === 3) f.memoryLane("v128.load32_lane", 2, offset + 8);
  }
}

/**
 * `(to, from, rowBytes, k, lastRow)`: transposes four rows of `k` floats into `k` rows of four, `stride` floats apart.
 * Where there are fewer rows (`lastRow` below 3), the last one stands in for the missing ones.
 */
export function packTransposed(module: ModuleBuilder, stride: number): number {
  return module.once(`pack transposed ${stride}`, () =>
    module.function(`pack transposed ${stride}`, Array<"i32">(5).fill("i32"), [], (f) => {
      const [to, from, rowBytes, k, lastRow] = f.params as [Local, Local, Local, Local, Local];
      const rows = [from, ...Array.from({ length: 3 }, () => f.local("i32"))];
      const blocksEnd = f.local("i32");
      const end = f.local("i32");
      for (let row = 1; row < 4; row++) {
        f.get(rows[row - 1]!)
          .get(rowBytes)
          .i32(0)
          .get(lastRow)
          .i32(row)
          .emit("i32.ge_s", "select", "i32.add");
        f.set(rows[row]!);
      }
      f.get(from).get(k).i32(2).emit("i32.shl", "i32.add").set(end);
      f.get(from).get(k).i32(-4).emit("i32.and").i32(2).emit("i32.shl", "i32.add").set(blocksEnd);
      const advance = (floats: number) => {
        for (const row of rows) f.increment(row, floats * 4);
        f.increment(to, stride * floats * 4);
      };
      f.block((done) => {
        f.loop((next) => {
          f.get(from, blocksEnd).emit("i32.eq").brIf(done);
          transposeFour(f, rows, (row, push) => {
            f.get(to);
            push();
            f.store("v128.store", row * stride * 4);
          });
          advance(4);
          f.br(next);
        });
      });
      f.block((done) => {
        f.loop((next) => {
          f.get(from, end).emit("i32.eq").brIf(done);
          rows.forEach((row, lane) =>
            f
              .get(to, row)
              .load("f32.load")
              .store("f32.store", lane * 4),
          );
          advance(1);
          f.br(next);
        });
      });
    }),
  );
}

/** `(to, from, k)`: spreads `k` floats, `stride` floats apart. */
export function packOneRow(module: ModuleBuilder, stride: number): number {
  return module.once(`pack one row ${stride}`, () =>
    module.function(`pack one row ${stride}`, ["i32", "i32", "i32"], [], (f) => {
      const [to, from, k] = f.params as [Local, Local, Local];
      const at = f.local("i32");
      const four = f.local("v128");
      f.forRange(
        at,
        0,
        () => f.get(k).i32(3).emit("i32.sub"),
        4,
        () => {
          f.get(from).load("v128.load").set(four);
          for (let lane = 0; lane < 4; lane++)
            f.get(to, four).memoryLane("v128.store32_lane", lane, lane * stride * 4);
          f.increment(to, stride * 16).increment(from, 16);
        },
      );
      f.forRange(at, at, k, 1, () => {
        f.get(to, from).load("f32.load").store("f32.store");
        f.increment(to, stride * 4).increment(from, 4);
      });
    }),
  );
}

/** Loads four floats at each of four addresses and hands out the four columns, in order. */
export function transposeFour(
  f: FunctionBuilder,
  from: readonly Local[],
  column: (index: number, push: () => void) => void,
): void {
  f.scratch("v128", (a) =>
    f.scratch("v128", (b) =>
      f.scratch("v128", (c) =>
        f.scratch("v128", (d) => {
          const inputs = [a, b, c, d];
          inputs.forEach((vector, row) => f.get(from[row]!).load("v128.load").set(vector));
          f.scratch("v128", (low) =>
            f.scratch("v128", (high) => {
              f.get(a, b).shuffle(0, 4, 1, 5).set(low);
              f.get(c, d).shuffle(0, 4, 1, 5).set(high);
              column(0, () => f.get(low, high).shuffle(0, 1, 4, 5));
              column(1, () => f.get(low, high).shuffle(2, 3, 6, 7));
              f.get(a, b).shuffle(2, 6, 3, 7).set(low);
              f.get(c, d).shuffle(2, 6, 3, 7).set(high);
              column(2, () => f.get(low, high).shuffle(0, 1, 4, 5));
              column(3, () => f.get(low, high).shuffle(2, 3, 6, 7));
            }),
          );
        }),
      ),
    ),
  );
}
