/** A point on a line: how far along, the function's value there, and its slope along the line. */
export interface LinePoint {
  readonly at: number;
  readonly value: number;
  readonly slope: number;
}

export interface StrongWolfeOptions {
  /** The search ends when the bracket, times `reach`, is shorter than this. */
  readonly toleranceChange: number;
  /** Largest change of a parameter for one unit along the line. */
  readonly reach: number;
  /** Evaluations after the first one. */
  readonly maxEvaluations: number;
}

/** Sufficient decrease and curvature: the usual constants of quasi-Newton methods. */
const [c1, c2] = [1e-4, 0.9];

/**
 * The minimum of the cubic through two points with their slopes, kept within bounds; the middle of the bounds
 * where the cubic has none or a value is not finite.
 * Source: Nocedal and Wright 2006, equation 3.59.
 */
function cubicMinimum(a: LinePoint, b: LinePoint, low: number, high: number): number {
  const [left, right] = a.at <= b.at ? [a, b] : [b, a];
  const mean = a.slope + b.slope - (3 * (a.value - b.value)) / (a.at - b.at);
  const root = Math.sqrt(mean * mean - a.slope * b.slope);
  const share = (right.slope + root - mean) / (right.slope - left.slope + 2 * root);
  const found = right.at - (right.at - left.at) * share;
  return Number.isFinite(found) ? Math.min(Math.max(found, low), high) : (low + high) / 2;
}

/**
 * A point on a line that satisfies the strong Wolfe conditions, or the lowest one seen when evaluations run
 * out: first steps outward until a bracket has such a point, then cubic interpolation inside it. A value that
 * is not finite counts as too high, so a step out of a function's domain is taken back.
 * Source: Nocedal and Wright 2006, algorithms 3.5 and 3.6, with the safeguards of minFunc that PyTorch 2
 * `LBFGS` has.
 * @param evaluate the function on the line
 * @param start the point at 0, of negative slope
 * @param first how far to go first
 */
export async function strongWolfe<P extends LinePoint>(
  evaluate: (at: number) => Promise<P>,
  start: P,
  first: number,
  { toleranceChange, reach, maxEvaluations }: StrongWolfeOptions,
): Promise<P> {
  const decreases = (p: P): boolean => p.value <= start.value + c1 * p.at * start.slope;
  const isFlat = (p: P): boolean => Math.abs(p.slope) <= -c2 * start.slope;
  let tries = 0;
  let previous = start;
  let current = await evaluate(first);
  let bracketed = false;
  while (tries < maxEvaluations && !bracketed) {
    if (!decreases(current) || (tries > 1 && current.value >= previous.value)) bracketed = true;
    else if (isFlat(current)) return current;
    else if (current.slope >= 0) bracketed = true;
    else {
      const least = current.at + 0.01 * (current.at - previous.at);
      const next = cubicMinimum(previous, current, least, current.at * 10);
      previous = current;
      current = await evaluate(next);
      tries++;
    }
  }
  if (!bracketed) previous = start;
  let [low, high] = current.value < previous.value ? [current, previous] : [previous, current];
  let stuck = false;
  while (tries < maxEvaluations && Math.abs(high.at - low.at) * reach >= toleranceChange) {
    const [from, to] = [Math.min(low.at, high.at), Math.max(low.at, high.at)];
    let at = cubicMinimum(low, high, from, to);
    const margin = 0.1 * (to - from);
    const close = Math.min(to - at, at - from) < margin;
    // Twice in a row at the same end, or right on it: go a tenth inside.
    if (close && (stuck || at >= to || at <= from)) {
      at = Math.abs(at - to) < Math.abs(at - from) ? to - margin : from + margin;
      stuck = false;
    } else stuck = close;
    const point = await evaluate(at);
    tries++;
    if (!decreases(point) || point.value >= low.value) {
      high = point;
      if (high.value < low.value) [low, high] = [high, low];
    } else if (isFlat(point)) {
      low = point;
      break;
    } else {
      if (point.slope * (high.at - low.at) >= 0) high = low;
      low = point;
    }
  }
  return low;
}
