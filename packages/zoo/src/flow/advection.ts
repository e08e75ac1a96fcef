import type { FlowGrid } from "./flow-grid.js";

/** How values are carried along by the flow. */
export type AdvectionScheme = "semiLagrangian" | "macCormack";

/** A field `[rows, columns]`, and where its first point lies: cells from the upper left corner. */
export interface FlowField {
  readonly values: Float64Array;
  readonly rows: number;
  readonly columns: number;
  readonly x: number;
  readonly y: number;
}

/** Places in the box, in cells from the upper left corner. */
interface Places {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/**
 * The field after `seconds` in the flow `u`, `v`.
 *
 * Semi-Lagrangian: each point takes the value from where the flow brings it from (midpoint rule, bilinear),
 * stable for any time step. MacCormack: corrects that by half of what there and back again changes, and
 * keeps within the four values that it is made from, which makes it second order where the field is smooth.
 *
 * Source: J. Stam, "Stable fluids", SIGGRAPH 1999; A. Selle et al., "An unconditionally stable MacCormack
 * method", Journal of Scientific Computing 35 (2008).
 */
export function advect(
  field: FlowField,
  u: Float64Array,
  v: Float64Array,
  grid: FlowGrid,
  seconds: number,
  scheme: AdvectionScheme,
): Float64Array {
  const points = pointsOf(field);
  const inU = { values: u, rows: grid.height, columns: grid.width + 1, x: 0, y: 0.5 };
  const inV = { values: v, rows: grid.height + 1, columns: grid.width, x: 0.5, y: 0 };
  const here = { x: sample(inU, points), y: sample(inV, points) };
  /** Where the flow was `cells` (time over a cell's side) before it came to the points. */
  const origins = (cells: number): Places => {
    const middle = moved(points, here, -cells / 2);
    return moved(points, { x: sample(inU, middle), y: sample(inV, middle) }, -cells);
  };
  const cells = seconds / grid.cellSize;
  const from = origins(cells);
  const forward = sample(field, from);
  if (scheme === "semiLagrangian") return forward;
  const back = sample({ ...field, values: forward }, origins(-cells));
  for (let at = 0; at < back.length; at += 1) {
    back[at] = forward[at]! + (field.values[at]! - back[at]!) / 2;
  }
  limit(back, field, from);
  return back;
}

function pointsOf({ values, columns, x, y }: FlowField): Places {
  const points = { x: new Float64Array(values.length), y: new Float64Array(values.length) };
  for (let at = 0; at < values.length; at += 1) {
    points.x[at] = (at % columns) + x;
    points.y[at] = Math.floor(at / columns) + y;
  }
  return points;
}

function moved(points: Places, velocity: Places, cells: number): Places {
  const places = { x: new Float64Array(points.x.length), y: new Float64Array(points.x.length) };
  for (let at = 0; at < points.x.length; at += 1) {
    places.x[at] = points.x[at]! + cells * velocity.x[at]!;
    places.y[at] = points.y[at]! + cells * velocity.y[at]!;
  }
  return places;
}

/** The field at some places, bilinear between its points and beyond its edge as at the edge. */
function sample({ values, rows, columns, x, y }: FlowField, places: Places): Float64Array {
  const sampled = new Float64Array(places.x.length);
  for (let place = 0; place < sampled.length; place += 1) {
    const px = Math.min(Math.max(places.x[place]! - x, 0), columns - 1);
    const py = Math.min(Math.max(places.y[place]! - y, 0), rows - 1);
    const left = Math.min(Math.floor(px), columns - 2);
    const top = Math.min(Math.floor(py), rows - 2);
    const at = top * columns + left;
    const [a, b] = [px - left, py - top];
    const upper = (1 - a) * values[at]! + a * values[at + 1]!;
    const lower = (1 - a) * values[at + columns]! + a * values[at + columns + 1]!;
    sampled[place] = (1 - b) * upper + b * lower;
  }
  return sampled;
}

/** Keeps each value within the four around where it comes from: no new highs and lows. */
function limit(result: Float64Array, { values, rows, columns, x, y }: FlowField, from: Places): void {
  for (let place = 0; place < result.length; place += 1) {
    const left = Math.min(Math.max(Math.floor(from.x[place]! - x), 0), columns - 2);
    const top = Math.min(Math.max(Math.floor(from.y[place]! - y), 0), rows - 2);
    const at = top * columns + left;
    const [a, b] = [values[at]!, values[at + 1]!];
    const [c, d] = [values[at + columns]!, values[at + columns + 1]!];
    const low = Math.min(Math.min(a, b), Math.min(c, d));
    const high = Math.max(Math.max(a, b), Math.max(c, d));
    result[place] = Math.min(Math.max(result[place]!, low), high);
  }
}
