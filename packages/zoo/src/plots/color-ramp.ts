/** Red, green and blue, 0 to 255. */
export type Color = readonly [number, number, number];

// Nine stops of viridis (van der Walt, Smith 2015): equal steps look equal, in grey and to the color-blind
// too.
const sequential: readonly Color[] = [
  [68, 1, 84],
  [71, 44, 122],
  [59, 81, 139],
  [44, 113, 142],
  [33, 144, 141],
  [39, 173, 129],
  [92, 200, 99],
  [170, 220, 50],
  [253, 231, 37],
];

// Blue, almost white, orange: signs can be told apart by the color-blind too.
const diverging: readonly Color[] = [
  [5, 62, 110],
  [33, 119, 181],
  [120, 180, 218],
  [200, 222, 236],
  [246, 246, 244],
  [250, 219, 190],
  [240, 165, 100],
  [213, 94, 0],
  [122, 52, 0],
];

/**
 * The color at `share` (0 to 1; beyond it, the end's) of a ramp: from dark to light, or from blue over
 * white to orange.
 */
export function rampColor(share: number, signed: boolean): Color {
  const stops = signed ? diverging : sequential;
  const place = Math.min(Math.max(share, 0), 1) * (stops.length - 1);
  const at = Math.min(Math.floor(place), stops.length - 2);
  const [from, to] = [stops[at]!, stops[at + 1]!];
  const mix = (k: 0 | 1 | 2) => Math.round(from[k] + (to[k] - from[k]) * (place - at));
  return [mix(0), mix(1), mix(2)];
}
