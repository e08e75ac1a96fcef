/** Middle value; mean of the two middle ones for an even count; NaN for none. */
export function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Largest relative difference of two series over their common length; 0 where there is nothing to compare. */
export function relativeDifference(left: readonly number[], right: readonly number[]): number {
  let largest = 0;
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const scale = Math.max(Math.abs(left[index]!), Math.abs(right[index]!), 1e-30);
    const difference = Math.abs(left[index]! - right[index]!) / scale;
    largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(largest, difference);
  }
  return largest;
}
