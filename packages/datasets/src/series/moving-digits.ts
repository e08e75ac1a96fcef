import type { HostArray } from "@hekla/tensor";
import { DataError } from "@hekla/tensor/errors";
import { type ItemRandom, itemRandom } from "../counter-random.js";
import { syntheticDigits } from "../synthetic-digits.js";

/** How a digit moves at first, by class: x grows to the right, y downwards. */
export const MOTIONS = [
  "still",
  "right",
  "down-right",
  "down",
  "down-left",
  "left",
  "up-left",
  "up",
  "up-right",
] as const;

const DIAGONAL = Math.SQRT1_2;

/** The velocity of each class, of length 1. */
const DIRECTIONS: readonly (readonly [x: number, y: number])[] = [
  [0, 0],
  [1, 0],
  [DIAGONAL, DIAGONAL],
  [0, 1],
  [-DIAGONAL, DIAGONAL],
  [-1, 0],
  [-DIAGONAL, -DIAGONAL],
  [0, -1],
  [DIAGONAL, -DIAGONAL],
];

export interface MovingDigitsOptions {
  /** How many sequences. Default 1 000. */
  readonly samples?: number;
  /** Number of the first sequence, default 0: two ranges that do not overlap share none. */
  readonly first?: number;
  /** Default 0. */
  readonly seed?: number;
  /** Pictures of a sequence. Default 20. */
  readonly frames?: number;
  /** Height and width of a picture. Default 32. */
  readonly size?: number;
  /**
   * `"straight"`: the whole path is within the frame (default). `"bounce"`: from a random place, thrown back
   * by the edges; the class is then how it moves at first.
   */
  readonly motion?: "straight" | "bounce";
  /** Pixels a frame, uniform between these. Default `[0.4, 0.9]`. */
  readonly speed?: readonly [number, number];
  /**
   * By what whole number pictures are made smaller, by the mean of each square. Default 2: 28 x 28 becomes 14
   * x 14.
   */
  readonly shrink?: number;
  /**
   * Pictures to move, `[n, 1, height, width]` from 0 to 1, such as MNIST's. Default: `syntheticDigits`, one a
   * sequence.
   */
  readonly pictures?: HostArray;
}

/** Sequences of pictures and how their digits move. */
export interface MovingDigits {
  /** `[samples, time, 1, height, width]`, float32 from 0 to 1. */
  readonly frames: HostArray;
  /** The class of the motion `[samples]`, int32; its name is in `MOTIONS`. */
  readonly motion: HostArray;
  /**
   * The place of the picture's upper left corner in each frame `[samples, time, 2]`: x, y in pixels, float32.
   */
  readonly positions: HostArray;
  readonly source: string;
}

/** The random stream of motion, "move". */
const STREAM = 0x6d6f7665;

/**
 * Sequences of a digit that moves through a frame with constant velocity, in one of eight directions or not
 * at all. Places are not whole pixels: each pixel of the digit is shared out over the four beneath it
 * (bilinear).
 *
 * Every nine sequences that start at a multiple of nine hold each motion once. Sequence i depends on the seed
 * and on i alone.
 *
 * @throws DataError if an option is out of range, or a straight path is longer than the frame has room for
 *
 * Source: N. Srivastava, E. Mansimov, R. Salakhutdinov, "Unsupervised learning of video representations using
 * LSTMs", 2015 (moving MNIST), with one digit.
 */
