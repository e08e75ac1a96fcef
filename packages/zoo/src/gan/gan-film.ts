import { type Callback, type Model, modelFromBytes } from "@hekla/layers";
import { DataError, type HostArray, HostRandom } from "@hekla/tensor";

/** How training went, kept in the model's file: figures an epoch, and what fixed latent points became. */
export interface GanRecord {
  readonly history: Readonly<Record<string, readonly number[]>>;
  /** The generator's steps before each frame. */
  readonly steps: readonly number[];
  /** Frames of `points` pictures of 28 x 28 grey values, 0 to 255. */
  readonly frames: readonly Uint8Array[];
}

const points = 10;
const pictureSize = 28 * 28;

/** Latent points `[count, latent]`, standard normal, that follow from a seed, a name and a number. */
export function latentPoints(
  count: number,
  latent: number,
  seed: number,
  name: string,
  index = 0,
): HostArray {
  const random = new HostRandom(seed, name, index);
  return {
    data: Float32Array.from({ length: count * latent }, () => random.normal()),
    shape: [count, latent],
  };
}

/** What a generator draws, as grey values 0 to 1 `[count, 28, 28]`. */
export async function drawPictures(sampler: Model, latents: HostArray): Promise<HostArray> {
  const { data } = await sampler.predict(latents, { batchSize: 500 });
  return { data: Float32Array.from(data, (value) => (value + 1) / 2), shape: [latents.shape[0]!, 28, 28] };
}

/**
 * Looks at fixed latent points before the first step and after `total / 2^k` steps: each frame is drawn after twice as
 * many steps as the one before. A film goes on where another ended.
 */
export class GanFilm implements Callback {
  readonly #due: ReadonlySet<number>;
  readonly #latents: HostArray;
  #before: GanRecord = { history: {}, steps: [], frames: [] };
  #steps: number[] = [];
  #frames: Uint8Array[] = [];
  #taken = 0;

  /** @param total steps of the whole training */
  constructor(
    private readonly sampler: Model,
    { latent, seed, total }: { readonly latent: number; readonly seed: number; readonly total: number },
  ) {
    this.#latents = latentPoints(points, latent, seed, "film");
    this.#due = new Set(
      Array.from({ length: 11 }, (_, k) => Math.round(total / 2 ** k)).filter((at) => at > 0),
    );
  }

  /** Goes on after `taken` steps; what was broken off within an epoch is done again. */
  resume(before: GanRecord, taken: number): void {
    const kept = before.steps.filter((step) => step <= taken).length;
    this.#before = before;
    this.#steps = before.steps.slice(0, kept);
    this.#frames = before.frames.slice(0, kept);
    this.#taken = taken;
  }

  async onTrainBegin(): Promise<void> {
    if (this.#taken === 0) await this.#look();
  }

  onBatchEnd(): Promise<void> | undefined {
    this.#taken++;
    return this.#due.has(this.#taken) ? this.#look() : undefined;
  }

  async #look(): Promise<void> {
    const { data } = await drawPictures(this.sampler, this.#latents);
    this.#steps.push(this.#taken);
    this.#frames.push(Uint8Array.from(data, (value) => Math.round(255 * value)));
  }

  /** The film so far with what `fit` recorded, as JSON for the model's file. */
  record(history: GanRecord["history"]): Readonly<Record<string, unknown>> {
    const names = new Set([...Object.keys(this.#before.history), ...Object.keys(history)]);
    const all = [...names].map((name) => [
      name,
      [...(this.#before.history[name] ?? []), ...(history[name] ?? [])],
    ]);
    return { history: Object.fromEntries(all), steps: this.#steps, frames: this.#frames.map(toBase64) };
  }
}

/** What the model's file says of its training. @throws DataError where it says nothing */
export function ganRecordOf(model: Model): GanRecord {
  const kept = model.attachments["gan"] as (Omit<GanRecord, "frames"> & { frames: string[] }) | undefined; // cast: `record` made it
  if (kept) return { ...kept, frames: kept.frames.map(fromBase64) };
  throw new DataError(
    "gan: the model's file holds no film of its training, got none, expected one of hekla train gan",
  );
}

/** The same of a file. */
export function ganRecordIn(file: { readonly bytes: Uint8Array; readonly source: string }): GanRecord {
  const model = modelFromBytes(file.bytes, { source: file.source });
  try {
    return ganRecordOf(model);
  } finally {
    model.dispose();
  }
}

/** All frames as pictures `[points * frames, 28, 28]`, a row for each latent point. */
export function filmStrip({ frames }: GanRecord): HostArray {
  const data = new Float32Array(points * frames.length * pictureSize);
  for (let point = 0; point < points; point++) {
    frames.forEach((frame, column) => {
      const picture = frame.subarray(point * pictureSize, (point + 1) * pictureSize);
      const place = (point * frames.length + column) * pictureSize;
      data.set(
        Float32Array.from(picture, (value) => value / 255),
        place,
      );
    });
  }
  return { data, shape: [points * frames.length, 28, 28] };
}

function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

const fromBase64 = (text: string): Uint8Array =>
  Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
