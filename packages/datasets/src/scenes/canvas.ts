/** Red, green, blue from 0 to 1. */
export type Color = readonly [red: number, green: number, blue: number];

/**
 * What is inside: the distance to the edge, negative within; the picture is 100 wide and high, y grows
 * downwards.
 */
export type Shape = (x: number, y: number) => number;

/** Left, top, right and bottom of where a shape is. */
export type Box = readonly [left: number, top: number, right: number, bottom: number];

/** `t` of the way from one colour to the other. */
export function mix(from: Color, to: Color, t: number): Color {
  return [from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1]), from[2] + t * (to[2] - from[2])];
}

export function scale([red, green, blue]: Color, by: number): Color {
  return [red * by, green * by, blue * by];
}

/** A square picture that is painted shape upon shape; edges are as soft as one pixel is wide. */
export class Canvas {
  /** Pixels row after row, three values each. */
  readonly values: Float64Array;

  constructor(readonly size: number) {
    this.values = new Float64Array(size * size * 3);
  }

  /** Paints a shape; `softness` is the width of its edge beside that of one pixel. */
  fill(shape: Shape, color: Color | ((x: number, y: number) => Color), options: FillOptions = {}): void {
    const { box = [0, 0, 100, 100], opacity = 1, softness = 0 } = options;
    const { size, values } = this;
    const unit = 100 / size;
    const edge = unit + softness;
    const [left, top] = [box[0], box[1]].map((at) => Math.max(Math.floor((at - edge) / unit), 0)) as [
      number,
      number,
    ];
    const [right, bottom] = [box[2], box[3]].map((at) => Math.min(Math.ceil((at + edge) / unit), size)) as [
      number,
      number,
    ];
    for (let row = top; row < bottom; row += 1) {
      const y = (row + 0.5) * unit;
      for (let column = left; column < right; column += 1) {
        const x = (column + 0.5) * unit;
        const cover = opacity * Math.min(Math.max(0.5 - shape(x, y) / edge, 0), 1);
        if (cover === 0) continue;
        const paint = typeof color === "function" ? color(x, y) : color;
        const at = 3 * (row * size + column);
        for (let channel = 0; channel < 3; channel += 1) {
          values[at + channel]! += cover * (paint[channel]! - values[at + channel]!);
        }
      }
    }
  }
}

export interface FillOptions {
  /** Where the shape is. Default: anywhere. */
  readonly box?: Box;
  /** Default 1. */
  readonly opacity?: number;
  /** Default 0. */
  readonly softness?: number;
}

/** The distance to a circle, or to an ellipse that is `flat` times as high as wide (nearly). */
export function circle(x: number, y: number, radius: number, flat = 1): Shape {
  return (px, py) => {
    const [dx, dy] = [px - x, (py - y) / flat];
    return (Math.sqrt(dx * dx + dy * dy) - radius) * flat;
  };
}

/** A convex polygon whose corners go round clockwise as seen. */
export function polygon(...corners: readonly (readonly [x: number, y: number])[]): Shape {
  const sides = corners.map(([x, y], at) => {
    const [nextX, nextY] = corners[(at + 1) % corners.length]!;
    const length = Math.sqrt((nextX - x) * (nextX - x) + (nextY - y) * (nextY - y));
    return { x, y, normalX: (nextY - y) / length, normalY: (x - nextX) / length };
  });
  return (px, py) => {
    let distance = Number.NEGATIVE_INFINITY;
    for (const { x, y, normalX, normalY } of sides) {
      distance = Math.max(distance, (px - x) * normalX + (py - y) * normalY);
    }
    return distance;
  };
}

export function rectangle(left: number, top: number, right: number, bottom: number): Shape {
  return (x, y) => Math.max(left - x, x - right, top - y, y - bottom);
}
