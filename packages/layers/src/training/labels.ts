import { DataError, type HostArray } from "@hekla/tensor";
import { type BatchShape, formatBatchShape } from "../batch-shape.js";
import type { LossLike } from "../losses/core-losses.js";
import { type SparseCrossentropyOptions, sparseCategoricalCrossentropy } from "../losses/crossentropy.js";

/** Options of a loss whose labels are class numbers; undefined for others. */
function sparseOptions(loss: LossLike): SparseCrossentropyOptions | undefined {
  if (typeof loss === "function") {
    return loss === sparseCategoricalCrossentropy || loss.ofClassNumbers ? {} : undefined;
  }
  const { name, ...options } = typeof loss === "string" ? { name: loss } : loss;
  return name === "sparseCategoricalCrossentropy" || name === "ctc" ? options : undefined;
}

/** Whether labels `[batch]` or `[batch, 1]` stand where one-hot rows of the output's shape should. */
function numbersForOneHot(loss: LossLike, shape: readonly number[], output: BatchShape): boolean {
  const name = typeof loss === "string" ? loss : typeof loss === "object" ? loss.name : "";
  if (name !== "categoricalCrossentropy" || (output.at(-1) ?? 1) <= 1) return false;
  return shape.length === output.length - 1 || (shape.length === output.length && shape.at(-1) === 1);
}

/**
 * Class numbers must be those of classes that the model has: others would silently count as no class at all.
 * @throws DataError that names the sample, or for class numbers where the loss wants one-hot labels
 */
export function checkLabels(
  caller: string,
  loss: LossLike,
  { data, shape }: HostArray,
  output: BatchShape,
): void {
  if (numbersForOneHot(loss, shape, output)) {
    throw new DataError(
      `${caller}: categoricalCrossentropy takes one-hot labels, got class numbers [${shape}], expected ` +
        `${formatBatchShape(output)}; sparseCategoricalCrossentropy takes class numbers`,
    );
  }
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
