import type { PenPoint, Stroke } from "./strokes.js";

/** Corners of each digit, "x,y" in hundredths of the pad, stroke by stroke. */
const digits: readonly (readonly string[])[] = [
  ["52,16 36,25 29,48 34,74 50,84 65,73 71,48 65,26 52,16"],
  ["43,26 54,16 54,50 53,84"],
  ["30,32 38,19 54,15 67,26 63,44 46,64 29,82 50,80 72,82"],
  ["31,22 48,15 65,24 62,40 46,47 64,54 69,69 55,83 30,79"],
  ["40,16 34,38 30,56 50,57 74,55", "63,32 61,58 58,86"],
  ["68,17 52,17 37,18 34,43 53,40 68,52 65,72 48,84 30,77"],
  ["62,15 44,30 32,56 37,78 54,84 67,72 63,56 48,53 34,66"],
  ["28,20 50,20 71,19 60,44 50,64 43,85"],
  ["66,27 51,16 35,26 43,42 62,58 67,73 50,84 33,72 41,56 60,42 66,27"],
  ["67,34 52,17 36,27 37,45 54,49 67,34 65,58 60,85"],
];

/** How a digit may be written; nothing for what is none. */
export function sampleStrokes(digit: number): readonly Stroke[] | undefined {
  return digits[digit]?.map((stroke) => smooth(stroke.split(" ").map(corner)));
}

function corner(text: string): PenPoint {
  const [x = 0, y = 0] = text.split(",").map(Number);
  return { x: x / 100, y: y / 100, pressure: 1 };
}

const pieces = 8;

/** A curve through the points. Source: Catmull and Rom 1974, uniform. */
function smooth(points: readonly PenPoint[]): Stroke {
  const at = (index: number) => points[Math.min(Math.max(index, 0), points.length - 1)]!;
  const curve: PenPoint[] = [at(0)];
  for (let start = 0; start < points.length - 1; start++) {
    const [before, from, to, after] = [at(start - 1), at(start), at(start + 1), at(start + 2)];
    for (let piece = 1; piece <= pieces; piece++) {
      const t = piece / pieces;
      const along = (axis: "x" | "y") =>
        from[axis] +
        0.5 * t * (to[axis] - before[axis]) +
        0.5 * t * t * (2 * before[axis] - 5 * from[axis] + 4 * to[axis] - after[axis]) +
        0.5 * t ** 3 * (3 * from[axis] - before[axis] - 3 * to[axis] + after[axis]);
      curve.push({ x: along("x"), y: along("y"), pressure: 1 });
    }
  }
  return curve;
}
