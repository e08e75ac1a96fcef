import { HeklaError, type Tensor } from "@hekla/tensor";
import { type BatchShape, type Shapes, shapeList } from "../batch-shape.js";
import type { CallOptions, Config, Layer } from "../layer.js";
import { Input } from "../layers/core/input.js";
import type { LayerUse, SymbolicTensor } from "../symbolic-tensor.js";

/** Where a symbolic tensor comes from, by name: which output of which use of which layer. */
export type TensorPlace = readonly [layer: string, use: number, output: number];

/**
 * The layers between the inputs and the outputs of a functional model, in the order in which they run. The order of
 * `layers` is Keras's (by distance from the outputs, then as found from there), which is the order of weights in files.
 */
export class FunctionGraph {
  /** Uses of layers, each behind those whose results it takes. */
  readonly uses: readonly LayerUse[];
  readonly layers: readonly Layer[];

  /** @throws HeklaError where an output does not follow from the inputs */
  constructor(
    readonly inputs: readonly SymbolicTensor[],
    readonly outputs: readonly SymbolicTensor[],
  ) {
    const known = new Set(inputs);
    if (known.size < inputs.length)
      throw new HeklaError("model: an input is given twice, expected each once");
    const { order, found } = this.#search(known);
    const depths = depthsOf(order);
    const layerDepths = new Map<Layer, number>();
    for (const use of order) {
      layerDepths.set(use.layer, Math.max(layerDepths.get(use.layer) ?? 0, depths.get(use)!));
    }
    for (const { use } of inputs) if (use && !layerDepths.has(use.layer)) layerDepths.set(use.layer, 0);
    // Both sorts are stable.
    this.uses = [...order]
      .sort((a, b) => depths.get(b)! - depths.get(a)!)
      .filter(({ inputs: given }) => given.length > 0);
    this.layers = [...layerDepths.keys()].sort(
      (a, b) => layerDepths.get(b)! - layerDepths.get(a)! || (found.get(a) ?? -1) - (found.get(b) ?? -1),
    );
  }

