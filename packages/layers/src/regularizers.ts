import {
  abs,
  add,
  DataError,
  divide,
  eye,
  matmul,
  maximum,
  multiply,
  rsqrt,
  ShapeError,
  square,
  subtract,
  sum,
  type Tensor,
} from "@hekla/tensor";
import { type Config, type Configurable, type Like, type Makers, resolveObject } from "./named-object.js";

/** A penalty on a weight or an output, added to the loss. */
export interface Regularizer extends Configurable {
  /** The penalty, a scalar. */
  penalty(x: Tensor): Tensor;
}

/** What layers take: "l1", "l2", "l1L2", a regularizer, or the config of one. */
export type RegularizerLike = Like<Regularizer, Uncapitalize<keyof typeof makers>>;

function factor(name: string, value: number): number {
  if (Number.isFinite(value) && value >= 0) return value;
  throw new DataError(`regularizer: bad ${name}, got ${value}, expected a finite number of at least 0`);
}

/** `l1 sum |x| + l2 sum x^2`. Source: Keras 3 `L1L2`. */
export class L1L2 implements Regularizer {
  readonly className: string = "L1L2";
  readonly l1: number;
  readonly l2: number;

  constructor({ l1 = 0, l2 = 0 }: { readonly l1?: number; readonly l2?: number } = {}) {
    this.l1 = factor("l1", l1);
    this.l2 = factor("l2", l2);
  }

  penalty(x: Tensor): Tensor {
    const first = multiply(sum(abs(x)), this.l1);
    const second = multiply(sum(square(x)), this.l2);
    if (this.l2 === 0) return first;
    return this.l1 === 0 ? second : add(first, second);
  }

  getConfig(): Config {
    return { l1: this.l1, l2: this.l2 };
  }
}

/** `l1 sum |x|`, l1 0.01 by default. Source: Keras 3 `L1`. */
export class L1 extends L1L2 {
  override readonly className: string = "L1";
  constructor(l1 = 0.01) {
    super({ l1 });
  }
  override getConfig(): Config {
    return { l1: this.l1 };
  }
}

/** `l2 sum x^2`, l2 0.01 by default. Source: Keras 3 `L2`. */
export class L2 extends L1L2 {
  override readonly className: string = "L2";
  constructor(l2 = 0.01) {
    super({ l2 });
  }
  override getConfig(): Config {
    return { l2: this.l2 };
  }
}

export interface OrthogonalRegularizerOptions {
  /** Default 0.01. */
  readonly factor?: number;
  /** What shall be orthogonal to each other. Default "rows". */
  readonly mode?: "rows" | "columns";
}

/**
 * Mean absolute cosine between the rows (or columns) of a matrix, times `factor`.
 * Source: Keras 3 `OrthogonalRegularizer`.
 */
export class OrthogonalRegularizer implements Regularizer {
  readonly className: string = "OrthogonalRegularizer";
  readonly #factor: number;
  readonly #mode: "rows" | "columns";

  constructor(options: OrthogonalRegularizerOptions = {}) {
    this.#factor = factor("factor", options.factor ?? 0.01);
    this.#mode = options.mode ?? "rows";
    if (this.#mode !== "rows" && this.#mode !== "columns") {
      throw new DataError(`regularizer: bad mode, got "${this.#mode}", expected "rows" or "columns"`);
    }
  }

  penalty(x: Tensor): Tensor {
    if (x.rank !== 2) {
      throw new ShapeError(`orthogonalRegularizer: got a weight of shape [${x.shape}], expected a matrix`);
    }
    const rows = this.#mode === "rows";
    const squares = sum(square(x), { axes: rows ? 1 : 0, keepDims: true });
    const unit = multiply(x, rsqrt(maximum(squares, 1e-14)));
    const cosines = matmul(unit, unit, { transposeA: !rows, transposeB: rows });
    const size = x.shape[rows ? 0 : 1]!;
    const others = multiply(cosines, subtract(1, eye(size)));
    return divide(multiply(sum(abs(others)), 0.5 * this.#factor), (size * (size - 1)) / 2);
  }

  getConfig(): Config {
    return { factor: this.#factor, mode: this.#mode };
  }
}

const makers = {
  L1: ({ l1 }: { l1?: number }) => new L1(l1),
  L2: ({ l2 }: { l2?: number }) => new L2(l2),
  // By name alone both factors are 0.01, as in Keras.
  L1L2: (options: { l1?: number; l2?: number }) =>
    new L1L2(Object.keys(options).length === 0 ? { l1: 0.01, l2: 0.01 } : options),
  OrthogonalRegularizer: (options: OrthogonalRegularizerOptions) => new OrthogonalRegularizer(options),
} satisfies Makers<Regularizer>;

/**
 * The regularizer meant, undefined where none is.
 * @throws DataError for an unknown name
 */
export const resolveRegularizer = (like: RegularizerLike | null | undefined): Regularizer | undefined =>
  resolveObject("regularizer", like, makers);
