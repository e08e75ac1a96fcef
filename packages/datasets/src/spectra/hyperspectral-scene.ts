import type { HostArray } from "@hekla/tensor";

/** A picture with a spectrum in each pixel, and what it is mixed of. */
export interface HyperspectralScene {
  /** Spectra `[height * width, bands]`, float32, row after row of the picture. */
  readonly pixels: HostArray;
  readonly height: number;
  readonly width: number;
  /** The pure spectra `[materials, bands]`, float32. */
  readonly endmembers: HostArray;
  /** Share of each material in each pixel `[height * width, materials]`, float32 from 0 to 1 with sum 1. */
  readonly abundances: HostArray;
  /** Names of the materials, in the order of `endmembers`. */
  readonly materials: readonly string[];
  /** The middle of each band, nm. */
  readonly wavelengths: Float64Array;
  /** Where it comes from: the file's full name, or how it was made. */
  readonly source: string;
}

/** `count` wavelengths from `first` to `last`, evenly spaced. */
export function evenWavelengths(first: number, last: number, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, band) => first + ((last - first) * band) / (count - 1));
}