  /** Uses in the order of a depth-first walk from the outputs, and when each layer was first met. */
  #search(inputs: ReadonlySet<SymbolicTensor>): { order: LayerUse[]; found: Map<Layer, number> } {
    const order: LayerUse[] = [];
    const found = new Map<Layer, number>();
    const finished = new Set<LayerUse>();
    // A stack of our own: models may be deeper than the call stack.
    const stack: { readonly use: LayerUse; next: number }[] = [];
    const enter = (tensor: SymbolicTensor): void => {
      const { use } = tensor;
      if (!use) throw new HeklaError("model: an output was made by no layer, expected the result of apply");
      if (finished.has(use)) return;
      if (use.inputs.length === 0 && !inputs.has(tensor)) {
        throw new HeklaError(
          `model: the outputs need ${use.layer.name} of shape (${tensor.shape.map((n) => n ?? "None").join(", ")}), ` +
            "got a graph without it, expected it among the inputs",
        );
      }
      if (!found.has(use.layer)) found.set(use.layer, found.size);
      stack.push({ use, next: 0 });
    };
    for (const output of this.outputs) {
      enter(output);
      while (stack.length > 0) {
        const top = stack[stack.length - 1]!;
        const input = top.use.inputs[top.next++];
        if (input) {
          enter(input);
          continue;
        }
        stack.pop();
        if (finished.has(top.use)) continue;
        finished.add(top.use);
        order.push(top.use);
      }
    }
    return { order, found };
  }

  /** Computes the outputs for values of the inputs. */
  run(values: readonly Tensor[], options: CallOptions): readonly Tensor[] {
    const results = new Map<SymbolicTensor, Tensor>(
      this.inputs.map((input, index) => [input, values[index]!]),
    );
    for (const use of this.uses) {
      const given = use.inputs.map((input) => results.get(input)!);
      const outputs = use.layer.applyAll(use.list ? given : given[0]!, {
        ...use.options,
        training: options.training ?? false,
      });
      use.outputs.forEach((output, index) => {
        results.set(output, outputs[index]!);
      });
    }
    return this.outputs.map((output) => results.get(output)!);
  }

  /** Shapes of the outputs for other shapes of the inputs. */
  outputShapes(given: Shapes): Shapes {
    const shapes = new Map<SymbolicTensor, BatchShape>();
    const list = shapeList(given);
    this.inputs.forEach((input, index) => {
      shapes.set(input, list[index]!);
    });
    for (const { layer, inputs, list: isList, outputs } of this.uses) {
      const taken = inputs.map((input) => shapes.get(input)!);
      const made = shapeList(layer.computeOutputShape(isList ? taken : taken[0]!));
      outputs.forEach((output, index) => {
        shapes.set(output, made[index]!);
      });
    }
    const result = this.outputs.map((output) => shapes.get(output)!);
    return result.length === 1 ? result[0]! : result;
  }

  /** Uses of one layer in this graph, in the order of running; an input's own use counts. */
  usesOf(layer: Layer): readonly LayerUse[] {
    if (layer instanceof Input) {
      return this.inputs.flatMap(({ use }) => (use?.layer === layer ? [use] : []));
    }
    return this.uses.filter((use) => use.layer === layer);
  }

  /** Makes the weights of layers that have none yet, for the shapes of their first use. */
  buildLayers(): void {
    for (const layer of this.layers) {
      const use = this.usesOf(layer)[0];
      if (layer.built || !use) continue;
      const shapes = use.inputs.map(({ shape }) => shape);
      layer.build(use.list ? shapes : shapes[0]!);
    }
  }

  /** Layers with their uses, inputs and outputs, as plain JSON. */
  getConfig(): Config {
    return {
      layers: this.layers.map((layer) => ({
        className: layer.className,
        config: layer.getConfig(),
        uses: this.usesOf(layer).map(({ inputs, list, options }) => ({
          inputs: inputs.map((input) => this.placeOf(input)),
          ...(list ? { list } : {}),
          ...(Object.keys(options).length > 0 ? { options } : {}),
        })),
      })),
      inputs: this.inputs.map((input) => this.placeOf(input)),
      outputs: this.outputs.map((output) => this.placeOf(output)),
    };
  }

  /** The name of a tensor in configs. */
  placeOf(tensor: SymbolicTensor): TensorPlace {
    const use = tensor.use!;
    return [use.layer.name, this.usesOf(use.layer).indexOf(use), use.outputs.indexOf(tensor)];
  }
}

/** Classes whose `call` takes masks in Keras, beside the recurrent ones. */
const takingMasks = new Set([
  "Softmax",
  "Attention",
  "AdditiveAttention",
  "MultiHeadAttention",
  "BatchNormalization",
  "GlobalAveragePooling1D",
  "TimeDistributed",
  "Bidirectional",
  "Sequential",
  "Functional",
]);

const takesMask = (layer: Layer): boolean => "returnSequences" in layer || takingMasks.has(layer.className);

/**
 * How many uses lie between each use and the outputs, at most; a layer's uses all count as its deepest. Keras computes
 * the mask of a Masking layer by two operations in its graph, so that what is before the layer lies one deeper if the
 * next layer takes the mask.
 */
function depthsOf(order: readonly LayerUse[]): Map<LayerUse, number> {
  const depths = new Map<LayerUse, number>();
  const layers = new Map<Layer, number>();
  const masked = new Map<LayerUse, number>();
  for (const use of [...order].reverse()) {
    const depth = Math.max(depths.get(use) ?? 0, layers.get(use.layer) ?? 0);
    depths.set(use, depth);
    layers.set(use.layer, depth);
    const operations = use.layer.className === "Masking" && masked.get(use) === depth - 1 ? 1 : 0;
    for (const { use: before } of use.inputs) {
      if (!before) continue;
      depths.set(before, Math.max(depth + 1 + operations, depths.get(before) ?? 0));
      if (takesMask(use.layer)) masked.set(before, Math.max(depth, masked.get(before) ?? 0));
    }
  }
  return depths;
}
