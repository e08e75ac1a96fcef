import { loadModel, type Model } from "@hekla/layers";
import { DataError } from "@hekla/tensor";
import { ConfigError, type ConfigValue, keptConfig, resolveConfig, type ZooModel } from "@hekla/zoo";

/** A trained network and the settings it was trained with. */
export interface OpenWeights {
  readonly network: Model;
  readonly config: Record<string, ConfigValue>;
}

/** Loads a model file and checks that it holds the network of this zoo model. */
export async function openWeights(model: ZooModel, file: string): Promise<OpenWeights> {
  const network = await loadModel(file);
  const kept = keptConfig(network);
  if (kept && kept.id !== model.id) {
    throw new DataError(`${file}: holds another model, got ${kept.id}, expected ${model.id}`);
  }
  const config = configOf(model, kept?.config ?? {}, file);
  const expected = model.build(config);
  const shapes = (one: Model) => one.weights.map((weight) => `${weight.name}[${weight.shape}]`).join(" ");
  const [got, wanted] = [shapes(network), shapes(expected)];
  if (got !== wanted) {
    throw new DataError(
      `${file}: holds another network than ${model.id}, got weights ${got}, expected ${wanted}`,
    );
  }
  return { network, config };
}

/** The settings of training; files of Keras have none, and then the defaults say what to expect. */
function configOf(model: ZooModel, kept: Record<string, unknown>, file: string) {
  try {
    return resolveConfig(model.config, kept);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new DataError(`${file}: ${error.message}`);
  }
}
