import { DataError } from "@hekla/tensor";
import { type BatchShape, formatBatchShape, product } from "./batch-shape.js";
import type { Layer } from "./layer.js";

/** A model as the table needs it. */
interface Summarized extends Layer {
  readonly layers: readonly Layer[];
  readonly outputShapes: readonly BatchShape[];
}

/** Keras 2's table: 65 characters wide, columns that end at 29, 55 and 65. */
const columnEnds = [29, 55, 65];
const width = 65;

function row(fields: readonly string[]): string {
  let line = "";
  fields.forEach((field, column) => {
    // A field that fills its column still leaves a space before the next.
    const before = column > 0 ? `${line.slice(0, -1)} ` : line;
    line = (before + field).slice(0, columnEnds[column]).padEnd(columnEnds[column]!);
  });
  return line;
}

const count = (variables: readonly { shape: readonly number[] }[]): string =>
  variables.reduce((total, { shape }) => total + product(shape), 0).toLocaleString("en-US");

/**
 * The model as a table of layers, output shapes and numbers of parameters.
 * Source: Keras 2.3 `print_summary`.
 */
export function summary(model: Summarized): string {
  if (!model.built) {
    throw new DataError(
      "summary: the model is not built, got no input shape, expected inputShape on its first " +
        "layer, an Input, or a call of fit",
    );
  }
  const rows = model.layers.map((layer, index) =>
    row([
      `${layer.name} (${layer.className})`,
      formatBatchShape(model.outputShapes[index]!),
      String(layer.countParams()),
    ]),
  );
  return [
    `Model: "${model.name}"`,
    "_".repeat(width),
    row(["Layer (type)", "Output Shape", "Param #"]),
    "=".repeat(width),
    rows.join(`\n${"_".repeat(width)}\n`),
    "=".repeat(width),
    `Total params: ${count(model.weights)}`,
    `Trainable params: ${count(model.trainableWeights)}`,
    `Non-trainable params: ${count(model.nonTrainableWeights)}`,
    "_".repeat(width),
  ].join("\n");
}
