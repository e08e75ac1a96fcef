import { broadcastTo, expandDims, reshape, ShapeError, type Tensor, transpose } from "@hekla/tensor";
import { type BatchShape, formatBatchShape, product } from "../../batch-shape.js";

/**
 * Which axes of the inputs `[batch, ..., features]` queries and keys lie on; the others go with the batch.
 */
export class HeadAxes {
  readonly #owner: string;
  readonly #rank: number;
  readonly #attention: readonly number[];
  readonly #others: readonly number[];

  constructor(owner: string, query: BatchShape, given: number | readonly number[] | null | undefined) {
    this.#owner = owner;
    this.#rank = query.length;
    const inner = query.map((_, axis) => axis).slice(1, -1);
    const axes = given === null || given === undefined ? inner : typeof given === "number" ? [given] : given;
    this.#attention = axes.map((axis) => (axis < 0 ? axis + this.#rank : axis));
    this.#others = inner.filter((axis) => !this.#attention.includes(axis));
    if (this.#attention.length + this.#others.length !== inner.length || axes.length === 0) {
      throw new ShapeError(
        `${owner}: bad attentionAxes, got [${axes}] for inputs ${formatBatchShape(query)}, ` +
          "expected different axes between batch and features",
      );
    }
  }

  /** How many places there are along the axes of attention. */
  places(shape: readonly number[]): number {
    return product(this.#attention.map((axis) => shape[axis]!));
  }

  /** `[batch, ..., heads, size]` as `[batch, ...others, heads, places, size]`. */
  heads(x: Tensor): Tensor {
    const moved = transpose(x, this.#order());
    const lead = moved.shape.slice(0, this.#others.length + 2);
    return reshape(moved, [...lead, this.places(x.shape), x.shape.at(-1)!]);
  }

  /** The way back, for the places of the query. */
  restore(x: Tensor, query: readonly number[]): Tensor {
    const order = this.#order();
    const sizes = this.#attention.map((axis) => query[axis]!);
    const apart = reshape(x, [...x.shape.slice(0, -2), ...sizes, x.shape.at(-1)!]);
    return transpose(
      apart,
      order.map((_, axis) => order.indexOf(axis)),
    );
  }

  #order(): readonly number[] {
    return [0, ...this.#others, this.#rank - 1, ...this.#attention, this.#rank];
  }

  /** Shape of the weights: `[batch, ...others, heads, ...query places, ...key places]`. */
  scoreShape(query: BatchShape, key: BatchShape, heads: number): BatchShape {
    const at = (shape: BatchShape, axes: readonly number[]): BatchShape => axes.map((axis) => shape[axis]!);
    return [
      query[0]!,
      ...at(query, this.#others),
      heads,
      ...at(query, this.#attention),
      ...at(key, this.#attention),
    ];
  }

  /** A mask of queries or keys `[batch, ...places]` as one of scores. */
  across(mask: Tensor, of: "queries" | "keys", query: readonly number[], key: readonly number[]): Tensor {
    const pairs = this.#attention.reduce((x) => expandDims(x, of === "queries" ? -1 : 1), mask);
    return this.spread(pairs, query, key);
  }

  /**
   * A mask of pairs `[..., ...query places, ...key places]` as one of scores
   * `[batch, ...others, heads, places, places]`, with sizes of 1 where it says the same for all.
   */
  spread(mask: Tensor, query: readonly number[], key: readonly number[]): Tensor {
    const count = this.#attention.length;
    const lead = mask.shape.slice(0, -2 * count);
    const missing = this.#others.length + 2 - lead.length;
    if (missing < 0 || mask.rank < 2 * count) {
      throw new ShapeError(
        `${this.#owner}: bad mask, got [${mask.shape}], expected ${2 * count} axes of places ` +
          `behind at most ${this.#others.length + 2} of batch and heads`,
      );
    }
    const front = [...lead, ...new Array<number>(missing).fill(1)];
    if (count === 1) return reshape(mask, [...front, ...mask.shape.slice(-2)]);
    const sizes = [query, key].flatMap((shape) => this.#attention.map((axis) => shape[axis]!));
    return reshape(broadcastTo(mask, [...lead, ...sizes]), [...front, this.places(query), this.places(key)]);
  }
}
