import type { FunctionBuilder, Local } from "../assembler/index.js";
import { i32Locals, pushAddress, pushMinimum } from "../gemm/address.js";
import {
  type Filtering,
  outputs,
  transformInput,
  transformOutput,
  transformSquare,
} from "./winograd-transforms.js";

/** Four tiles of a row are transformed at a time. */
export const lanes = 4;

/** A picture cut into tiles: bytes between its rows, tiles in a row, bytes between the values of two products. */
export interface TiledPicture {
  readonly rowBytes: number;
  readonly tilesX: number;
  readonly productBytes: number;
}

/** All groups of four tiles of `rows` rows; the last of a row may overlap the one before: the same values again. */
export function eachGroup(
  f: FunctionBuilder,
  rows: Local,
  tilesX: number,
  body: (y: Local, x: Local) => void,
): void {
  const [y, x, group] = i32Locals(f, 3);
  f.forRange(y, 0, rows, 1, () =>
    f.forRange(group, 0, tilesX, lanes, () => {
      pushMinimum(f, () => f.get(group), tilesX - lanes).set(x);
      body(y, x);
    }),
  );
}

/** Columns 0 to `count` - 1 of the rows that four vectors are. */
function transpose(f: FunctionBuilder, rows: readonly Local[], count: number, emit: (at: number) => void) {
  const [a, b, c, d] = rows as [Local, Local, Local, Local];
  f.scratch("v128", (low) =>
    f.scratch("v128", (high) => {
      for (let at = 0; at < count; at++) {
        if (at === 0) f.get(a, b).shuffle(0, 4, 1, 5).set(low).get(c, d).shuffle(0, 4, 1, 5).set(high);
        if (at === 2) f.get(a, b).shuffle(2, 6, 3, 7).set(low).get(c, d).shuffle(2, 6, 3, 7).set(high);
        f.get(low, high);
        if (at % 2 === 0) f.shuffle(0, 1, 4, 5);
        else f.shuffle(2, 3, 6, 7);
        emit(at);
      }
    }),
  );
}

/** Four tiles of one padded image at `from` to the products' rows of tiles at `to`. */
export function inputTiles(
  f: FunctionBuilder,
  filtering: Filtering,
  from: Local,
  to: Local,
  y: Local,
  x: Local,
  { rowBytes, tilesX, productBytes }: TiledPicture,
): void {
  const { size } = filtering;
  const [source, target] = i32Locals(f, 2);
  const quads = Array.from({ length: lanes + 1 }, () => f.local("v128"));
  pushAddress(f, from, [y, outputs * rowBytes], [x, outputs * 4]).set(source);
  pushAddress(f, to, [y, tilesX * 4], [x, 4]).set(target);
  transformSquare(
    f,
    size,
    size,
    size,
    transformInput(filtering),
    (row, line) => {
      quads.forEach((quad, at) => {
        f.get(source)
          .load("v128.load", row * rowBytes + at * 16)
          .set(quad);
      });
      transpose(f, quads.slice(0, 4), 4, (at) => f.set(line[at]!));
      transpose(f, quads.slice(1), size - 4, (at) => f.set(line[4 + at]!));
    },
    (row, column, push) => {
      f.get(target);
      push();
      f.store("v128.store", (row * size + column) * productBytes);
    },
  );
}

/** Four tiles of sums at `from` to their 4x16 outputs in the picture at `to`. */
export function outputTiles(
  f: FunctionBuilder,
  filtering: Filtering,
  from: Local,
  to: Local,
  y: Local,
  x: Local,
  { rowBytes, tilesX, productBytes }: TiledPicture,
): void {
  const { size } = filtering;
  const [source, target] = i32Locals(f, 2);
  const results = Array.from({ length: outputs ** 2 }, () => f.local("v128"));
  pushAddress(f, from, [y, tilesX * 4], [x, 4]).set(source);
  pushAddress(f, to, [y, outputs * rowBytes], [x, outputs * 4]).set(target);
  transformSquare(
    f,
    size,
    size,
    outputs,
    transformOutput(filtering, outputs),
    (row, line) =>
      line.forEach((value, column) =>
        f
          .get(source)
          .load("v128.load", (row * size + column) * productBytes)
          .set(value),
      ),
    (row, column, push) => {
      push();
      f.set(results[row * outputs + column]!);
    },
  );
  for (let row = 0; row < outputs; row++) {
    f.scratch("v128", (quad) =>
      transpose(f, results.slice(row * outputs, (row + 1) * outputs), lanes, (at) => {
        f.set(quad)
          .get(target, quad)
          .store("v128.store", row * rowBytes + at * 16);
      }),
    );
  }
}
