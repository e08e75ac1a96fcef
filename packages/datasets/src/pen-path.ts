import type { ItemRandom } from "./counter-random.js";
import type { Hand, Stroke } from "./digit-strokes.js";

/** A drawn line in pieces: piece i runs from point i to point i + 1 unless `last[i]` is set. */
export interface PenPath {
  count: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Half the width of the line at each point, in units of the pen's own half width. */
  readonly pressure: Float64Array;
  readonly last: Uint8Array;
}

const MAX_POINTS = 256;
const STEPS = 6;
const GRID = 4;

/** Room for one drawn digit, to be used again for the next. */
export function newPenPath(): PenPath {
  const row = () => new Float64Array(MAX_POINTS);
  return { count: 0, x: row(), y: row(), pressure: row(), last: new Uint8Array(MAX_POINTS) };
}

/** How far one person's writing strays from the drawn strokes; lengths in hundredths of a digit's height. */
export interface Wobble {
  readonly point: number;
  readonly stroke: number;
  readonly bend: number;
  readonly elastic: number;
  readonly tremor: number;
  readonly pressure: number;
}

/** Draws one hand with random deviations into `path`, in the 0..100 coordinates of the strokes. */
export function writeHand(hand: Hand, wobble: Wobble, random: ItemRandom, path: PenPath): void {
  path.count = 0;
  for (const stroke of hand.strokes) writeStroke(stroke, wobble, random, path);
  warp(path, wobble, random);
}

function writeStroke(stroke: Stroke, wobble: Wobble, random: ItemRandom, path: PenPath): void {
  const count = stroke.corner.length;
  const shiftX = wobble.stroke * random.bell();
  const shiftY = wobble.stroke * random.bell();
  const x: number[] = [];
  const y: number[] = [];
  for (let i = 0; i < count; i += 1) {
    x.push(stroke.points[2 * i]! + shiftX + wobble.point * random.bell());
    y.push(stroke.points[2 * i + 1]! + shiftY + wobble.point * random.bell());
  }
  const start = path.count;
  for (let from = 0; from < count - 1; ) {
    let to = from + 1;
    while (to < count - 1 && !stroke.corner[to]) to += 1;
    writeCurve(x, y, from, to, path);
    from = to;
  }
  addPoint(path, x[count - 1]!, y[count - 1]!);
  path.last[path.count - 1] = 1;
  press(path, start, wobble, random);
}

/** Cubic through the points from..to, with Catmull-Rom slopes inside and natural ends. */
function writeCurve(x: number[], y: number[], from: number, to: number, path: PenPath): void {
  for (let i = from; i < to; i += 1) {
    const curveX = cubic(x, from, to, i);
    const curveY = cubic(y, from, to, i);
    for (let step = 0; step < STEPS; step += 1) addPoint(path, curveX(step / STEPS), curveY(step / STEPS));
  }
}

/** The curve's piece from point i to the next, over t in 0..1. */
function cubic(values: number[], from: number, to: number, i: number): (t: number) => number {
  const a = values[i]!;
  const b = values[i + 1]!;
  const before = i > from ? (b - values[i - 1]!) / 2 : undefined;
  const after = i + 1 < to ? (values[i + 2]! - a) / 2 : undefined;
  const slopeA = before ?? 1.5 * (b - a) - 0.5 * (after ?? b - a);
  const slopeB = after ?? 1.5 * (b - a) - 0.5 * (before ?? b - a);
  return (t) => {
    const s = 1 - t;
    return s * s * (a * (1 + 2 * t) + slopeA * t) + t * t * (b * (1 + 2 * s) - slopeB * s);
  };
}

function addPoint(path: PenPath, x: number, y: number): void {
  if (path.count === MAX_POINTS) throw new RangeError(`pen path: more than ${MAX_POINTS} points`);
  path.x[path.count] = x;
  path.y[path.count] = y;
  path.last[path.count] = 0;
  path.count += 1;
}

/** Pressure along one stroke: a random parabola, tapered ends, and tremor of the point itself. */
function press(path: PenPath, start: number, wobble: Wobble, random: ItemRandom): void {
  const level = wobble.pressure * random.bell();
  const drift = wobble.pressure * random.bell();
  const bow = wobble.pressure * random.bell();
  const taper = random.uniform() < 0.4 ? 0.5 * random.uniform() : 0;
  const end = path.count - 1;
  for (let i = start; i <= end; i += 1) {
    const t = (2 * (i - start)) / (end - start) - 1;
    const ends = t * t * t * t;
    path.pressure[i] = 1 + level + drift * t + bow * (t * t - 0.4) - taper * ends * ends;
    const roughness = random.bits();
    path.pressure[i]! *= 1 + wobble.tremor * 0.06 * (((roughness & 255) - 127.5) / 74);
    path.x[i]! += wobble.tremor * ((((roughness >>> 8) & 255) - 127.5) / 74);
    path.y[i]! += wobble.tremor * ((((roughness >>> 16) & 255) - 127.5) / 74);
  }
}

/** Smooth displacement of the whole digit: a random parabola in each direction and a coarse random grid. */
function warp(path: PenPath, wobble: Wobble, random: ItemRandom): void {
  const bend = Array.from({ length: 6 }, () => wobble.bend * random.bell());
  const grid = Array.from({ length: 2 * GRID * GRID }, () => wobble.elastic * random.bell());
  for (let i = 0; i < path.count; i += 1) {
    const u = path.x[i]! / 50 - 1;
    const v = path.y[i]! / 50 - 1;
    path.x[i]! += bend[0]! * u * u + bend[1]! * u * v + bend[2]! * v * v + gridValue(grid, 0, u, v);
    path.y[i]! += bend[3]! * u * u + bend[4]! * u * v + bend[5]! * v * v + gridValue(grid, 1, u, v);
  }
}

/** One component of the random grid over [-1.25, 1.25]^2, interpolated with smooth steps. */
function gridValue(grid: readonly number[], component: number, u: number, v: number): number {
  const column = Math.min(Math.max((u + 1.25) * 0.4 * (GRID - 1), 0), GRID - 1.001);
  const row = Math.min(Math.max((v + 1.25) * 0.4 * (GRID - 1), 0), GRID - 1.001);
  const left = Math.floor(column);
  const top = Math.floor(row);
  const a = smooth(column - left);
  const b = smooth(row - top);
  const at = (r: number, c: number) => grid[2 * (r * GRID + c) + component]!;
  const upper = at(top, left) + a * (at(top, left + 1) - at(top, left));
  const lower = at(top + 1, left) + a * (at(top + 1, left + 1) - at(top + 1, left));
  return upper + b * (lower - upper);
}

function smooth(t: number): number {
  return t * t * (3 - 2 * t);
}
