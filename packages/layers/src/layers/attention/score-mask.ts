import { abs, coordinate, greaterEqual, less, logicalAnd, subtract, type Tensor } from "@hekla/tensor";

/** The score, or logit, of what does not count: far below all others, and finite. As in Keras. */
export const excludedFrom = ({ dtype }: Tensor): number => (dtype === "float16" ? -3e4 : -1e9);

export interface PositionLimits {
  /** Query i sees keys j <= i only. */
  readonly causal?: boolean;
  /** Query i sees keys with |i - j| < window only. */
  readonly window?: number | undefined;
}

/**
 * Which of `keys` keys each of `queries` queries may see by its place: bool `[queries, keys]`, undefined for
 * all.
 */
export function positionMask(
  queries: number,
  keys: number,
  { causal, window }: PositionLimits,
): Tensor | undefined {
  const shape = [queries, keys];
  const [row, column] = [coordinate(shape, 0), coordinate(shape, 1)];
  return everyMask([
    causal ? greaterEqual(row, column) : undefined,
    window === undefined ? undefined : less(abs(subtract(row, column)), window),
  ]);
}

/** True where all masks that there are are true; undefined where there are none. */
export function everyMask(masks: readonly (Tensor | undefined)[]): Tensor | undefined {
  const given = masks.filter((mask) => mask !== undefined);
  return given.length === 0 ? undefined : given.reduce((a, b) => logicalAnd(a, b));
}
