import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";

/**
 * Winograd's minimal filtering: a tile of inputs and 3 or 5 taps give four outputs an axis, from as many products as the
 * tile has inputs. A map of `n` values goes through the powers of the points 0, the pairs +-p, and infinity.
 * Source: Lavin & Gray 2016 (arXiv 1509.09308), F(4, 3); F(4, 5) by the same construction from one more pair.
 */
export interface Filtering {
  readonly taps: number;
  /** Inputs of a tile along an axis. */
  readonly size: number;
  readonly pairs: readonly number[];
  /** Whether products are added in one rounding. */
  readonly fused: boolean;
}

/** Outputs of a tile along an axis. */
export const outputs = 4;

export const filteringOf = (module: ModuleBuilder, taps: number): Filtering => ({
  taps,
  size: taps + outputs - 1,
  pairs: [1, 2, 1 / 2].slice(0, (taps + outputs - 3) / 2),
  fused: module.features.relaxedSimd,
});

type Emit = (index: number, push: () => void) => void;
type Sum = readonly (readonly [scale: number, value: Local])[];
/** A map of a line of values, the `emit`ted ones in any order. */
export type LineMap = (f: FunctionBuilder, line: readonly Local[], emit: Emit) => void;

/** `sum(scale * value)`; scales of 1 and -1 cost no product. */
function pushSum(f: FunctionBuilder, fused: boolean, terms: Sum): void {
  // The first one is best 1, else negative only if all are.
  const ordered = [...terms].sort(([a], [b]) => Number(b === 1) - Number(a === 1) || b - a);
  const push = (at: number): void => {
    const [scale, value] = ordered[at]!;
    if (at === 0) {
      f.get(value);
      if (scale !== 1) f.f32x4(scale).emit("f32x4.mul");
    } else if (Math.abs(scale) === 1) {
      push(at - 1);
      f.get(value).emit(scale > 0 ? "f32x4.add" : "f32x4.sub");
    } else if (fused) {
      f.get(value).f32x4(scale);
      push(at - 1);
      f.emit("f32x4.relaxed_madd");
    } else {
      push(at - 1);
      f.get(value).f32x4(scale).emit("f32x4.mul", "f32x4.add");
    }
  };
  push(ordered.length - 1);
}

/** For each pair of points an even and an odd sum, whose sum and difference are its two values. */
function emitPairs(f: FunctionBuilder, fused: boolean, pairs: readonly (readonly [Sum, Sum])[], emit: Emit) {
  pairs.forEach((sums, pair) =>
    f.scratch("v128", (even) =>
      f.scratch("v128", (odd) => {
        pushSum(f, fused, sums[0]);
        f.set(even);
        pushSum(f, fused, sums[1]);
        f.set(odd);
        emit(1 + 2 * pair, () => f.get(even, odd).emit("f32x4.add"));
        emit(2 + 2 * pair, () => f.get(even, odd).emit("f32x4.sub"));
      }),
    ),
  );
}

/** Coefficients of `product(y - root)` by power of y. */
function polynomial(roots: readonly number[]): number[] {
  let product = [1];
  for (const root of roots)
    product = [...product, 0].map((_, at) => (product[at - 1] ?? 0) - root * (product[at] ?? 0));
  return product;
}

const squares = (pairs: readonly number[]): number[] => pairs.map((point) => point ** 2);

/** A line of inputs to the products' side. */
export const transformInput =
  ({ size, pairs, fused }: Filtering): LineMap =>
  (f, line, emit) => {
    /** Every second value from `first` on. */
    const spread = (coefficients: readonly number[], first: number, scale = 1): Sum =>
      coefficients.map((c, at) => [c * scale, line[first + 2 * at]!]);
    const whole = polynomial(squares(pairs));
    emit(0, () => pushSum(f, fused, spread(whole, 0)));
    const others = pairs.map((point) => polynomial(squares(pairs.filter((other) => other !== point))));
    const sums = pairs.map((point, at) => [spread(others[at]!, 2), spread(others[at]!, 1, point)] as const);
    emitPairs(f, fused, sums, emit);
    emit(size - 1, () => pushSum(f, fused, spread(whole, 1)));
  };

/** A line of taps (or of output gradients) to the products' side. */
export const transformTaps =
  ({ size, pairs, fused }: Filtering): LineMap =>
  (f, taps, emit) => {
    const part = (point: number, odd: number, scale: number): Sum =>
      taps.map((tap, at) => [scale * point ** at, tap] as const).filter((_, at) => at % 2 === odd);
    const product = (factors: readonly number[]) => factors.reduce((whole, factor) => whole * factor, 1);
    emit(0, () => pushSum(f, fused, [[1 / product(pairs.map((point) => -(point ** 2))), taps[0]!]]));
    const sums = pairs.map((point) => {
      const others = pairs.filter((other) => other !== point);
      const scale = 1 / (2 * point ** 2 * product(others.map((other) => point ** 2 - other ** 2)));
      return [part(point, 0, scale), part(point, 1, scale)] as const;
    });
    emitPairs(f, fused, sums, emit);
    emit(size - 1, () => f.get(taps.at(-1)!));
  };

/** A line of products to `count` outputs. */
export const transformOutput =
  ({ size, pairs, fused }: Filtering, count: number): LineMap =>
  (f, products, emit) => {
    withScratch(f, 2 * pairs.length, (sums) => {
      sums.forEach((sum, at) => {
        const first = at - (at % 2) + 1;
        f.get(products[first]!, products[first + 1]!);
        f.emit(at % 2 === 0 ? "f32x4.add" : "f32x4.sub").set(sum);
      });
      for (let at = 0; at < count; at++) {
        const terms: (readonly [number, Local])[] = pairs.map((point, pair) => [
          point ** at,
          sums[2 * pair + (at % 2)]!,
        ]);
        if (at === 0) terms.push([1, products[0]!]);
        if (at === count - 1) terms.push([1, products[size - 1]!]);
        emit(at, () => pushSum(f, fused, terms));
      }
    });
  };

function withScratch(
  f: FunctionBuilder,
  count: number,
  body: (vectors: readonly Local[]) => void,
  held: readonly Local[] = [],
): void {
  if (held.length === count) body(held);
  else f.scratch("v128", (vector) => withScratch(f, count, body, [...held, vector]));
}

/**
 * Applies `map` to the rows and then to the columns of a square: `load` fills a row's locals, `store` takes what is pushed
 * for one place of the result.
 */
export function transformSquare(
  f: FunctionBuilder,
  rows: number,
  columns: number,
  results: number,
  map: LineMap,
  load: (y: number, line: readonly Local[]) => void,
  store: (y: number, x: number, push: () => void) => void,
): void {
  const line = Array.from({ length: columns }, () => f.local("v128"));
  const half = Array.from({ length: rows }, () => Array.from({ length: results }, () => f.local("v128")));
  for (let y = 0; y < rows; y++) {
    load(y, line);
    map(f, line, (x, push) => {
      push();
      f.set(half[y]![x]!);
    });
  }
  for (let x = 0; x < results; x++) {
    map(
      f,
      half.map((row) => row[x]!),
      (y, push) => store(y, x, push),
    );
  }
}
