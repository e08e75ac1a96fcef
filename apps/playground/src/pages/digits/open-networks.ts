import { functional, Model, type Sequential } from "@hekla/layers";
import { mnistCnn, mnistMlp, resolveConfig } from "@hekla/zoo";
import { pretrained } from "@hekla/zoo/pretrained";
import type { LayerText, ModelId, Weights } from "./messages.js";

export const models = { "mnist-cnn": mnistCnn, "mnist-mlp": mnistMlp } as const;

/** A network that shows the output of each of its layers. */
export interface OpenNetwork {
  readonly layers: readonly LayerText[];
  readonly parameters: number;
  /** Of one sample. */
  readonly inputShape: readonly number[];
  /** Its outputs are those of all layers. */
  readonly model: Model;
}

/** A network with the weights that come with the zoo. */
export async function openShipped(id: ModelId): Promise<OpenNetwork> {
  return withAllOutputs(await pretrained(id));
}

/** The network that a training has made. */
export function openTrained({ model, config, values }: Weights): OpenNetwork {
  const { build, config: schema } = models[model];
  const network = build(resolveConfig(schema, config));
  network.setWeights(values);
  return withAllOutputs(network);
}

function withAllOutputs(network: Model): OpenNetwork {
  const base = functional(network as Sequential); // cast: the digit models' `build` makes one
  const layers = (network as Sequential).layers;
  const outputs = layers.map(({ name }) => base.getLayer(name).outputs[0]!);
  return {
    layers: layers.map((layer, at) => ({
      name: layer.name,
      type: layer.className,
      shape: withoutBatch(outputs[at]!.shape),
    })),
    parameters: network.countParams(),
    inputShape: withoutBatch(network.batchInputShape ?? []),
    model: new Model(base.inputs, outputs, { name: "all_layers" }),
  };
}

function withoutBatch(shape: readonly (number | null)[]): readonly number[] {
  return shape.slice(1).map((length) => length ?? 0);
}
