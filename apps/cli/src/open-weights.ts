import { loadModel, type Model } from "@hekla/layers";
import { DataError } from "@hekla/tensor";
import { resolveConfig, type ZooModel } from "@hekla/zoo";

/** Loads a model file and checks that it holds the network of this zoo model. */
export async function openWeights(model: ZooModel, file: string): Promise<Model> {
  const network = await loadModel(file);
  const expected = model.build(resolveConfig(model.config));
  const shapes = (one: Model) => one.weights.map((weight) => `${weight.name}[${weight.shape}]`).join(" ");
  const [got, wanted] = [shapes(network), shapes(expected)];
  if (got !== wanted) {
    throw new DataError(
      `${file}: holds another network than ${model.id}, got weights ${got}, expected ${wanted}`,
    );
  }
  return network;
}
