import { type HyperspectralScene, spectralAngle } from "@hekla/datasets";
import { DataError, type HostArray } from "@hekla/tensor";

/** How endmembers and abundances compare with those of a reference. */
export interface UnmixingScore {
  /** For each reference material, the number of the endmember that stands for it. */
  readonly match: readonly number[];
  /** For each reference material, the spectral angle to its endmember, radians, and their mean. */
  readonly angles: readonly number[];
  readonly meanAngle: number;
  /** Root mean square difference of abundances, over pixels, for each material, and over all of them. */
  readonly errors: readonly number[];
  readonly error: number;
}

/**
 * Scores endmembers `[count, bands]` and abundances `[pixels, count]`. Endmembers come in no order: of all ways to pair them with
 * the reference's materials, the one of the least mean angle counts.
 * @throws DataError if there are other than the reference has
 */
export function scoreUnmixing(
  endmembers: HostArray,
  abundances: ArrayLike<number>,
  reference: Pick<HyperspectralScene, "endmembers" | "abundances" | "materials">,
): UnmixingScore {
  const count = reference.materials.length;
  const [got = 0] = endmembers.shape;
  if (got !== count) {
    throw new DataError(
      `hyperspectral-ae: endmembers cannot be paired with the reference, got ${got}, expected ${count}: ` +
        reference.materials.join(", "),
    );
  }
  const angle = reference.materials.map((_, m) =>
    Array.from({ length: count }, (_, k) =>
      spectralAngle(rowOf(reference.endmembers, m), rowOf(endmembers, k)),
    ),
  );
  const match = bestPairs(angle);
  const angles = match.map((k, m) => angle[m]![k]!);
  const pixels = abundances.length / count;
  const squares = match.map((k, m) => {
    let sum = 0;
    for (let pixel = 0; pixel < pixels; pixel++) {
      const difference = abundances[pixel * count + k]! - reference.abundances.data[pixel * count + m]!;
      sum += difference * difference;
    }
    return sum / pixels;
  });
  return {
    match,
    angles,
    meanAngle: mean(angles),
    errors: squares.map(Math.sqrt),
    error: Math.sqrt(mean(squares)),
  };
}

/** Row `at` of a table `[rows, columns]`. */
export function rowOf({ data, shape }: HostArray, at: number): Float32Array {
  const [, columns = 0] = shape;
  return Float32Array.from(data.subarray(at * columns, (at + 1) * columns));
}

/** The column for each row of a square table, every one once, with the least sum; by trying all that can still be better. */
function bestPairs(costs: readonly (readonly number[])[]): readonly number[] {
  let best: readonly number[] = [];
  let least = Number.POSITIVE_INFINITY;
  const visit = (taken: readonly number[], cost: number): void => {
    if (cost >= least) return;
    if (taken.length === costs.length) {
      [best, least] = [taken, cost];
      return;
    }
    costs[taken.length]!.forEach((next, column) => {
      if (!taken.includes(column)) visit([...taken, column], cost + next);
    });
  };
  visit([], 0);
  return best;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
