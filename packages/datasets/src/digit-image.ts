import type { PenPath } from "./pen-path.js";

/** Width and height of a digit's picture in pixels. */
export const IMAGE_SIZE = 28;
/** The digit itself fills this box in its longer direction, as in MNIST. */
const BOX_SIZE = 20;
const PIXELS = IMAGE_SIZE * IMAGE_SIZE;

/** How the whole digit lies and what pen it is drawn with; lengths in pixels. */
export interface Pen {
  /** x per y of the slant, positive to the right. */
  readonly slant: number;
  /** Tangent of half the angle of rotation. */
  readonly turn: number;
  /** Width against height. */
  readonly aspect: number;
  /** Half the line's width. */
  readonly radius: number;
  /** Width of the grey border. */
  readonly softness: number;
  /** How much wider horizontal pieces are than vertical ones. */
  readonly nib: number;
}

/** Slants, turns and stretches the path, and scales it so that the drawn line just fills the box. */
export function fitPath(path: PenPath, pen: Pen): void {
  // Rotation without sine and cosine, so that every engine gives the same bits.
  const cosine = (1 - pen.turn * pen.turn) / (1 + pen.turn * pen.turn);
  const sine = (2 * pen.turn) / (1 + pen.turn * pen.turn);
  let left = Infinity;
  let right = -Infinity;
  let top = Infinity;
  let bottom = -Infinity;
  for (let i = 0; i < path.count; i += 1) {
    const y = path.y[i]! - 50;
    const x = (path.x[i]! - 50) * pen.aspect - pen.slant * y;
    path.x[i] = cosine * x - sine * y;
    path.y[i] = sine * x + cosine * y;
    left = Math.min(left, path.x[i]!);
    right = Math.max(right, path.x[i]!);
    top = Math.min(top, path.y[i]!);
    bottom = Math.max(bottom, path.y[i]!);
  }
  const margin = (IMAGE_SIZE - BOX_SIZE) / 2 + pen.radius;
  const scale = (IMAGE_SIZE - 2 * margin) / Math.max(right - left, bottom - top, 1);
  for (let i = 0; i < path.count; i += 1) {
    path.x[i] = margin + (path.x[i]! - left) * scale;
    path.y[i] = margin + (path.y[i]! - top) * scale;
  }
}

/** Adds the drawn line to `ink` (28 x 28 coverages 0..1, kept at the larger of the old and the new). */
export function drawPath(path: PenPath, pen: Pen, ink: Float64Array): void {
  for (let i = 0; i + 1 < path.count; i += 1) {
    if (!path.last[i]) drawPiece(path, i, pen, ink);
  }
}

/** One straight piece with round ends whose half width runs from one end's to the other's. */
function drawPiece(path: PenPath, i: number, pen: Pen, ink: Float64Array): void {
  const ax = path.x[i]!;
  const ay = path.y[i]!;
  const dx = path.x[i + 1]! - ax;
  const dy = path.y[i + 1]! - ay;
  const squared = dx * dx + dy * dy + 1e-9;
  const width = pen.radius * (1 + (pen.nib * (dx * dx - dy * dy)) / squared);
  const radius = Math.max(width * path.pressure[i]!, 0.35);
  const growth = Math.max(width * path.pressure[i + 1]!, 0.35) - radius;
  const reach = Math.max(radius, radius + growth) + pen.softness / 2;
  const firstRow = Math.max(Math.floor(Math.min(ay, ay + dy) - reach), 0);
  const lastRow = Math.min(Math.ceil(Math.max(ay, ay + dy) + reach), IMAGE_SIZE) - 1;
  const firstColumn = Math.max(Math.floor(Math.min(ax, ax + dx) - reach), 0);
  const lastColumn = Math.min(Math.ceil(Math.max(ax, ax + dx) + reach), IMAGE_SIZE) - 1;
  for (let row = firstRow; row <= lastRow; row += 1) {
    const py = row + 0.5 - ay;
    for (let column = firstColumn; column <= lastColumn; column += 1) {
      const px = column + 0.5 - ax;
      const t = Math.min(Math.max((px * dx + py * dy) / squared, 0), 1);
      const ex = px - t * dx;
      const ey = py - t * dy;
      const coverage = (radius + t * growth - Math.sqrt(ex * ex + ey * ey)) / pen.softness + 0.5;
      const at = row * IMAGE_SIZE + column;
      if (coverage > ink[at]!) ink[at] = Math.min(coverage, 1);
    }
  }
}

/** Writes `ink` as bytes into `image`, shifted by whole pixels so that its centre of mass is in the middle. */
export function centreInk(ink: Float64Array, image: Uint8Array): void {
  let mass = 0;
  let massX = 0;
  let massY = 0;
  for (let at = 0; at < PIXELS; at += 1) {
    mass += ink[at]!;
    massX += ink[at]! * (at % IMAGE_SIZE);
    massY += ink[at]! * Math.floor(at / IMAGE_SIZE);
  }
  const middle = (IMAGE_SIZE - 1) / 2;
  const right = Math.round(middle - massX / mass);
  const down = Math.round(middle - massY / mass);
  for (let at = 0; at < PIXELS; at += 1) {
    const row = Math.floor(at / IMAGE_SIZE) - down;
    const column = (at % IMAGE_SIZE) - right;
    const inside = row >= 0 && row < IMAGE_SIZE && column >= 0 && column < IMAGE_SIZE;
    image[at] = inside ? Math.floor(ink[row * IMAGE_SIZE + column]! * 255 + 0.5) : 0;
  }
}
