import type { ItemRandom } from "../counter-random.js";
import { type Canvas, type Color, circle, mix, polygon, rectangle, scale } from "./canvas.js";

/** What the hour and the weather do to all colours. */
export interface Light {
  readonly skyTop: Color;
  readonly skyLow: Color;
  /** What surfaces are multiplied by. */
  readonly lamp: Color;
  /** The sun or the moon, and where it stands. */
  readonly sun: Color;
  readonly sunX: number;
  readonly sunY: number;
  readonly sunRadius: number;
  readonly night: boolean;
}

/** Uniform in `low` .. `high`. */
export function between(random: ItemRandom, low: number, high: number): number {
  return low + (high - low) * random.uniform();
}

export function pick<T>(random: ItemRandom, choices: readonly T[]): T {
  return choices[Math.floor(random.uniform() * choices.length)]!;
}

/** A colour near another one. */
export function near(random: ItemRandom, [red, green, blue]: Color, spread: number): Color {
  const shift = (value: number): number => {
    return Math.min(Math.max(value + spread * (2 * random.uniform() - 1), 0), 1);
  };
  return [shift(red), shift(green), shift(blue)];
}

/** The colour of a surface in this light. */
export function lit(color: Color, { lamp }: Light): Color {
  return [color[0] * lamp[0], color[1] * lamp[1], color[2] * lamp[2]];
}

const walls: readonly Color[] = [
  [0.93, 0.9, 0.82],
  [0.85, 0.65, 0.5],
  [0.75, 0.3, 0.25],
  [0.65, 0.75, 0.82],
  [0.92, 0.8, 0.45],
  [0.55, 0.42, 0.33],
];
const roofs: readonly Color[] = [
  [0.6, 0.22, 0.15],
  [0.35, 0.3, 0.3],
  [0.45, 0.28, 0.2],
  [0.25, 0.32, 0.42],
];

/** A house with a gable roof, windows, a door and perhaps a chimney; `x` is its middle, `y` the ground. */
export function house(
  canvas: Canvas,
  random: ItemRandom,
  light: Light,
  x: number,
  y: number,
  width: number,
): void {
  const half = width / 2;
  const height = width * between(random, 0.55, 0.95);
  const roof = width * between(random, 0.3, 0.6);
  const eaves = 0.1 * width;
  const [top, peak] = [y - height, y - height - roof];
  const wall = lit(near(random, pick(random, walls), 0.06), light);
  const tile = lit(near(random, pick(random, roofs), 0.06), light);
  if (random.uniform() < 0.6) {
    const at = x + half * pick(random, [-0.5, 0.5]);
    const box = [at - 0.08 * width, peak, at + 0.08 * width, top] as const;
    canvas.fill(rectangle(...box), scale(tile, 0.8), { box });
  }
  const front = [x - half, top, x + half, y] as const;
  const shade = light.sunX < x ? 1 : -1;
  canvas.fill(rectangle(...front), (px) => scale(wall, 1 - (0.12 * shade * (px - x)) / half), { box: front });
  const gable = polygon([x, peak], [x + half + eaves, top], [x - half - eaves, top]);
  canvas.fill(gable, tile, { box: [x - half - eaves, peak, x + half + eaves, top] });
  const glass: Color = light.night
    ? [0.98, 0.85, 0.45]
    : scale(mix(light.skyTop, [0.1, 0.12, 0.2], 0.6), 0.9);
  const doorAt = pick(random, [-0.55, 0, 0.55]);
  const side = 0.11 * width;
  for (const at of [-0.55, 0, 0.55]) {
    const middle = x + at * half;
    const isDoor = at === doorAt;
    const box = isDoor
      ? ([middle - side, y - 0.5 * height, middle + side, y] as const)
      : ([middle - side, top + 0.22 * height, middle + side, top + 0.58 * height] as const);
    canvas.fill(rectangle(...box), isDoor ? scale(tile, 0.7) : glass, { box });
  }
}

/** A tree, broad-leaved or a conifer, `height` high; `x` is its trunk, `y` the ground. */
export function tree(
  canvas: Canvas,
  random: ItemRandom,
  light: Light,
  x: number,
  y: number,
  height: number,
  leaves: Color,
): void {
  const green = lit(near(random, leaves, 0.07), light);
  const trunk = lit([0.36, 0.25, 0.16], light);
  const side = light.sunX < x ? -1 : 1;
  const thick = 0.05 * height;
  const stem = [x - thick, y - 0.45 * height, x + thick, y] as const;
  canvas.fill(rectangle(...stem), trunk, { box: stem });
  // The side that the sun is on is brighter.
  const shaded = (px: number, py: number): Color => {
    const toSun = (side * (px - x) - 0.6 * (py - (y - 0.6 * height))) / height;
    return scale(green, Math.min(Math.max(0.85 + 0.55 * toSun, 0.55), 1.25));
  };
  if (random.uniform() < 0.45) {
    for (let storey = 0; storey < 3; storey += 1) {
      const low = y - height * (0.15 + 0.25 * storey);
      const high = low - height * (0.42 - 0.04 * storey);
      const half = height * (0.28 - 0.07 * storey);
      canvas.fill(polygon([x, high], [x + half, low], [x - half, low]), shaded, {
        box: [x - half, high, x + half, low],
      });
    }
    return;
  }
  const crowns = 4 + Math.floor(3 * random.uniform());
  for (let crown = 0; crown < crowns; crown += 1) {
    const radius = height * between(random, 0.16, 0.26);
    const [cx, cy] = [x + height * between(random, -0.2, 0.2), y - height * between(random, 0.48, 0.82)];
    canvas.fill(circle(cx, cy, radius), shaded, {
      box: [cx - radius, cy - radius, cx + radius, cy + radius],
    });
  }
}

/** A cloud of overlapping puffs on a flat base. */
export function cloud(canvas: Canvas, random: ItemRandom, light: Light): void {
  const [x, y, width] = [between(random, 0, 100), between(random, 6, 32), between(random, 12, 34)];
  const white = mix(light.skyLow, light.night ? light.skyTop : [1, 1, 1], light.night ? 0.4 : 0.75);
  const opacity = between(random, 0.55, 0.95);
  const puffs = 4 + Math.floor(4 * random.uniform());
  for (let puff = 0; puff < puffs; puff += 1) {
    const along = (puff + 0.5) / puffs - 0.5;
    const radius = width * (0.24 - 0.4 * along * along) * between(random, 0.7, 1.1);
    const [cx, cy] = [x + along * width, y - 0.35 * radius];
    const box = [cx - radius, cy - radius, cx + radius, cy + radius] as const;
    const paint = (_: number, py: number): Color =>
      scale(white, 1 - (0.12 * (py - cy + radius)) / (2 * radius));
    canvas.fill(circle(cx, cy, radius, 0.62), paint, { box, opacity, softness: 2 });
  }
}
