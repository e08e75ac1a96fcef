import { DataError, type HostArray } from "@hekla/tensor";
import { appendText } from "../files/files.js";
import { crc32c } from "../formats/checksums.js";
import { encodePng } from "./png.js";
import { ProtobufWriter } from "./protobuf.js";

/** CRC-32C, turned and moved as records keep it. Source: TensorFlow, tfrecord's documentation. */
function maskedCrc(bytes: Uint8Array): number {
  const value = crc32c(bytes);
  return (((value >>> 15) | (value << 17)) + 0xa282ead8) >>> 0;
}

/** Length, its checksum, the bytes, their checksum: one record of an event file. */
function record(bytes: Uint8Array): Uint8Array {
  const framed = new Uint8Array(bytes.length + 16);
  const view = new DataView(framed.buffer);
  view.setUint32(0, bytes.length, true);
  view.setUint32(8, maskedCrc(framed.subarray(0, 8)), true);
  framed.set(bytes, 12);
  view.setUint32(12 + bytes.length, maskedCrc(bytes), true);
  return framed;
}

/** Limits of the buckets of histograms: 1e-12 and on, a tenth more each, mirrored. Source: TensorFlow, histogram.cc. */
const bucketLimits: readonly number[] = (() => {
  const positive: number[] = [];
  for (let limit = 1e-12; limit < 1e20; limit *= 1.1) positive.push(limit);
  return [-Number.MAX_VALUE, ...positive.map((limit) => -limit).reverse(), 0, ...positive, Number.MAX_VALUE];
})();

function histogramMessage(values: ArrayLike<number>): ProtobufWriter {
  let [minimum, maximum, sum, squares, count] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0, 0];
  const counts = new Map<number, number>();
  for (let k = 0; k < values.length; k++) {
    const value = values[k]!;
    if (!Number.isFinite(value)) continue;
    count++;
    minimum = Math.min(minimum, value);
    maximum = Math.max(maximum, value);
    sum += value;
    squares += value * value;
    let [low, high] = [0, bucketLimits.length - 1];
    // The first limit above the value.
    while (low < high) {
      const middle = (low + high) >> 1;
      if (bucketLimits[middle]! > value) high = middle;
      else low = middle + 1;
    }
    counts.set(low, (counts.get(low) ?? 0) + 1);
  }
  // Empty buckets beside full ones give the bars their left edges.
  const used = new Set(
    [...counts.keys()].flatMap((bucket) => (bucket > 0 ? [bucket - 1, bucket] : [bucket])),
  );
  const order = [...used].sort((a, b) => a - b);
  return new ProtobufWriter()
    .double(1, count === 0 ? 0 : minimum)
    .double(2, count === 0 ? 0 : maximum)
    .double(3, count)
    .double(4, sum)
    .double(5, squares)
    .doubles(
      6,
      order.map((bucket) => bucketLimits[bucket]!),
    )
    .doubles(
      7,
      order.map((bucket) => counts.get(bucket) ?? 0),
    );
}

let files = 0;

/**
 * Writes an event file that TensorBoard shows: scalars, histograms, pictures. Events are appended as whole records, so
 * that a file is readable while it grows. Node only.
 * Source: TensorFlow's event.proto and summary.proto.
 */
export class EventFile {
  readonly path: string;
  #began = false;

  /** @param folder where the file goes; each folder is a run in TensorBoard */
  constructor(folder: string) {
    const seconds = Math.floor(Date.now() / 1000);
    const { process } = globalThis as { process?: { pid?: number } };
    this.path = `${folder}/events.out.tfevents.${seconds}.hekla.${process?.pid ?? 0}.${files++}`;
  }

  async #write(step: number, fill: (event: ProtobufWriter) => void): Promise<void> {
    const event = new ProtobufWriter().double(1, Date.now() / 1000).integer(2, step);
    fill(event);
    await appendText("tensorBoard", this.path, record(event.finish()));
  }

  async #summary(step: number, values: readonly ProtobufWriter[]): Promise<void> {
    if (!this.#began) {
      this.#began = true;
      await this.#write(0, (event) => event.text(3, "brain.Event:2"));
    }
    const summary = new ProtobufWriter();
    for (const value of values) summary.message(1, value);
    await this.#write(step, (event) => event.message(5, summary));
  }

  /** Numbers by tag. */
  scalars(step: number, values: Readonly<Record<string, number>>): Promise<void> {
    const messages = Object.entries(values).map(([tag, value]) =>
      new ProtobufWriter().text(1, tag).float(2, value),
    );
    return this.#summary(step, messages);
  }

  /** How values are spread; those that are not finite are left out. */
  histogram(step: number, tag: string, values: ArrayLike<number>): Promise<void> {
    return this.#summary(step, [new ProtobufWriter().text(1, tag).message(5, histogramMessage(values))]);
  }

  /**
   * A picture `[height, width, channels]` of bytes, or of numbers from 0 to 1.
   * @throws DataError for another shape, or more than 4 channels
   */
  async image(step: number, tag: string, { data, shape }: HostArray): Promise<void> {
    const [height = 0, width = 0, channels = 0] = shape;
    if (shape.length !== 3 || channels < 1 || channels > 4) {
      throw new DataError(
        `tensorBoard: ${tag} is no picture, got [${shape}], expected [height, width, channels] with 1 to 4 channels`,
      );
    }
    const pixels =
      data instanceof Uint8Array
        ? data
        : Uint8Array.from(data, (value) => Math.round(255 * Math.min(Math.max(value, 0), 1)));
    const picture = new ProtobufWriter()
      .integer(1, height)
      .integer(2, width)
      .integer(3, channels)
      .bytes(4, await encodePng(pixels, height, width, channels));
    await this.#summary(step, [new ProtobufWriter().text(1, tag).message(4, picture)]);
  }
}
