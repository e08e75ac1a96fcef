/** Where values lie along an axis in pixels, and the values that get a line. */
export interface Scale {
  place(value: number): number;
  readonly ticks: readonly number[];
  /** A tick as text, with as many decimals as neighbours need to differ. */
  write(tick: number): string;
}

/**
 * A linear axis from the first value to the last, with about `count` ticks (default 5) at multiples of 1, 2
 * or 5 times a power of ten. A span of nothing is widened to one.
 */
export function linearScale(
  values: readonly [number, number],
  pixels: readonly [number, number],
  count = 5,
): Scale {
  const widen = values[1] > values[0] ? 0 : 0.5;
  const [first, last] = [values[0] - widen, values[1] + widen];
  const [from, to] = pixels;
  const rough = (last - first) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((multiple) => multiple * power >= rough * 0.8) ?? 10);
  const begin = Math.ceil(first / step - 1e-9);
  const ticks = Array.from(
    { length: Math.floor(last / step + 1e-9) - begin + 1 },
    (_, k) => (begin + k) * step,
  );
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const small = decimals <= 6 && Math.abs(last) < 1e9 && Math.abs(first) < 1e9;
  return {
    place: (value) => from + ((value - first) / (last - first)) * (to - from),
    ticks,
    write: (tick) =>
      small
        ? tick.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
        : String(Number(tick.toPrecision(6))),
  };
}

/** Least and largest of the finite values, or 0 and 1 where there is none. */
export function rangeOf(lists: readonly ArrayLike<number>[]): [number, number] {
  let [least, largest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const list of lists) {
    for (let at = 0; at < list.length; at++) {
      const value = list[at]!;
      if (!Number.isFinite(value)) continue;
      least = Math.min(least, value);
      largest = Math.max(largest, value);
    }
  }
  return least <= largest ? [least, largest] : [0, 1];
}
