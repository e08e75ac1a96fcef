import { HeklaError } from "@hekla/tensor";
import { input } from "../layers/core/symbolic-input.js";
import { Model } from "./model.js";
import type { Sequential } from "./sequential.js";

/**
 * The layers of a `Sequential`, weights and all, as a functional model, so that models can be made of its `inputs` and
 * of the `outputs` of any of its layers: `const base = functional(classifier); new Model(base.inputs,
 * base.getLayer("features").outputs)`. Both share their layers. In Keras each `Sequential` is such a model already.
 * @throws HeklaError where the model has no layers or its input's shape is not known yet
 */
export function functional(model: Sequential): Model {
  const shape = model.batchInputShape;
  const [first, ...others] = model.layers;
  if (!shape || !first) {
    throw new HeklaError(
      `functional: ${model.name} has no graph yet, got ${first ? "no input shape" : "no layers"}, expected an Input ` +
        "and layers, or a call of fit before",
    );
  }
  const inputs = input(shape.slice(1), { name: `${model.name}_input` });
  const outputs = others.reduce((x, layer) => layer.apply(x), first.apply(inputs));
  return new Model(inputs, outputs, { name: model.name, seed: model.seed });
}
