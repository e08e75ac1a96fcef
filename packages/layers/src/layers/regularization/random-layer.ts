import { DataError, type RandomStream } from "@hekla/tensor";
import type { BatchShape } from "../../batch-shape.js";
import type { Config, LayerOptions } from "../../layer.js";
import { SameShapeLayer } from "../../same-shape-layer.js";

export interface RandomOptions extends LayerOptions {
  /** Default null: the model's seed. */
  readonly seed?: number | null;
}

/** A layer that draws numbers anew in each training step, from a stream of its own that is saved with the model. */
export abstract class RandomLayer extends SameShapeLayer {
  readonly seed: number | null;
  #stream: RandomStream | undefined;

  constructor(options: RandomOptions) {
    super(options);
    this.seed = options.seed ?? null;
  }

  protected get stream(): RandomStream {
    return this.#stream!;
  }

  override build(inputShape: BatchShape): void {
    this.#stream = this.seeds.nextStream("dropout", this.seed ?? undefined);
    this.addState(this.#stream.state);
    super.build(inputShape);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), ...(this.seed === null ? {} : { seed: this.seed }) };
  }
}

/** The rate itself; throws DataError unless it is from 0 to `highest`, by default to below 1. */
export function checkRate(owner: string, rate: number, highest?: number): number {
  if (rate >= 0 && (highest === undefined ? rate < 1 : rate <= highest)) return rate;
  const range = highest === undefined ? "to below 1" : `to ${highest}`;
  throw new DataError(`${owner}: bad rate, got ${rate}, expected a number from 0 ${range}`);
}
