import { DataError, type HostRandom, ShapeError } from "@hekla/tensor";
import { product } from "./batch-shape.js";
import { type Config, type Configurable, type Like, resolveObject } from "./named-object.js";

/** Makes the first values of a weight. */
export interface Initializer extends Configurable {
  /** Row-major values for a weight of this shape. */
  values(shape: readonly number[], random: HostRandom): Float32Array;
}

function draw(shape: readonly number[], next: () => number): Float32Array {
  const values = new Float32Array(product(shape));
  for (let index = 0; index < values.length; index++) values[index] = next();
  return values;
}

/** A normal number drawn again until it lies within two standard deviations. */
function truncatedNormal(random: HostRandom): number {
  for (;;) {
    const value = random.normal();
    if (Math.abs(value) <= 2) return value;
  }
}

/** All values equal, 0 by default. */
export class Constant implements Initializer {
  readonly className: string = "Constant";
  constructor(private readonly value = 0) {}
  values(shape: readonly number[]): Float32Array {
    return new Float32Array(product(shape)).fill(this.value);
  }
  getConfig(): Config {
    return { value: this.value };
  }
}

/** All values 0. */
export class Zeros extends Constant {
  override readonly className: string = "Zeros";
  constructor() {
    super(0);
  }
  override getConfig(): Config {
    return {};
  }
}

/** All values 1. */
export class Ones extends Constant {
  override readonly className: string = "Ones";
  constructor() {
    super(1);
  }
  override getConfig(): Config {
    return {};
  }
}

/** A matrix with `gain` on its diagonal, 1 by default, and 0 elsewhere. */
export class IdentityInitializer implements Initializer {
  readonly className: string = "Identity";
  constructor(private readonly gain = 1) {}
  /** @throws ShapeError for a weight that is no matrix */
  values(shape: readonly number[]): Float32Array {
    const [rows, columns] = shape as [number, number];
    if (shape.length !== 2) {
      throw new ShapeError(`identity: got a weight of shape [${shape}], expected a matrix`);
    }
    const values = new Float32Array(rows * columns);
    for (let index = 0; index < Math.min(rows, columns); index++) values[index * (columns + 1)] = this.gain;
    return values;
  }
  getConfig(): Config {
    return { gain: this.gain };
  }
}

/** Evenly spread over [minval, maxval), -0.05 to 0.05 by default. */
export class RandomUniform implements Initializer {
  readonly className: string = "RandomUniform";
  constructor(
    private readonly minval = -0.05,
    private readonly maxval = 0.05,
  ) {}
  values(shape: readonly number[], random: HostRandom): Float32Array {
    return draw(shape, () => this.minval + (this.maxval - this.minval) * random.uniform());
  }
  getConfig(): Config {
    return { minval: this.minval, maxval: this.maxval };
  }
}

/** Normal numbers, mean 0 and standard deviation 0.05 by default. */
export class RandomNormal implements Initializer {
  readonly className: string = "RandomNormal";
  constructor(
    protected readonly mean = 0,
    protected readonly stddev = 0.05,
  ) {}
  values(shape: readonly number[], random: HostRandom): Float32Array {
    return draw(shape, () => this.mean + this.stddev * random.normal());
  }
  getConfig(): Config {
    return { mean: this.mean, stddev: this.stddev };
  }
}

/** Like `RandomNormal`, but numbers further than two standard deviations from the mean are drawn again. */
export class TruncatedNormal extends RandomNormal {
  override readonly className: string = "TruncatedNormal";
  override values(shape: readonly number[], random: HostRandom): Float32Array {
    return draw(shape, () => this.mean + this.stddev * truncatedNormal(random));
  }
}

/** Numbers of inputs and outputs of one unit: the last two axes, times the receptive field before them. */
export function computeFans(shape: readonly number[]): { fanIn: number; fanOut: number } {
  if (shape.length < 2) return { fanIn: shape[0] ?? 1, fanOut: shape[0] ?? 1 };
  const field = product(shape.slice(0, -2));
  return { fanIn: field * shape.at(-2)!, fanOut: field * shape.at(-1)! };
}

