import { DataError } from "@hekla/tensor/errors";
import { itemRandom } from "../counter-random.js";
import { columnsOf, type TimeSeries } from "./time-series.js";

export interface DampedSineOptions {
  /** How many values. Default 1 000. */
  readonly samples?: number;
  /** Values in a period. Default 50. */
  readonly period?: number;
  /** By what factor a period is smaller than the one before it. Default 0.9; 1: not damped. */
  readonly decay?: number;
  /** Default 1. */
  readonly amplitude?: number;
  /** Angle of the first value, radians. Default 0. */
  readonly phase?: number;
  /** Standard deviation of the noise added, in units of the amplitude. Default 0. */
  readonly noise?: number;
  /** Seed of the noise. Default 0. */
  readonly seed?: number;
}

/** The random stream of the noise, "sine". */
const STREAM = 0x73696e65;

/**
 * A damped sine wave: `amplitude * decay^(t / period) * sin(2 pi t / period + phase)` for `t = 0, 1, 2, ...`,
 * with noise or without.
 *
 * @returns one column, `sine`, a value a minute
 * @throws DataError if an option is out of range
 */
export function dampedSine(options: DampedSineOptions = {}): TimeSeries {
  const { samples = 1000, period = 50, decay = 0.9, amplitude = 1, phase = 0, noise = 0, seed = 0 } = options;
  const positive = [period, decay, amplitude].every((value) => value > 0 && Number.isFinite(value));
  if (
    !Number.isSafeInteger(samples) ||
    samples < 1 ||
    !positive ||
    !(noise >= 0) ||
    !Number.isSafeInteger(seed)
  ) {
    const shape = `period ${period}, decay ${decay}, amplitude ${amplitude}`;
    const got = `samples ${samples}, ${shape}, noise ${noise}, seed ${seed}`;
    throw new DataError(
      `dampedSine: got ${got}, expected numbers above 0 (noise: from 0), samples and seed integers`,
    );
  }
  const random = itemRandom(seed, STREAM);
  const sine = Float64Array.from({ length: samples }, (_, t) => {
    const wave = amplitude * decay ** (t / period) * Math.sin((2 * Math.PI * t) / period + phase);
    return noise === 0 ? wave : wave + amplitude * noise * random.bell();
  });
  return {
    minutes: Float64Array.from(sine, (_, t) => t),
    columns: ["sine"],
    values: columnsOf([sine]),
    source: `damped sine, period ${period}, decay ${decay}${noise ? `, noise ${noise}, seed ${seed}` : ""}`,
  };
}
