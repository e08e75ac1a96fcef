/** Where values lie along an axis in pixels, and the values that get a line. */
export interface Scale {
  place: (value: number) => number;
  ticks: readonly number[];
}

/** From which value to which, and from which pixel to which. */
export interface Extent {
  values: readonly [number, number];
  pixels: readonly [number, number];
}

/** A logarithmic axis; ticks at powers of ten, and at twice and five times them where that leaves few. */
export function logarithmicScale({ values: [first, last], pixels: [from, to] }: Extent): Scale {
  const [low, high] = [Math.log10(first), Math.log10(last)];
  const span = high - low || 1;
  const steps = span > 2.5 ? [1] : [1, 2, 5];
  const ticks: number[] = [];
  for (let power = Math.floor(low); power <= Math.ceil(high); power++) {
    for (const step of steps) {
      const tick = step * 10 ** power;
      // Powers of ten are not exact below 1.
      if (tick >= first * (1 - 1e-9) && tick <= last * (1 + 1e-9)) ticks.push(tick);
    }
  }
  return { place: (value) => from + ((Math.log10(value) - low) / span) * (to - from), ticks };
}

/** A linear axis; about five ticks at round numbers. */
export function linearScale({ values: [first, last], pixels: [from, to] }: Extent): Scale {
  const span = last - first || 1;
  const rough = span / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((multiple) => multiple * power >= rough) ?? 10);
  const begin = Math.ceil(first / step - 1e-9);
  const count = Math.floor(last / step + 1e-9) - begin + 1;
  const ticks = Array.from({ length: count }, (_, index) => (begin + index) * step);
  return { place: (value) => from + ((value - first) / span) * (to - from), ticks };
}

/**
 * The least power of ten, or twice or five times one, that is not below (or, downwards, not above) a value.
 */
export function roundOut(value: number, up: boolean): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const candidates = [1, 2, 5, 10].map((step) => step * power);
  return up
    ? candidates.find((candidate) => candidate >= value * (1 - 1e-9))!
    : candidates.findLast((candidate) => candidate <= value * (1 + 1e-9))!;
}
