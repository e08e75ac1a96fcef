import { DataError } from "@hekla/tensor";
import { type BatchShape, formatBatchShape, product } from "../batch-shape.js";
import type { Layer } from "../layer.js";
import type { FunctionGraph } from "./function-graph.js";

/** A model as the table needs it. */
interface Summarized extends Layer {
  readonly layers: readonly Layer[];
  readonly graph: FunctionGraph | undefined;
  /** Of a Sequential. */
  readonly layerShapes?: readonly BatchShape[];
}

export interface SummaryOptions {
  /** Called with the text. */
  readonly print?: (text: string) => void;
  /** Whether layers of nested models get rows of their own. Default false. */
  readonly expandNested?: boolean;
}

/** Keras 2's tables: the columns' ends, for a list of layers and for a graph, which tells what each is connected to. */
const listEnds = [29, 55, 65];
const graphEnds = [32, 53, 65, 98];

function row(fields: readonly string[], ends: readonly number[]): string {
  let line = "";
  fields.forEach((field, column) => {
    // A field that fills its column still leaves a space before the next.
    const before = column > 0 ? `${line.slice(0, -1)} ` : line;
    line = (before + field).slice(0, ends[column]).padEnd(ends[column]!);
  });
  return line;
}

const count = (variables: readonly { shape: readonly number[] }[]): string =>
  variables.reduce((total, { shape }) => total + product(shape), 0).toLocaleString("en-US");

const formatShapes = (shapes: readonly BatchShape[]): string =>
  shapes.length === 1 ? formatBatchShape(shapes[0]!) : `[${shapes.map(formatBatchShape).join(", ")}]`;

/** The lines of one layer; in a graph one for each layer it is connected to. */
function rowsOf(
  model: Summarized,
  layer: Layer,
  index: number,
  indent: string,
  ends: readonly number[],
): string {
  const title = `${indent}${layer.name} (${layer.className})`;
  const params = String(layer.countParams());
  const { graph } = model;
  if (!graph) {
    const shape = model.layerShapes?.[index];
    return row([title, shape ? formatBatchShape(shape) : "?", params], ends);
  }
  const uses = graph.usesOf(layer);
  const shapes = new Set(uses.map(({ outputs }) => formatShapes(outputs.map(({ shape }) => shape))));
  const text = shapes.size === 1 ? [...shapes][0]! : "multiple";
  const sources = uses.flatMap((use) =>
    use.inputs.map((input) => {
      const [name, at, output] = graph.placeOf(input);
      return `${name}[${at}][${output}]`;
    }),
  );
  const lines = [
    [title, text, params, sources[0] ?? ""],
    ...sources.slice(1).map((source) => ["", "", "", source]),
  ];
  return lines.map((fields) => row(fields, ends)).join("\n");
}

const isModel = (layer: Layer): layer is Summarized => "layers" in layer && "graph" in layer;

function rowsOfAll(model: Summarized, expand: boolean, indent: string, ends: readonly number[]): string[] {
  return model.layers.flatMap((layer, index) => [
    rowsOf(model, layer, index, indent, ends),
    ...(expand && isModel(layer) ? rowsOfAll(layer, expand, `${indent}  `, ends) : []),
  ]);
}

/**
 * The model as a table of layers, output shapes and numbers of parameters; of a functional model also what each layer is
 * connected to.
 * Source: Keras 2.3 `print_summary`.
 */
export function summary(model: Summarized, { expandNested = false }: SummaryOptions = {}): string {
  if (!model.built) {
    throw new DataError(
      "summary: the model is not built, got no input shape, expected inputShape on its first " +
        "layer, an Input, or a call of fit",
    );
  }
  const ends = model.graph ? graphEnds : listEnds;
  const width = ends.at(-1)!;
  const heads = ["Layer (type)", "Output Shape", "Param #", "Connected to"];
  return [
    `Model: "${model.name}"`,
    "_".repeat(width),
    row(heads.slice(0, ends.length), ends),
    "=".repeat(width),
    rowsOfAll(model, expandNested, "", ends).join(`\n${"_".repeat(width)}\n`),
    "=".repeat(width),
    `Total params: ${count(model.weights)}`,
    `Trainable params: ${count(model.trainableWeights)}`,
    `Non-trainable params: ${count(model.nonTrainableWeights)}`,
    "_".repeat(width),
  ].join("\n");
}
