import { DataError, type HostArray } from "@hekla/tensor";
import type { BatchShape } from "./batch-shape.js";
import { type LossLike, sparseCategoricalCrossentropy } from "./losses.js";

/** Whether labels under this loss are class numbers. */
const takesClassNumbers = (loss: LossLike): boolean =>
  typeof loss === "function"
    ? loss === sparseCategoricalCrossentropy
    : (typeof loss === "string" ? loss : loss.name) === "sparseCategoricalCrossentropy";

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
  const classes = output.at(-1);
  if (!takesClassNumbers(loss) || typeof classes !== "number") return;
  for (let index = 0; index < data.length; index++) {
    const label = data[index]!;
    if (label >= 0 && label < classes && Number.isInteger(label)) continue;
    const sample = Math.floor((index * shape[0]!) / data.length);
    throw new DataError(
      `${caller}: label of sample ${sample} is no class, got ${label}, expected a whole number from 0 to ${classes - 1}`,
    );
  }
}
