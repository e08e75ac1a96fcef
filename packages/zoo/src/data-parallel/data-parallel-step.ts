import type { Model } from "@hekla/layers";
import {
  type Compiled,
  type CompiledEach,
  compile,
  compileEach,
  DataError,
  divide,
  type HostArray,
  type Optimizer,
  type Tensor,
  type Variable,
  valueAndGrad,
} from "@hekla/tensor";

/** What a data-parallel step trains, and how. */
export interface DataParallelOptions {
  /** Weights go through their constraints after each change. */
  readonly network: Model;
  /** The weights to be changed. Default: all trainable ones. */
  readonly weights?: readonly Variable[];
  readonly optimizer: Optimizer;
  /** Mean loss of samples `[samples, ...]`: a scalar. Reads Variables and assigns none. */
  readonly loss: (samples: Tensor) => Tensor;
  /** Parts into which each batch is cut, whatever the number of workers. */
  readonly shards: number;
}

interface Part {
  readonly loss: Tensor;
  readonly gradients: readonly Tensor[];
}

/**
 * A training step whose batch is cut into `shards` equal parts in order: workers, which are the threads of the backend,
 * compute loss and gradients of a part each, side by side; then the means `((g_0 + g_1) + g_2 + ...) / shards` change the
 * weights once.
 *
 * The parts and the order of the sum are fixed, and no thread shares the work on a part. So the result is the same, bit for
 * bit, for any number of workers. It differs from that of one part (`shards: 1`) by the rounding of sums.
 */
export class DataParallelStep {
  readonly #shards: number;
  readonly #gradients: CompiledEach<[Tensor], Part>;
  readonly #update: Compiled<[readonly Part[]], Tensor>;

  constructor({ network, optimizer, loss, shards, weights = network.trainableWeights }: DataParallelOptions) {
    this.#shards = shards;
    this.#gradients = compileEach((samples: Tensor) => {
      const { value, grads } = valueAndGrad(() => loss(samples), weights)();
      return { loss: value, gradients: weights.map((weight) => grads.get(weight)!) };
    });
    this.#update = compile((parts: readonly Part[]) => {
      const mean = (of: (part: Part) => Tensor) =>
        divide(
          parts.map(of).reduce((sum, one) => sum.add(one)),
          parts.length,
        );
      const gradients = weights.map((weight, at): [Variable, Tensor] => [
        weight,
        mean((part) => part.gradients[at]!),
      ]);
      optimizer.apply(new Map(gradients));
      for (const { weight, constraint } of network.weightRules) {
        if (constraint && weights.includes(weight)) weight.assign(constraint.project(weight.read()));
      }
      return mean((part) => part.loss);
    });
  }

  /**
   * Trains on a batch `[samples, ...]`; the mean loss before that.
   * @throws DataError unless the samples are a multiple of `shards`
   */
  async train(batch: HostArray): Promise<number> {
    const calls = shardsOf(batch, this.#shards).map((shard): [HostArray] => [shard]);
    return this.#update(this.#gradients(calls)).item();
  }

  dispose(): void {
    this.#gradients.dispose();
    this.#update.dispose();
  }
}

/** A batch `[samples, ...]` cut into equal parts, in order. */
export function shardsOf({ data, shape }: HostArray, shards: number): HostArray[] {
  const [samples = 0, ...inner] = shape;
  if (samples === 0 || samples % shards !== 0) {
    throw new DataError(
      `data-parallel: a batch cannot be cut evenly, got ${samples} samples, expected a multiple of ${shards}`,
    );
  }
  const size = data.length / shards;
  return Array.from({ length: shards }, (_, at) => ({
    data: data.subarray(at * size, (at + 1) * size),
    shape: [samples / shards, ...inner],
  }));
}
