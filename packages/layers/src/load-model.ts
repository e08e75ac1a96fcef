import { DataError, type Optimizer } from "@hekla/tensor";
import { readBytes } from "./files.js";
import type { LayerClass } from "./layer.js";
import { layerFromConfig } from "./layer-classes.js";
import { Model } from "./model.js";
import { readModelFile, restoreValues, type SavedTraining } from "./state-file.js";
import type { CompileOptions } from "./training.js";

export interface LoadOptions {
  /**
   * Makes the optimizer that the file describes: `optimizerFromConfig` of `@hekla/optim`, or a function of yours. The
   * model is then compiled as it was and goes on training where it stopped. Default: the model is not compiled.
   */
  readonly optimizer?: (saved: SavedTraining["optimizer"]) => Optimizer;
  /** Layer classes that are not of this package. */
  readonly customLayers?: readonly LayerClass[];
  /** Name of the file, for errors. */
  readonly source?: string;
}

/**
 * The model in a file's bytes: layers, weights, and how it was compiled if `optimizer` is given.
 * @throws DataError where the file is broken, or was compiled with a loss of the user's own
 */
export function modelFromBytes(bytes: Uint8Array, options: LoadOptions = {}): Model {
  const { source = "model file", customLayers = [] } = options;
  const { file, saved } = readModelFile(bytes, source);
  const model = layerFromConfig(saved, customLayers);
  if (!(model instanceof Model)) {
    throw new DataError(
      `load: ${source}: the file is no model, got a ${saved.className}, expected Sequential or Functional`,
    );
  }
  if (options.optimizer && saved.training) compileAsSaved(model, saved.training, options.optimizer, source);
  restoreValues(model, file, source);
  return model;
}

function compileAsSaved(
  model: Model,
  training: SavedTraining,
  makeOptimizer: NonNullable<LoadOptions["optimizer"]>,
  source: string,
): void {
  const { loss, metrics, ...rest } = training;
  if (loss === null) {
    throw new DataError(
      `load: ${source}: the loss was a function, got none in the file, expected a name; load ` +
        "without optimizer, then compile and load the file into the model",
    );
  }
  const named = Array.isArray(metrics) ? metrics.filter((metric) => metric !== null) : metrics;
  model.compile({
    ...rest,
    optimizer: makeOptimizer(training.optimizer),
    loss,
    metrics: named,
  } as CompileOptions);
}

/** `modelFromBytes` for a file. Node only. */
export async function loadModel(path: string, options: LoadOptions = {}): Promise<Model> {
  return modelFromBytes(await readBytes(path), { source: path, ...options });
}
