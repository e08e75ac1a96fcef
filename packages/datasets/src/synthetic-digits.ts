import { DataError } from "@hekla/tensor/errors";
import { type ItemRandom, itemRandom } from "./counter-random.js";
import { centreInk, drawPath, fitPath, IMAGE_SIZE, type Pen } from "./digit-image.js";
import { type DigitFormat, type DigitSet, type DigitSplit, digitSplit } from "./digit-set.js";
import { digitHands, type Hand } from "./digit-strokes.js";
import { newPenPath, type PenPath, type Wobble, writeHand } from "./pen-path.js";

/** Which digits of the endless series that belongs to a seed, and in what form. */
export interface SyntheticDigitsOptions extends DigitFormat {
  /** Number of the first digit, default 0: two ranges that do not overlap share no picture. */
  readonly first?: number;
}

const STREAM = 0x68656b6c;
const PIXELS = IMAGE_SIZE * IMAGE_SIZE;

/**
 * Draws `n` handwritten-looking digits in the manner of MNIST: pen strokes in several hands per digit, distorted,
 * rendered with soft edges, fitted into 20 x 20 pixels and centred by mass in 28 x 28.
 *
 * Digit i depends on the seed and on i alone, and is the same to the bit on every platform. Every ten digits that
 * start at a multiple of ten hold each class once.
 *
 * @param seed any safe integer.
 * @param n how many digits.
 * @returns `x` `[n, 1, 28, 28]` float32 in 0..1 and `y` `[n, 10]` one-hot float32, or as `options` asks.
 * @throws DataError if the seed, `n` or `first` is not a safe integer, or one of the latter is negative.
 */
export function syntheticDigits(seed: number, n: number, options: SyntheticDigitsOptions = {}): DigitSplit {
  const first = options.first ?? 0;
  checkInteger("seed", seed, Number.MIN_SAFE_INTEGER);
  checkInteger("n", n, 0);
  checkInteger("first", first, 0);
  const pixels = new Uint8Array(n * PIXELS);
  const labels = new Uint8Array(n);
  const random = itemRandom(seed, STREAM);
  const path = newPenPath();
  const ink = new Float64Array(PIXELS);
  for (let i = 0; i < n; i += 1) {
    const label = digitAt(first + i, random);
    labels[i] = label;
    ink.fill(0);
    random.seek(2 * (first + i) + 1);
    drawDigit(label, random, path, ink);
    centreInk(ink, pixels.subarray(i * PIXELS, (i + 1) * PIXELS));
  }
  return digitSplit(pixels, labels, options);
}

/** Sizes, seed and form of a whole synthetic set. */
export interface SyntheticMnistOptions extends DigitFormat {
  /** Default 0. */
  readonly seed?: number;
  /** Number of training digits, default 10 000. */
  readonly train?: number;
  /** Number of test digits, default 2 000; none of them is among the training digits. */
  readonly test?: number;
}

/** A stand-in for `mnist()` that needs no file and no network: training and test digits drawn from strokes. */
export function syntheticMnist(options: SyntheticMnistOptions = {}): DigitSet {
  const { seed = 0, train = 10_000, test = 2_000 } = options;
  return {
    train: syntheticDigits(seed, train, options),
    test: syntheticDigits(seed, test, { ...options, first: train }),
    source: `synthetic digits, seed ${seed}`,
  };
}

function checkInteger(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new DataError(`syntheticDigits: bad ${name}, got ${value}, expected an integer from ${least}`);
}

/** The class of digit `index`: place `index % 10` in the shuffled ten that the index falls into. */
function digitAt(index: number, random: ItemRandom): number {
  const order = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  random.seek(2 * Math.floor(index / order.length));
  for (let i = order.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random.uniform() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order[index % order.length]!;
}

function drawDigit(digit: number, random: ItemRandom, path: PenPath, ink: Float64Array): void {
  const hand = chooseHand(digitHands[digit]!, random);
  writeHand(hand, randomWobble(random), random, path);
  const pen = randomPen(digit, random);
  fitPath(path, pen);
  drawPath(path, pen, ink);
}

function chooseHand(hands: readonly Hand[], random: ItemRandom): Hand {
  let left = random.uniform() * hands.reduce((sum, hand) => sum + hand.weight, 0);
  for (const hand of hands) {
    left -= hand.weight;
    if (left < 0) return hand;
  }
  return hands[0]!;
}

function randomWobble(random: ItemRandom): Wobble {
  return {
    point: 1.5 + 4.5 * random.uniform(),
    stroke: 2.5,
    bend: 4 + 6 * random.uniform(),
    elastic: 2.5 + 4.5 * random.uniform(),
    tremor: 0.9 * random.uniform(),
    pressure: 0.1,
  };
}

/** Mean ratio of width to height, as people write these digits, against the strokes of `digitHands`. */
const ASPECT = [1.02, 0.85, 1, 0.9, 0.9, 1, 0.9, 0.88, 0.98, 0.88];

function randomPen(digit: number, random: ItemRandom): Pen {
  const spread = digit === 1 ? 0.28 : 0.22;
  const stretch = 1 + (digit === 0 ? 0.16 : 0.12) * random.bell();
  return {
    slant: clamp(0.16 + spread * random.bell(), -0.4, 0.9),
    turn: 0.05 * random.bell(),
    aspect: clamp(ASPECT[digit]! * stretch * stretch, 0.45, 1.9),
    radius: clamp(1.25 + 0.36 * random.bell(), 0.6, 2.4),
    softness: 0.9 + 0.4 * random.uniform(),
    nib: 0.12 * random.bell(),
  };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
