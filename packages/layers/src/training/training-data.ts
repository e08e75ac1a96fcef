import { DataError, type HostArray } from "@hekla/tensor";
import { kindOf } from "../kind-of.js";
import type { Model } from "../models/model.js";
import type { LabelledBatch } from "./batch-source.js";
import { checkSamples } from "./batches.js";
import { checkLabels } from "./labels.js";
import { fitShape, isByName, type ModelData, modelData } from "./model-data.js";
import type { HostBatch } from "./training.js";

/**
 * Samples as the model takes them; the model is built for them if it is not yet.
 * @throws DataError, ShapeError where they cannot be used
 */
export function prepareSamples(owner: string, model: Model, data: ModelData): readonly HostArray[] {
  const names = model.inputNames;
  const arrays = modelData(owner, "x", data, names);
  const title = (index: number): string => (arrays.length === 1 ? "x" : `x (${names?.[index] ?? index})`);
  arrays.forEach((array, index) => {
    checkSamples(owner, title(index), array);
  });
  const count = arrays[0]!.shape[0];
  const other = arrays.find(({ shape }) => shape[0] !== count);
  if (other) {
    throw new DataError(
      `${owner}: inputs differ in number of samples, got [${arrays[0]!.shape}] and [${other.shape}], expected as many`,
    );
  }
  model.ready(arrays);
  const expected = model.inputShapes;
  return arrays.map((array, index) =>
    expected ? fitShape(owner, title(index), array, expected[index]!) : array,
  );
}

export interface WeightsOfClasses {
  /** Weight of each class by its number; classes that are not named weigh 1. */
  readonly classWeight?: Readonly<Record<number, number>> | undefined;
}

/**
 * Samples, labels and weights of samples, all checked: as many of each, no NaN, labels that are classes.
 * @throws DataError, ShapeError where they cannot be used
 */
export function prepareBatch(
  owner: string,
  model: Model,
  given: LabelledBatch,
  { classWeight }: WeightsOfClasses = {},
): HostBatch {
  const [xData, yData, weightData] = partsOf(owner, given);
  const x = prepareSamples(owner, model, xData);
  const { objectives } = model.training(owner);
  const names = model.outputNames;
  const y = labelsOf(owner, model, yData);
  const title = (what: string, index: number): string =>
    y.length === 1 ? what : `${what} (${names[index] ?? index})`;
  y.forEach((array, index) => {
    checkLabelled(owner, x[0]!, title("y", index), array);
    const output = model.outputShapes?.[index];
    const loss = objectives[index]?.lossLike;
    if (output && loss) checkLabels(owner, loss, array, output);
  });
  if (weightData !== undefined && classWeight) {
    throw new DataError(`${owner}: got sampleWeight and classWeight, expected one of them`);
  }
  const sampleWeight = classWeight
    ? [weightsOfClasses(owner, y, classWeight)]
    : weightData === undefined
      ? []
      : weightsOfOutputs(owner, weightData, names);
  sampleWeight.forEach((array, index) => {
    checkLabelled(owner, x[0]!, title("sampleWeight", index), array);
  });
  return { x, y, sampleWeight };
}

/** Samples, labels and weights of a batch in whichever form it came. */
export function partsOf(
  owner: string,
  batch: LabelledBatch,
): Exclude<LabelledBatch, { readonly x: unknown }> {
  if (Array.isArray(batch) && batch.length > 0) return batch as [ModelData];
  if (typeof batch === "object" && batch && "x" in batch) return [batch.x, batch.y, batch.sampleWeight];
  throw new DataError(
    `${owner}: that is no batch, got ${kindOf(batch)}, expected [x, y], [x, y, sampleWeight] or { x, y, sampleWeight }`,
  );
}

/** Labels of each output; a model's own step may do without, or with labels of its own. */
function labelsOf(owner: string, model: Model, data: ModelData | null | undefined): readonly HostArray[] {
  if (data !== null && data !== undefined) {
    return modelData(owner, "y", data, model.trainStep ? undefined : model.outputNames);
  }
  if (model.trainStep && (owner === "fit" || owner === "trainOnBatch")) return [];
  throw new DataError(`${owner}: there are no labels, got samples alone, expected labels y for them`);
}

/** Weights for each output; one array is for all of them. */
function weightsOfOutputs(owner: string, data: ModelData, names: readonly string[]): readonly HostArray[] {
  const given = modelData(owner, "sampleWeight", data, isByName(data) ? names : undefined);
  if (given.length === 1) return names.map(() => given[0]!);
  return modelData(owner, "sampleWeight", given, names);
}

function checkLabelled(owner: string, x: HostArray, name: string, array: HostArray): void {
  if (x.shape[0] !== array.shape[0]) {
    const what = name.startsWith("y") ? "labels" : name;
    throw new DataError(
      `${owner}: samples and labels differ in number, got ${x.shape[0]} samples ` +
        `[${x.shape}] and ${array.shape[0]} ${what} [${array.shape}], expected as many`,
    );
  }
  checkSamples(owner, name, array);
}

/**
 * The weight of each sample's class. Labels are class numbers `[samples]` or `[samples, 1]`, else the largest of the
 * last axis is the class. Source: Keras 3 `class_weight_to_sample_weights`.
 */
function weightsOfClasses(
  owner: string,
  y: readonly HostArray[],
  classWeight: Readonly<Record<number, number>>,
): HostArray {
  const labels = y[0]!;
  if (y.length > 1) {
    throw new DataError(`${owner}: got classWeight for ${y.length} outputs, expected a model with one`);
  }
  if (labels.shape.length > 2) {
    throw new DataError(
      `${owner}: got classWeight for labels [${labels.shape}], expected one class a sample; use sampleWeight`,
    );
  }
  const { data, shape } = labels;
  const width = shape[1] ?? 1;
  const weights = Float32Array.from({ length: shape[0]! }, (_, sample) => {
    const row = data.subarray(sample * width, (sample + 1) * width);
    const label = width === 1 ? Math.round(row[0]!) : row.indexOf(Math.max(...row));
    return Object.hasOwn(classWeight, label) ? classWeight[label]! : 1;
  });
  return { data: weights, shape: [shape[0]!] };
}