export interface VarianceScalingOptions {
  /** Default 1. */
  readonly scale?: number;
  /** By which number of units the variance is divided; "fanAvg" is the mean of both. Default "fanIn". */
  readonly mode?: "fanIn" | "fanOut" | "fanAvg";
  /** Default "truncatedNormal"; "normal" is another name for it, as in Keras. */
  readonly distribution?: "truncatedNormal" | "untruncatedNormal" | "uniform" | "normal";
}

/** Standard deviation of a normal distribution cut at two standard deviations. Source: Keras 3, `scipy.stats`. */
const truncatedDeviation = 0.87962566103423978;

const distributions = {
  uniform: (deviation, random) => Math.sqrt(3) * deviation * (2 * random.uniform() - 1),
  untruncatedNormal: (deviation, random) => deviation * random.normal(),
  truncatedNormal: (deviation, random) => (deviation / truncatedDeviation) * truncatedNormal(random),
} satisfies Record<string, (deviation: number, random: HostRandom) => number>;

/** The variance is one of these numbers of units. */
const fans = {
  fanIn: ({ fanIn }) => fanIn,
  fanOut: ({ fanOut }) => fanOut,
  fanAvg: ({ fanIn, fanOut }) => (fanIn + fanOut) / 2,
} satisfies Record<string, (of: ReturnType<typeof computeFans>) => number>;

/** Random numbers of mean 0 and variance `scale / fan`. Source: Keras 3 `VarianceScaling`. */
export class VarianceScaling implements Initializer {
  readonly className: string = "VarianceScaling";
  readonly #scale: number;
  readonly #mode: keyof typeof fans;
  readonly #distribution: keyof typeof distributions;

