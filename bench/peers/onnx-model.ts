import { makeWeights, permute } from "../src/inputs.js";
import type { CountedLayer, GemmShape, TrainingWork } from "../src/works.js";
import { type Field, message } from "./protobuf.js";

// Field numbers and constants of onnx.proto (ONNX IR version 8, operator set 17).
const FLOAT = 1;
const INTS = 7;
const IR_VERSION = 8;
const OPSET = 17;

function node(kind: string, inputs: readonly string[], output: string, ints: Record<string, number[]> = {}) {
  return message([
    ...inputs.map((name): Field => [1, name]),
    [2, output],
    [4, kind],
    ...Object.entries(ints).map(([name, values]): Field => {
      return [5, message([[1, name], ...values.map((value): Field => [8, value]), [20, INTS]])];
    }),
  ]);
}

function initializer(name: string, shape: readonly number[], data: Float32Array): Uint8Array {
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return message([...shape.map((size): Field => [1, size]), [2, FLOAT], [8, name], [9, raw]]);
}

function value(name: string, shape: readonly number[]): Uint8Array {
  const dimensions = message(shape.map((size): Field => [1, message([[1, size]])]));
  const tensor = message([
    [1, FLOAT],
    [2, dimensions],
  ]);
  return message([
    [1, name],
    [2, message([[1, tensor]])],
  ]);
}

interface Graph {
  nodes: readonly Uint8Array[];
  initializers: readonly Uint8Array[];
  inputs: readonly Uint8Array[];
  output: Uint8Array;
}

function model({ nodes, initializers, inputs, output }: Graph): Uint8Array<ArrayBuffer> {
  const graph = message([
    ...nodes.map((part): Field => [1, part]),
    [2, "bench"],
    ...initializers.map((part): Field => [5, part]),
    ...inputs.map((part): Field => [11, part]),
    [12, output],
  ]);
  return message([
    [1, IR_VERSION],
    [7, graph],
    [8, message([[2, OPSET]])],
  ]);
}

/** `left` by `right` gives `result`. */
export function productModel({ rows, inner, columns }: GemmShape): Uint8Array<ArrayBuffer> {
  return model({
    nodes: [node("MatMul", ["left", "right"], "result")],
    initializers: [],
    inputs: [value("left", [rows, inner]), value("right", [inner, columns])],
    output: value("result", [rows, columns]),
  });
}

/** A layer's weights as ONNX lays them out: kernels of convolutions are [outputs, inputs, height, width]. */
function weightsOf(layer: CountedLayer, index: number): Uint8Array[] {
  const [kernel, bias] = makeWeights(layer, index);
  const axes = layer.kind === "conv2d" ? [3, 2, 0, 1] : [0, 1];
  const shape = axes.map((axis) => kernel!.shape[axis]!);
  const turned = permute(kernel!.data, kernel!.shape, axes);
  return [initializer(`kernel${index}`, shape, turned), initializer(`bias${index}`, bias!.shape, bias!.data)];
}

/** The digit CNN with the shared first weights: `images` gives `result`, the probabilities. */
export function cnnModel(network: TrainingWork, batch: number): Uint8Array<ArrayBuffer> {
  const nodes: Uint8Array[] = [];
  let last = "images";
  const add = (kind: string, more: readonly string[], ints?: Record<string, number[]>): void => {
    const output = kind === "Softmax" ? "result" : `value${nodes.length}`;
    nodes.push(node(kind, [last, ...more], output, ints));
    last = output;
  };
  network.layers.forEach((layer, index) => {
    const weights = [`kernel${index}`, `bias${index}`];
    if (layer.kind === "conv2d") {
      const pad = (layer.kernelSize - 1) / 2;
      add("Conv", weights, {
        kernel_shape: [layer.kernelSize, layer.kernelSize],
        pads: [pad, pad, pad, pad],
      });
      add("Relu", []);
      add("MaxPool", [], { kernel_shape: [2, 2], strides: [2, 2] });
      return;
    }
    if (network.layers[index - 1]?.kind === "conv2d") add("Flatten", []);
    add("Gemm", weights);
    add(index === network.layers.length - 1 ? "Softmax" : "Relu", []);
  });
  return model({
    nodes,
    initializers: network.layers.flatMap(weightsOf),
    inputs: [value("images", [batch, ...network.inputShape])],
    output: value("result", [batch, network.outputs]),
  });
}
