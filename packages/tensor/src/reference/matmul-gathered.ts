import type { StorageArray } from "../dtype.js";
import type { DistinctRoutine, MatmulGatheredRoutine } from "../routine.js";

/** The distinct ones of indices; see `DistinctRoutine`. */
export function distinct(
  { axisSize, count, clamps }: DistinctRoutine,
  [indices]: readonly StorageArray[],
  out: StorageArray,
): void {
  const places = new Map<number, number>();
  for (let position = 0; position < count; position++) {
    const given = indices![position]!;
    const clamped = Math.min(Math.max(given, 0), axisSize - 1);
    const index = clamps || given === clamped ? clamped : axisSize;
    if (!places.has(index)) {
      out[1 + places.size] = position;
      out[1 + count + places.size] = index;
      places.set(index, places.size);
    }
    out[1 + 2 * count + position] = places.get(index)!;
  }
  out[0] = places.size;
}

/** Products with gathered rows; see `MatmulGatheredRoutine`. Sums are kept in double precision. */
export function matmulGathered(
  { name, axisSize, count, inner, columns, beyond }: MatmulGatheredRoutine,
  [left, indices, right]: readonly StorageArray[],
  out: StorageArray,
): void {
  const total = new Float64Array(out.length);
  const filling = beyond === "nan" ? Number.NaN : 0;
  for (let position = 0; position < count; position++) {
    const row = indices![1 + count + indices![1 + 2 * count + position]!]!;
    const outside = row === axisSize;
    if (outside && name === "matmulGatheredTableGradient") continue;
    for (let i = 0; i < inner; i++) {
      const x = row * inner + i;
      for (let column = 0; column < columns; column++) {
        const [y, w] = [position * columns + column, i * columns + column];
        if (name === "matmulGatheredTableGradient") total[x]! += left![y]! * right![w]!;
        else if (name === "matmulGathered") total[y]! += (outside ? filling : left![x]!) * right![w]!;
        else total[w]! += (outside ? filling : left![x]!) * right![y]!;
      }
    }
  }
  out.set(total);
}
