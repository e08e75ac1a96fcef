import { DataError } from "@hekla/tensor/errors";
import { type ItemRandom, itemRandom } from "../counter-random.js";
import { valueNoise } from "../scenes/value-noise.js";
import { evenWavelengths, type HyperspectralScene } from "./hyperspectral-scene.js";
import { spectralAngle } from "./spectral-angle.js";

export interface SyntheticSceneOptions {
  /** Default 48. */
  readonly height?: number;
  /** Default 48. */
  readonly width?: number;
  /** Default 100, from 400 to 2 500 nm. */
  readonly bands?: number;
  /** How many materials are mixed. Default 4. */
  readonly materials?: number;
  /**
   * Standard deviation of the noise in each band of each pixel; reflectances are from 0 to 1. Default 0.01.
   */
  readonly noise?: number;
  /** Default 0. */
  readonly seed?: number;
}

/** The random stream of scenes, "spec", and the numbers of what is drawn from it. */
const STREAM = 0x73706563;
const [SPECTRA, SHARES, NOISE] = [0, 1, 2];
/** Angle that two endmembers have at least, radians: as far apart as soil and trees of Samson, nearly. */
const APART = 0.25;

/**
 * A made-up hyperspectral scene, mixed linearly: `pixel = sum_m abundance_m * endmember_m + noise`, clipped
 * at 0.
 *
 * Endmembers are smooth spectra from 0.05 to 0.95, at least 0.25 rad apart; abundances change smoothly over
 * the picture, and each material has a place where it is (nearly) alone. The same options give the same
 * bytes on every platform.
 *
 * @throws DataError if an option is out of range, or so many materials cannot be told apart
 */
export function syntheticScene(options: SyntheticSceneOptions = {}): HyperspectralScene {
  const { height = 48, width = 48, bands = 100, materials = 4, noise = 0.01, seed = 0 } = options;
  for (const [name, value, least] of [
    ["height", height, 2],
    ["width", width, 2],
    ["bands", bands, 8],
    ["materials", materials, 2],
    ["seed", seed, Number.MIN_SAFE_INTEGER],
  ] as const) {
    if (Number.isSafeInteger(value) && value >= least) continue;
    throw new DataError(`syntheticScene: bad ${name}, got ${value}, expected an integer from ${least}`);
  }
  if (!(noise >= 0 && noise < 1)) {
    throw new DataError(`syntheticScene: bad noise, got ${noise}, expected a number from 0, below 1`);
  }
  const random = itemRandom(seed, STREAM);
  random.seek(SPECTRA);
  const spectra = endmembersOf(materials, bands, random);
  random.seek(SHARES);
  const shares = abundancesOf(materials, height, width, random);
  random.seek(NOISE);
  const pixels = new Float32Array(height * width * bands);
  for (let at = 0; at < pixels.length; at += 1) {
    const [pixel, band] = [Math.floor(at / bands), at % bands];
    let value = noise * random.bell();
    for (let m = 0; m < materials; m += 1) value += shares[pixel * materials + m]! * spectra[m]![band]!;
    pixels[at] = Math.max(value, 0);
  }
  return {
    pixels: { data: pixels, shape: [height * width, bands] },
    height,
    width,
    endmembers: {
      data: Float32Array.from(spectra.flatMap((one) => [...one])),
      shape: [materials, bands],
    },
    abundances: { data: Float32Array.from(shares), shape: [height * width, materials] },
    materials: spectra.map((_, m) => `material ${m + 1}`),
    wavelengths: evenWavelengths(400, 2500, bands),
    source: `synthetic scene, ${materials} materials, noise ${noise}, seed ${seed}`,
  };
}

function endmembersOf(count: number, bands: number, random: ItemRandom): Float64Array[] {
  const spectra: Float64Array[] = [];
  for (let attempt = 0; spectra.length < count; attempt += 1) {
    if (attempt === 2000) {
      throw new DataError(
        `syntheticScene: got ${count} materials, expected fewer: ${spectra.length} found far enough apart`,
      );
    }
    const spectrum = drawSpectrum(bands, random);
    if (spectra.every((other) => spectralAngle(other, spectrum) >= APART)) spectra.push(spectrum);
  }
  return spectra;
}

/** A slope with a few broad bumps and hollows, stretched to a random range within 0.05 .. 0.95. */
function drawSpectrum(bands: number, random: ItemRandom): Float64Array {
  const slope = 2 * random.uniform() - 1;
  const bumps = Array.from({ length: 3 + (random.bits() % 3) }, () => ({
    at: random.uniform(),
    width: 0.05 + 0.2 * random.uniform(),
    height: 2 * random.uniform() - 1,
  }));
  const raw = Float64Array.from({ length: bands }, (_, band) => {
    const x = band / (bands - 1);
    // Bell-shaped, but of divisions only: the exponential's last bits differ between JavaScript engines.
    const bump = (t: number): number => 1 / ((1 + t * t) * (1 + t * t));
    return bumps.reduce((sum, { at, width, height }) => sum + height * bump((x - at) / width), slope * x);
  });
  const [low, high] = [Math.min(...raw), Math.max(...raw)];
  const from = 0.05 + 0.2 * random.uniform();
  const to = from + (0.95 - from) * (0.4 + 0.6 * random.uniform());
  return raw.map((value) => from + ((to - from) * (value - low)) / Math.max(high - low, 1e-9));
}

/**
 * Shares `[height * width, materials]`: where a material's noise is above that of the others, it prevails.
 */
function abundancesOf(materials: number, height: number, width: number, random: ItemRandom): Float64Array {
  const fields = Array.from({ length: materials }, (_, m) => ({
    noise: valueNoise(random, 4, 2),
    // Homes lie on a spread of rows and columns, one to each material, so that none hides another's.
    x: (((m * 5 + 2) % materials) + 0.2 + 0.6 * random.uniform()) / materials,
    y: (m + 0.2 + 0.6 * random.uniform()) / materials,
  }));
  const shares = new Float64Array(height * width * materials);
  for (let pixel = 0; pixel < height * width; pixel += 1) {
    const u = (pixel % width) / (width - 1);
    const v = Math.floor(pixel / width) / (height - 1);
    const weights = fields.map(({ noise, x, y }) => {
      const distance = ((u - x) * (u - x) + (v - y) * (v - y)) * materials * materials;
      const value = noise(u, v) + 2 / (1 + 4 * distance * distance);
      const squared = value * value;
      return squared * squared * squared;
    });
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (let m = 0; m < materials; m += 1) shares[pixel * materials + m] = weights[m]! / total;
  }
  return shares;
}
