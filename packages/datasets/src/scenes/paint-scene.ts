import type { ItemRandom } from "../counter-random.js";
import { type Canvas, type Color, circle, mix, scale } from "./canvas.js";
import { between, cloud, house, type Light, lit, near, pick, tree } from "./scene-parts.js";
import { type Noise, valueNoise } from "./value-noise.js";

/** The height of the ground's edge at x; y grows downwards. */
type Ridge = (x: number) => number;

/** Skies: top, above the horizon, what light they give, the sun's colour. */
const hours: readonly { readonly colors: readonly [Color, Color, Color, Color]; readonly night?: true }[] = [
  {
    colors: [
      [0.25, 0.5, 0.88],
      [0.72, 0.86, 0.97],
      [1, 1, 0.97],
      [1, 0.97, 0.78],
    ],
  },
  {
    colors: [
      [0.4, 0.62, 0.85],
      [0.86, 0.9, 0.93],
      [0.95, 0.95, 0.95],
      [1, 0.98, 0.9],
    ],
  },
  {
    colors: [
      [0.28, 0.25, 0.52],
      [0.98, 0.58, 0.3],
      [0.95, 0.72, 0.58],
      [1, 0.75, 0.35],
    ],
  },
  {
    colors: [
      [0.5, 0.55, 0.75],
      [0.98, 0.78, 0.68],
      [0.98, 0.86, 0.78],
      [1, 0.9, 0.7],
    ],
  },
  {
    colors: [
      [0.58, 0.62, 0.67],
      [0.8, 0.82, 0.84],
      [0.75, 0.77, 0.8],
      [0.92, 0.92, 0.92],
    ],
  },
  {
    colors: [
      [0.03, 0.05, 0.16],
      [0.14, 0.19, 0.36],
      [0.28, 0.32, 0.45],
      [0.95, 0.95, 0.88],
    ],
    night: true,
  },
];
const meadows: readonly Color[] = [
  [0.3, 0.55, 0.2],
  [0.45, 0.6, 0.25],
  [0.75, 0.68, 0.32],
  [0.25, 0.42, 0.2],
  [0.6, 0.45, 0.3],
  [0.88, 0.9, 0.94],
];
const leaves: readonly Color[] = [
  [0.16, 0.4, 0.14],
  [0.26, 0.48, 0.16],
  [0.1, 0.3, 0.2],
  [0.72, 0.42, 0.12],
  [0.62, 0.2, 0.12],
];

/** Paints one landscape, from what is far to what is near. */
export function paintScene(canvas: Canvas, random: ItemRandom): void {
  const light = lightOf(random);
  const horizon = between(random, 38, 62);
  paintSky(canvas, random, light, horizon);
  if (random.uniform() < 0.6) paintMountains(canvas, random, light, horizon);
  const watery = random.uniform() < 0.45;
  const meadow = pick(random, meadows);
  const leaf = pick(random, leaves);
  const layers = 1 + Math.floor(3 * random.uniform());
  for (let layer = 0; layer < layers; layer += 1) {
    const depth = (layer + 1) / layers; // 1: nearest
    const level = horizon + ((watery ? 78 : 92) - horizon) * 0.75 * (layer / layers);
    const ridge = paintHill(canvas, random, light, level, depth, meadow);
    settle(canvas, random, light, ridge, depth, leaf, watery);
  }
  if (watery) paintWater(canvas, random, light, between(random, 72, 86), horizon);
}

function lightOf(random: ItemRandom): Light {
  const { colors, night = false } = pick(random, hours);
  const [skyTop, skyLow, lamp, sun] = colors.map((color) => near(random, color, 0.05)) as [
    Color,
    Color,
    Color,
    Color,
  ];
  const sunX = between(random, 8, 92);
  const sunY = between(random, 8, 45);
  return { skyTop, skyLow, lamp, sun, sunX, sunY, sunRadius: between(random, 3, 7), night };
}

function paintSky(canvas: Canvas, random: ItemRandom, light: Light, horizon: number): void {
  const { sunX, sunY, sunRadius, sun } = light;
  const glow = light.night ? 0.25 : between(random, 0.25, 0.7);
  const everywhere = () => -100;
  canvas.fill(everywhere, (x, y) => {
    const sky = mix(light.skyTop, light.skyLow, Math.min(y / horizon, 1));
    const distance = ((x - sunX) * (x - sunX) + (y - sunY) * (y - sunY)) / (9 * sunRadius * sunRadius);
    return mix(sky, sun, glow / (1 + distance));
  });
  if (light.night) {
    for (let star = 0; star < 25; star += 1) {
      const [x, y] = [between(random, 0, 100), between(random, 0, horizon)];
      const box = [x - 1, y - 1, x + 1, y + 1] as const;
      canvas.fill(circle(x, y, 0.4), [1, 1, 0.95], { box, opacity: between(random, 0.3, 1) });
    }
  }
  const reach = [sunX - sunRadius, sunY - sunRadius, sunX + sunRadius, sunY + sunRadius] as const;
  canvas.fill(circle(sunX, sunY, sunRadius), sun, { box: reach });
  const clouds = Math.floor(5 * random.uniform());
  for (let one = 0; one < clouds; one += 1) cloud(canvas, random, light);
}