export function movingDigits(options: MovingDigitsOptions = {}): MovingDigits {
  const { samples = 1000, first = 0, seed = 0, frames = 20, size = 32, shrink = 2 } = options;
  const { motion = "straight", speed = [0.4, 0.9] } = options;
  for (const [name, value, least] of [
    ["samples", samples, 1],
    ["first", first, 0],
    ["frames", frames, 1],
    ["size", size, 1],
    ["shrink", shrink, 1],
    ["seed", seed, Number.MIN_SAFE_INTEGER],
  ] as const) {
    if (Number.isSafeInteger(value) && value >= least) continue;
    throw new DataError(`movingDigits: bad ${name}, got ${value}, expected an integer from ${least}`);
  }
  const pictures = options.pictures ?? syntheticDigits(seed, samples, { first }).x;
  const [count = 0, channels, height = 0, width = 0] = pictures.shape;
  if (pictures.shape.length !== 4 || channels !== 1 || count < 1 || height % shrink || width % shrink) {
    const expected = `[n, 1, height, width] of multiples of ${shrink}`;
    throw new DataError(`movingDigits: got pictures [${pictures.shape}], expected ${expected}`);
  }
  const room = [size - width / shrink, size - height / shrink] as const;
  const path = motion === "straight" ? speed[1] * (frames - 1) : 0;
  if (!(speed[0] >= 0 && speed[0] <= speed[1] && Math.min(...room) >= path && speed[1] < Math.min(...room))) {
    throw new DataError(
      `movingDigits: got ${frames} frames at a speed of ${speed[0]} to ${speed[1]} pixels, ` +
        `expected a path (and a step) within the ${Math.min(...room)} pixels that a frame of ${size} has left`,
    );
  }
  const random = itemRandom(seed, STREAM);
  const labels = new Int32Array(samples);
  const positions = new Float32Array(samples * frames * 2);
  const pixels = new Float32Array(samples * frames * size * size);
  for (let sample = 0; sample < samples; sample += 1) {
    const label = motionAt(first + sample, random);
    labels[sample] = label;
    random.seek(2 * (first + sample) + 1);
    const at = options.pictures ? Math.floor(random.uniform() * count) : sample;
    const picture = smaller(pictures, at, shrink);
    const pace = speed[0] + (speed[1] - speed[0]) * random.uniform();
    const places = DIRECTIONS[label]!.map((direction, axis) => {
      return track(direction * pace, frames, room[axis]!, motion, random.uniform());
    });
    for (let frame = 0; frame < frames; frame += 1) {
      const index = sample * frames + frame;
      const [x, y] = [places[0]![frame]!, places[1]![frame]!];
      positions.set([x, y], 2 * index);
      draw(
        picture,
        width / shrink,
        x,
        y,
        pixels.subarray(index * size * size, (index + 1) * size * size),
        size,
      );
    }
  }
  return {
    frames: { data: pixels, shape: [samples, frames, 1, size, size] },
    motion: { data: labels, shape: [samples] },
    positions: { data: positions, shape: [samples, frames, 2] },
    source: `moving digits (${options.pictures ? "given pictures" : "synthetic"}), ${motion}, seed ${seed}`,
  };
}

/** The class of a sequence: its place in the shuffled nine that it falls into. */
function motionAt(index: number, random: ItemRandom): number {
  const order = MOTIONS.map((_, label) => label);
  random.seek(2 * Math.floor(index / order.length));
  for (let i = order.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random.uniform() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order[index % order.length]!;
}

/** Where it is in each frame along one axis; `start` from 0 to 1 chooses among the places to begin at. */
function track(velocity: number, frames: number, room: number, motion: string, start: number): number[] {
  const path = motion === "straight" ? velocity * (frames - 1) : 0;
  let place = Math.max(-path, 0) + start * (room - Math.abs(path));
  let step = velocity;
  const places: number[] = [];
  for (let frame = 0; frame < frames; frame += 1) {
    // Rounding may lead a hair's breadth out of the frame.
    places.push(Math.min(Math.max(place, 0), room));
    place += step;
    if (motion === "bounce" && (place < 0 || place > room)) {
      place = place < 0 ? -place : 2 * room - place;
      step = -step;
    }
  }
  return places;
}

function smaller({ data, shape }: HostArray, at: number, shrink: number): Float64Array {
  const [, , height = 0, width = 0] = shape;
  const columns = width / shrink;
  const picture = new Float64Array((height / shrink) * columns);
  for (let pixel = 0; pixel < height * width; pixel += 1) {
    const to = Math.floor(pixel / width / shrink) * columns + Math.floor((pixel % width) / shrink);
    picture[to]! += data[at * height * width + pixel]! / (shrink * shrink);
  }
  return picture;
}

/** Adds the picture to an empty frame with its upper left corner at x, y. */
function draw(
  picture: Float64Array,
  width: number,
  x: number,
  y: number,
  frame: Float32Array,
  size: number,
): void {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [right, down] = [x - left, y - top];
  const shares = [
    [0, 0, (1 - right) * (1 - down)],
    [1, 0, right * (1 - down)],
    [0, 1, (1 - right) * down],
    [1, 1, right * down],
  ] as const;
  for (const [dx, dy, share] of shares) {
    if (share === 0) continue;
    picture.forEach((ink, pixel) => {
      const row = top + dy + Math.floor(pixel / width);
      frame[row * size + left + dx + (pixel % width)]! += share * ink;
    });
  }
}
