import type { HostArray } from "@hekla/tensor";
import { largestTotal, RangeDecoder, RangeEncoder } from "./range-coder.js";

/** How latents become bytes: learnt from the training pictures' latents, kept in the model's file. */
export interface LatentCode {
  /** Latents are the whole numbers from `-2^(bits-1)` to `2^(bits-1) - 1`. */
  readonly bits: number;
  readonly channels: readonly ChannelCode[];
}

export interface ChannelCode {
  /** Whether a latent's difference from what its neighbours foretell is coded in place of it. */
  readonly foretold: boolean;
  /** Frequencies `[context][symbol]`, all above zero, of numbers from `-2^bits` to `2^bits - 1`. */
  readonly tables: readonly (readonly number[])[];
}

/** Contexts of a number, by how restless what is near it is. */
const edges = [1, 2, 3, 4, 5, 7, 9, 12, 16];
const contextOf = (unrest: number): number => {
  const context = edges.findIndex((edge) => unrest < edge);
  return context < 0 ? edges.length : context;
};

/**
 * Counts how often each number comes in each channel and context, and takes the cheaper way for each channel.
 * @param latents `[pictures, channels, height, width]`, whole numbers
 */
export function learnLatentCode(latents: HostArray, bits: number): LatentCode {
  const [pictures = 0, channels = 0] = latents.shape;
  const learn = (channel: number, foretold: boolean) => {
    const counts = Array.from({ length: edges.length + 1 }, () => new Array<number>(2 ** (bits + 1)).fill(0));
    for (let picture = 0; picture < pictures; picture++) {
      eachLatent(latents, picture, channel, foretold, (context, guess, at) => {
        counts[context]![latents.data[at]! - guess + 2 ** bits]!++;
      });
    }
    const tables = counts.map(scaled);
    return { foretold, tables, cost: costOf(counts, tables) };
  };
  const cheaper = (_: unknown, channel: number): ChannelCode => {
    const [plain, foretold] = [learn(channel, false), learn(channel, true)];
    const { cost, ...code } = foretold.cost < plain.cost ? foretold : plain;
    return code;
  };
  return { bits, channels: Array.from({ length: channels }, cheaper) };
}

/** Shares of counts as frequencies; what never came may come all the same. */
function scaled(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const room = largestTotal - counts.length;
  return counts.map((count) => 1 + (total === 0 ? 0 : Math.floor((count / total) * room)));
}

function costOf(counts: readonly (readonly number[])[], tables: readonly (readonly number[])[]): number {
  let bits = 0;
  counts.forEach((row, context) => {
    const total = tables[context]!.reduce((sum, frequency) => sum + frequency, 0);
    row.forEach((count, symbol) => {
      if (count > 0) bits -= count * Math.log2(tables[context]![symbol]! / total);
    });
  });
  return bits;
}

/** One picture's latents as bytes. */
export function encodeLatents(latents: HostArray, picture: number, code: LatentCode): Uint8Array {
  const encoder = new RangeEncoder();
  code.channels.forEach(({ foretold, tables }, channel) => {
    eachLatent(latents, picture, channel, foretold, (context, guess, at) => {
      encoder.encode(latents.data[at]! - guess + 2 ** code.bits, tables[context]!);
    });
  });
  return encoder.finish();
}

/**
 * The latents `[1, channels, height, width]` of `encodeLatents`.
 * @throws DataError if the bytes are cut short
 */
export function decodeLatents(
  bytes: Uint8Array,
  [height = 0, width = 0]: readonly number[],
  code: LatentCode,
): HostArray {
  const decoder = new RangeDecoder(bytes);
  const shape = [1, code.channels.length, height, width];
  const latents = { data: new Float32Array(code.channels.length * height * width), shape };
  code.channels.forEach(({ foretold, tables }, channel) => {
    eachLatent(latents, 0, channel, foretold, (context, guess, at) => {
      latents.data[at] = decoder.decode(tables[context]!) - 2 ** code.bits + guess;
    });
  });
  return latents;
}

/**
 * Goes through a channel of a picture row by row; what a visit is told follows from what comes before it alone. The guess
 * is the median of the left, the upper and `left + upper - corner`, or zero.
 * Source: Weinberger, Seroussi and Sapiro, "The LOCO-I lossless image compression algorithm", 2000.
 */
function eachLatent(
  { data, shape }: HostArray,
  picture: number,
  channel: number,
  foretold: boolean,
  visit: (context: number, guess: number, at: number) => void,
): void {
  const [, channels = 0, height = 0, width = 0] = shape;
  const area = height * width;
  const from = (picture * channels + channel) * area;
  // Channels of one place are restless together.
  const before = (at: number, back: number) => (channel < back ? 0 : size(data[at - back * area]!));
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const at = from + row * width + column;
      const left = column === 0 ? 0 : data[at - 1]!;
      const above = row === 0 ? 0 : data[at - width]!;
      const corner = column === 0 || row === 0 ? 0 : data[at - width - 1]!;
      const others = Math.floor((before(at, 1) + before(at, 2) + before(at, 3) + before(at, 4)) / 2);
      if (foretold) {
        const [low, high] = left < above ? [left, above] : [above, left];
        const guess = row === 0 || column === 0 ? left + above : clamp(left + above - corner, low, high);
        visit(contextOf(size(left - corner) + size(above - corner) + others), guess, at);
      } else visit(contextOf(size(left) + size(above) + others), 0, at);
    }
  }
}

/** Of a difference or latent beside a number; a single large one says no more than this. */
const size = (value: number): number => Math.min(Math.abs(value), 5);
const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);