/** A row of jagged mountains, pale with distance, with snow above some height. */
function paintMountains(canvas: Canvas, random: ItemRandom, light: Light, horizon: number): void {
  const noise = valueNoise(random, 4, 4);
  const height = between(random, 14, 34);
  const ridge: Ridge = (x) => horizon + 4 - height * noise(x / 100, 0.3);
  const rock = lit(near(random, [0.42, 0.4, 0.45], 0.08), light);
  const snow = lit([0.95, 0.96, 1], light);
  const snowLine = horizon + 4 - height * between(random, 0.45, 1.1);
  const haze = between(random, 0.25, 0.6);
  const edge = byColumn(ridge, canvas.size);
  canvas.fill(
    (x, y) => edge(x) - y,
    (x, y) => {
      const grain = noise(x / 40, y / 40);
      const color = y + 8 * (grain - 0.5) < snowLine ? snow : scale(rock, 0.75 + 0.5 * grain);
      return mix(color, light.skyLow, haze);
    },
    // The first hill begins above its lower edge.
    { box: [0, horizon - height, 100, horizon + 12] },
  );
}

/** The same edge for the middles of columns, computed once for each. */
function byColumn(ridge: Ridge, size: number): Ridge {
  const heights = Float64Array.from({ length: size }, (_, column) => ridge(((column + 0.5) * 100) / size));
  return (x) => heights[Math.floor((x * size) / 100)]!;
}

/** A hill to the bottom of the picture; returns its edge. */
function paintHill(
  canvas: Canvas,
  random: ItemRandom,
  light: Light,
  level: number,
  depth: number,
  meadow: Color,
): Ridge {
  const shape: Noise = valueNoise(random, 3);
  const texture = valueNoise(random, 16, 2);
  const swing = between(random, 4, 16);
  const ridge: Ridge = (x) => level + swing * (shape(x / 100, 0.5) - 0.5);
  const color = lit(near(random, meadow, 0.08), light);
  const haze = 0.4 * (1 - depth);
  const edge = byColumn(ridge, canvas.size);
  canvas.fill(
    (x, y) => edge(x) - y,
    (x, y) => {
      const grain = 0.88 + 0.2 * texture(x / 100, y / 100) - 0.1 * shape(x / 100, y / 100);
      return mix(scale(color, grain), light.skyLow, haze);
    },
    { box: [0, level - swing, 100, 100] },
  );
  return ridge;
}

/** Houses and trees on a hill, the farther ones first. */
function settle(
  canvas: Canvas,
  random: ItemRandom,
  light: Light,
  ridge: Ridge,
  depth: number,
  leaf: Color,
  watery: boolean,
): void {
  const near = 0.35 + 0.65 * depth;
  const places = Array.from({ length: Math.floor(9 * random.uniform()) }, () => {
    const x = between(random, 3, 97);
    // Those whose foot is lower in the picture are nearer, and larger.
    const down = (watery ? 4 : 14) * near * random.uniform();
    return { x, y: ridge(x) + 1 + down, size: near * (1 + down / 30), house: random.uniform() < 0.3 };
  }).sort((a, b) => a.y - b.y);
  for (const place of places) {
    if (place.house) house(canvas, random, light, place.x, place.y, place.size * between(random, 11, 18));
    else tree(canvas, random, light, place.x, place.y, place.size * between(random, 12, 26), leaf);
  }
}

/** Water from `shore` down: the sky upside down, darker, with ripples and the sun's glitter. */
function paintWater(canvas: Canvas, random: ItemRandom, light: Light, shore: number, horizon: number): void {
  const ripples = valueNoise(random, 12, 2);
  const bank = valueNoise(random, 5);
  const tint = lit(near(random, [0.1, 0.3, 0.42], 0.05), light);
  const clear = between(random, 0.45, 0.75);
  const edge = byColumn((x) => shore + 5 * (bank(x / 100, 0.5) - 0.5), canvas.size);
  canvas.fill(
    (x, y) => edge(x) - y,
    (x, y) => {
      const sky = mix(light.skyLow, light.skyTop, Math.min((y - shore) / horizon + 0.15, 1));
      const wave = ripples(x / 200 + 0.25, Math.min((y - shore) / 25, 1) * 0.98) - 0.5;
      const off = (x - light.sunX + 14 * wave) / (2 * light.sunRadius);
      const glitter = Math.max(0.2 + 1.6 * wave, 0) / (1 + off * off * off * off);
      return mix(scale(mix(tint, sky, clear), 1 + 0.35 * wave), light.sun, 0.8 * glitter);
    },
    { box: [0, shore - 3, 100, 100] },
  );
}
