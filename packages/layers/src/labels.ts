import { DataError, type HostArray } from "@hekla/tensor";
import type { BatchShape } from "./batch-shape.js";
import {
  ctc,
  type LossFunction,
  type LossLike,
  type SparseCrossentropyOptions,
  sparseCategoricalCrossentropy,
} from "./losses/index.js";

/** Losses by name whose labels are class numbers. */
const sparse: Readonly<Record<string, LossFunction>> = { sparseCategoricalCrossentropy, ctc };

/** Options of a loss whose labels are class numbers; undefined for others. */
function sparseOptions(loss: LossLike): SparseCrossentropyOptions | undefined {
  if (typeof loss === "function") return Object.values(sparse).includes(loss) ? {} : undefined;
  const { name, ...options } = typeof loss === "string" ? { name: loss } : loss;
  return Object.hasOwn(sparse, name) ? options : undefined;
}

/**
 * Class numbers must be those of classes that the model has: others would silently count as no class at all.
 * @throws DataError that names the sample
 */
export function checkLabels(
  caller: string,
  loss: LossLike,
  { data, shape }: HostArray,
  output: BatchShape,
): void {
  const options = sparseOptions(loss);
  const classes = output.at(options?.axis ?? -1);
  if (!options || typeof classes !== "number") return;
  for (let index = 0; index < data.length; index++) {
    const label = data[index]!;
    if (label >= 0 && label < classes && Number.isInteger(label)) continue;
    if (label === options.ignoreClass) continue;
    const sample = Math.floor((index * shape[0]!) / data.length);
    throw new DataError(
      `${caller}: label of sample ${sample} is no class, got ${label}, expected a whole number from 0 to ${classes - 1}`,
    );
  }
}