  /** @throws DataError for a bad setting */
  constructor({ scale = 1, mode = "fanIn", distribution = "normal" }: VarianceScalingOptions = {}) {
    this.#scale = scale;
    this.#mode = mode;
    this.#distribution = distribution === "normal" ? "truncatedNormal" : distribution;
    if (!(scale > 0) || !Object.hasOwn(fans, mode) || !Object.hasOwn(distributions, this.#distribution)) {
      throw new DataError(
        `varianceScaling: got scale ${scale}, mode "${mode}" and distribution "${distribution}", expected a number ` +
          `above 0, one of ${Object.keys(fans)} and one of ${Object.keys(distributions)}`,
      );
    }
  }
  values(shape: readonly number[], random: HostRandom): Float32Array {
    const deviation = Math.sqrt(this.#scale / Math.max(1, fans[this.#mode](computeFans(shape))));
    return draw(shape, () => distributions[this.#distribution](deviation, random));
  }
  getConfig(): Config {
    if (this.className !== "VarianceScaling") return {};
    return { scale: this.#scale, mode: this.#mode, distribution: this.#distribution };
  }
}

/** Uniform within `sqrt(6 / (fanIn + fanOut))`. Source: Glorot and Bengio 2010, equation 16. */
export class GlorotUniform extends VarianceScaling {
  override readonly className: string = "GlorotUniform";
  constructor() {
    super({ mode: "fanAvg", distribution: "uniform" });
  }
}

/** Truncated normal of variance `2 / (fanIn + fanOut)`. Source: Glorot and Bengio 2010. */
export class GlorotNormal extends VarianceScaling {
  override readonly className: string = "GlorotNormal";
  constructor() {
    super({ mode: "fanAvg" });
  }
}

/** Uniform within `sqrt(6 / fanIn)`. Source: He et al. 2015. */
export class HeUniform extends VarianceScaling {
  override readonly className: string = "HeUniform";
  constructor() {
    super({ scale: 2, distribution: "uniform" });
  }
}

/** Truncated normal of variance `2 / fanIn`. Source: He et al. 2015, equation 10. */
export class HeNormal extends VarianceScaling {
  override readonly className: string = "HeNormal";
  constructor() {
    super({ scale: 2 });
  }
}

/** Uniform within `sqrt(3 / fanIn)`. Source: LeCun et al. 1998. */
export class LecunUniform extends VarianceScaling {
  override readonly className: string = "LecunUniform";
  constructor() {
    super({ distribution: "uniform" });
  }
}

/** Truncated normal of variance `1 / fanIn`. Source: LeCun et al. 1998, equation 16. */
export class LecunNormal extends VarianceScaling {
  override readonly className: string = "LecunNormal";
  constructor() {
    super({ mode: "fanIn" });
  }
}

/**
 * A matrix with orthonormal rows or columns, whichever are fewer, times `gain`; all axes but the last count as rows.
 * Source: Saxe et al. 2014.
 */
export class Orthogonal implements Initializer {
  readonly className: string = "Orthogonal";
  constructor(private readonly gain = 1) {}
  values(shape: readonly number[], random: HostRandom): Float32Array {
    const columns = shape.at(-1) ?? 1;
    const rows = product(shape.slice(0, -1));
    const [count, length] = rows < columns ? [rows, columns] : [columns, rows];
    const basis = orthonormalVectors(count, length, random);
    return Float32Array.from({ length: rows * columns }, (_, index) => {
      const row = Math.floor(index / columns);
      const column = index % columns;
      return this.gain * (rows < columns ? basis[row]![column]! : basis[column]![row]!);
    });
  }
  getConfig(): Config {
    return { gain: this.gain };
  }
}

/** Random vectors made orthonormal by modified Gram-Schmidt, twice over for accuracy. */
function orthonormalVectors(count: number, length: number, random: HostRandom): Float64Array[] {
  const basis: Float64Array[] = [];
  for (let made = 0; made < count; made++) {
    const vector = Float64Array.from({ length }, () => random.normal());
    for (const other of [...basis, ...basis]) {
      const along = vector.reduce((total, value, index) => total + value * other[index]!, 0);
      for (let index = 0; index < length; index++) vector[index]! -= along * other[index]!;
    }
    const norm = Math.sqrt(vector.reduce((total, value) => total + value * value, 0));
    basis.push(vector.map((value) => value / norm));
  }
  return basis;
}

type Settings = Readonly<Record<string, never>>;

const makers = {
  Zeros: () => new Zeros(),
  Ones: () => new Ones(),
  Constant: ({ value }) => new Constant(value),
  Identity: ({ gain }) => new IdentityInitializer(gain),
  // The second name of a setting is that in files of version 0.1.
  RandomUniform: ({ minval, maxval, minimum, maximum }) =>
    new RandomUniform(minval ?? minimum, maxval ?? maximum),
  RandomNormal: ({ mean, stddev, standardDeviation }) => new RandomNormal(mean, stddev ?? standardDeviation),
  TruncatedNormal: ({ mean, stddev, standardDeviation }) =>
    new TruncatedNormal(mean, stddev ?? standardDeviation),
  VarianceScaling: (config) => new VarianceScaling(config),
  GlorotUniform: () => new GlorotUniform(),
  GlorotNormal: () => new GlorotNormal(),
  HeUniform: () => new HeUniform(),
  HeNormal: () => new HeNormal(),
  LecunUniform: () => new LecunUniform(),
  LecunNormal: () => new LecunNormal(),
  Orthogonal: ({ gain }) => new Orthogonal(gain),
} satisfies Readonly<Record<string, (config: Settings) => Initializer>>;

/** With further names of Keras 3. */
const named = {
  ...makers,
  Uniform: makers.RandomUniform,
  Normal: makers.RandomNormal,
  One: makers.Ones,
  Zero: makers.Zeros,
  IdentityInitializer: makers.Identity,
  OrthogonalInitializer: makers.Orthogonal,
};

/** What layers take: a name such as "heNormal", an initializer, or the config of one. */
export type InitializerLike = Like<Initializer, Uncapitalize<keyof typeof named>>;

/**
 * The initializer meant.
 * @throws DataError for a name or a class that is none
 */
export const resolveInitializer = (like: InitializerLike): Initializer =>
  resolveObject("initializer", like, named)!;
