/**
 * The value below which a standard normal number lies with probability `p`, 0 < p < 1; 4.5e-4 off at most.
 * Source: Abramowitz and Stegun, "Handbook of mathematical functions", formula 26.2.23.
 */
export function normalQuantile(p: number): number {
  const tail = Math.min(p, 1 - p);
  const t = Math.sqrt(-2 * Math.log(tail));
  const ratio =
    (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  return p < 0.5 ? ratio - t : t - ratio;
}
