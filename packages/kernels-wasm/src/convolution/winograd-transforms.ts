import type { FunctionBuilder, Local } from "../assembler/index.js";

/**
 * Winograd's minimal filtering on tiles of 6: with r taps it gives 7 - r outputs from 6 products a tile and axis. The
 * points are 0, 1, -1, 2, -2 and infinity; a map of `n` values goes through the powers of the points.
 * Source: Lavin & Gray 2016 (arXiv 1509.09308), F(4, 3); other n from the same points.
 */
export const tileSize = 6;
/** Taps along an axis of the windows that run this way. */
export const taps = 5;

type Emit = (index: number, push: () => void) => void;

/** `sum(scale * value)`; scales of 1 and -1 cost no product. */
function pushSum(f: FunctionBuilder, terms: readonly (readonly [number, Local])[]): void {
  const ordered = [...terms].sort((a, b) => Number(b[0] > 0) - Number(a[0] > 0));
  ordered.forEach(([scale, value], at) => {
    f.get(value);
    const size = at === 0 ? scale : Math.abs(scale);
    if (size !== 1) f.f32x4(size).emit("f32x4.mul");
    if (at > 0) f.emit(scale > 0 ? "f32x4.add" : "f32x4.sub");
  });
}

function withSums(
  f: FunctionBuilder,
  sums: readonly (readonly (readonly [number, Local])[])[],
  body: (values: Local[]) => void,
): void {
  const values: Local[] = [];
  const next = (at: number): void => {
    if (at === sums.length) {
      body(values);
      return;
    }
    f.scratch("v128", (value) => {
      pushSum(f, sums[at]!);
      f.set(value);
      values.push(value);
      next(at + 1);
    });
  };
  next(0);
}

/** A line of 6 inputs to the 6 products' side. */
export function transformInput(f: FunctionBuilder, d: readonly Local[], emit: Emit): void {
  const [d0, d1, d2, d3, d4, d5] = d as [Local, Local, Local, Local, Local, Local];
  emit(0, () =>
    pushSum(f, [
      [1, d4],
      [4, d0],
      [-5, d2],
    ]),
  );
  withSums(
    f,
    [
      [
        [1, d4],
        [-4, d2],
      ],
      [
        [1, d3],
        [-4, d1],
      ],
      [
        [1, d4],
        [-1, d2],
      ],
      [
        [2, d3],
        [-2, d1],
      ],
    ],
    (sums) => {
      const [even, odd, even2, odd2] = sums as [Local, Local, Local, Local];
      emit(1, () =>
        pushSum(f, [
          [1, even],
          [1, odd],
        ]),
      );
      emit(2, () =>
        pushSum(f, [
          [1, even],
          [-1, odd],
        ]),
      );
      emit(3, () =>
        pushSum(f, [
          [1, even2],
          [1, odd2],
        ]),
      );
      emit(4, () =>
        pushSum(f, [
          [1, even2],
          [-1, odd2],
        ]),
      );
    },
  );
  emit(5, () =>
    pushSum(f, [
      [1, d5],
      [4, d1],
      [-5, d3],
    ]),
  );
}

/** A line of taps (or of output gradients) to the products' side. */
export function transformTaps(f: FunctionBuilder, taps: readonly Local[], emit: Emit): void {
  const part = (point: number, odd: number, scale: number) =>
    taps.map((tap, at) => [scale * point ** at, tap] as const).filter((_, at) => at % 2 === odd);
  emit(0, () => pushSum(f, [[1 / 4, taps[0]!]]));
  withSums(f, [part(1, 0, -1 / 6), part(1, 1, -1 / 6), part(2, 0, 1 / 24), part(2, 1, 1 / 24)], (sums) => {
    const [even, odd, even2, odd2] = sums as [Local, Local, Local, Local];
    emit(1, () =>
      pushSum(f, [
        [1, even],
        [1, odd],
      ]),
    );
    emit(2, () =>
      pushSum(f, [
        [1, even],
        [-1, odd],
      ]),
    );
    emit(3, () =>
      pushSum(f, [
        [1, even2],
        [1, odd2],
      ]),
    );
    emit(4, () =>
      pushSum(f, [
        [1, even2],
        [-1, odd2],
      ]),
    );
  });
  emit(5, () => f.get(taps.at(-1)!));
}

/** A line of 6 products to `count` outputs. */
export function transformOutput(f: FunctionBuilder, z: readonly Local[], count: number, emit: Emit): void {
  const [z0, z1, z2, z3, z4, z5] = z as [Local, Local, Local, Local, Local, Local];
  withSums(
    f,
    [
      [
        [1, z1],
        [1, z2],
      ],
      [
        [1, z1],
        [-1, z2],
      ],
      [
        [1, z3],
        [1, z4],
      ],
      [
        [1, z3],
        [-1, z4],
      ],
    ],
    (sums) => {
      const [even, odd, even2, odd2] = sums as [Local, Local, Local, Local];
      for (let at = 0; at < count; at++) {
        const terms: (readonly [number, Local])[] =
          at % 2 === 0
            ? [
                [1, even],
                [2 ** at, even2],
              ]
            : [
                [1, odd],
                [2 ** at, odd2],
              ];
        if (at === 0) terms.push([1, z0]);
        if (at === count - 1) terms.push([1, z5]);
        emit(at, () => pushSum(f, terms));
      }
    },
  );
}

/**
 * A map of lines applied to the rows, then to the columns of a square. `load` sets the locals of row `y`;
 * `store` gets each value of the result.
 */
export function transformSquare(
  f: FunctionBuilder,
  rows: number,
  columns: number,
  outputs: number,
  map: (f: FunctionBuilder, line: readonly Local[], emit: Emit) => void,
  load: (y: number, line: readonly Local[]) => void,
  store: (y: number, x: number, push: () => void) => void,
): void {
  const line = Array.from({ length: columns }, () => f.local("v128"));
  const half = Array.from({ length: rows }, () => Array.from({ length: outputs }, () => f.local("v128")));
  for (let y = 0; y < rows; y++) {
    load(y, line);
    map(f, line, (x, push) => {
      push();
      f.set(half[y]![x]!);
    });
  }
  for (let x = 0; x < outputs; x++) {
    map(
      f,
      half.map((row) => row[x]!),
      (y, push) => store(y, x, push),
    );
  }
}
