import { DataError, HeklaError, type HostArray, type Optimizer, ShapeError } from "@hekla/tensor";
import { failIn, isObject, objectOf, parseObject } from "../keras/json.js";
import { isOfKeras2, legacyConfig } from "../keras/legacy-h5.js";
import { KerasConfigs } from "../keras/read-config.js";
import { namedMetrics, type SavedTraining } from "../keras/saved-training.js";
import { openTensorflowJs, shardPaths, tensorflowJsWeights } from "../keras/tensorflow-js.js";
import { lossScale, readTraining } from "../keras/training-config.js";
import { type Assignments, hasLossScale, valuesIn } from "../keras/weights-file.js";
import type { LayerClass, LayerConfig } from "../layer.js";
import { layerFromConfig } from "../layer-classes.js";
import { Model } from "../models/model.js";
import type { CompileOptions } from "../training/training.js";
import { withWeightBudget } from "../weight-budget.js";
import { readBytes } from "./files.js";
import { assignmentsFrom, type OpenFile, type OpenOptions, openFile } from "./open-file.js";
import { savedModel } from "./state-file.js";

export interface LoadOptions extends OpenOptions {
  /**
   * Makes the optimizer that the file describes: `optimizerFromConfig` of `@hekla/optim`, or a function of yours. The
   * model is then compiled as it was and goes on training where it stopped. Default: the model is not compiled.
   */
  readonly optimizer?: (saved: SavedTraining["optimizer"]) => Optimizer;
  /** Layer classes that are not of this package. */
  readonly customLayers?: readonly LayerClass[];
}

/** A file's model before it is made. */
interface Described {
  readonly config: LayerConfig;
  readonly training: () => SavedTraining | undefined;
  /** How many values the file holds. */
  readonly values: number;
  readonly assignments: (model: Model) => Assignments;
  readonly attachments?: unknown;
}

const sizeOf = (arrays: Iterable<HostArray>): number =>
  [...arrays].reduce((sum, { data }) => sum + data.length, 0);

/** How a model was compiled, with the optimizer inside one that scales the loss where that is not said. */
function scaledWhere(scales: boolean, training: SavedTraining | undefined): SavedTraining | undefined {
  if (!scales || !training || training.optimizer.className === lossScale) return training;
  return { ...training, optimizer: { className: lossScale, innerOptimizer: training.optimizer } };
}

function describe(opened: OpenFile, customLayers: readonly LayerClass[]): Described {
  const { source } = opened;
  const fail = failIn(source);
  const assignments = (model: Model): Assignments => assignmentsFrom(opened, model);
  if (opened.kind === "safetensors") {
    const { className, config, training, attachments } = savedModel(opened.file, source);
    const values = sizeOf(opened.file.tensors.values());
    return { config: { className, config }, training: () => training, values, assignments, attachments };
  }
  if (opened.kind === "keras") {
    const { config, own, weights, isKeras2 } = opened.file;
    const seeds = isObject(own.seeds) ? own.seeds : {};
    const saved = isObject(own.training) ? (own.training as unknown as SavedTraining) : undefined;
    return {
      config: new KerasConfigs({ source, customLayers, seeds, isKeras2 }).layer(config),
      training: () => saved ?? scaledWhere(hasLossScale(weights), readTraining(config.compile_config, fail)),
      values: valuesIn(weights),
      assignments,
      attachments: own.attachments,
    };
  }
  const config = legacyConfig(opened.root, "model_config", source);
  if (!config) {
    return fail("the file holds no model", "weights alone", "a model; make it, then use its loadWeights");
  }
  return {
    config: new KerasConfigs({ source, customLayers, isKeras2: isOfKeras2(opened.root) }).layer(config),
    training: () => readTraining(legacyConfig(opened.root, "training_config", source), fail),
    values: valuesIn(opened.root),
    assignments,
  };
}

/**
 * The model in a file's bytes: layers, weights, and how it was compiled if `optimizer` is given. The format is told by
 * the first bytes: `.keras` of this package and of Keras 3, legacy `.h5` of Keras 2 and 3, `.safetensors` of this package.
 * @throws DataError where the file is broken, holds what is not known here, or was compiled with a loss of the user's own
 */
export function modelFromBytes(bytes: Uint8Array, options: LoadOptions = {}): Model {
  const { source = "model file", customLayers = [] } = options;
  return guarded(source, () =>
    make(describe(openFile(bytes, { ...options, source }), customLayers), options),
  );
}

/**
 * The model that TensorFlow.js saved as a layers model: the content of its model.json, and its shards by their paths.
 * @throws DataError where they do not go together or hold what is not known here
 */
export function modelFromTensorflowJs(
  modelJson: unknown,
  shards: ReadonlyMap<string, Uint8Array>,
  options: LoadOptions = {},
): Model {
  const { source = "model.json", customLayers = [], maxBytes } = options;
  return guarded(source, () => {
    const file = openTensorflowJs(objectOf(modelJson, "the model", failIn(source)), shards, source, maxBytes);
    const described: Described = {
      config: new KerasConfigs({ source, customLayers, isKeras2: true }).layer(file.topology),
      training: () => undefined,
      values: sizeOf(file.weights.values()),
      assignments: (model) => tensorflowJsWeights(file, model, source),
    };
    return make(described, options);
  });
}

function make(described: Described, options: LoadOptions): Model {
  const { config, training, values, assignments, attachments } = described;
  const { source = "model file", customLayers = [], optimizer } = options;
  // Somewhat more than the file holds: what is missing is named then.
  const model = withWeightBudget(2 * values + 65536, () => layerFromConfig(config, customLayers));
  if (!(model instanceof Model)) {
    throw new DataError(
      `load: ${source}: the file is no model, got a ${config.className}, expected Sequential or Functional`,
    );
  }
  const saved = optimizer ? training() : undefined;
  if (saved) compileAsSaved(model, saved, optimizer!, source);
  for (const [variable, { data }] of assignments(model)) variable.write(data);
  if (isObject(attachments)) model.attachments = { ...attachments };
  return model;
}

/** What is wrong in a file is a DataError or a ShapeError that names it, whatever it made fail. */
function guarded<T>(source: string, load: () => T): T {
  try {
    return load();
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const named = text.startsWith("load: ") ? text : `load: ${source}: ${text}`;
    if (error instanceof ShapeError) throw new ShapeError(named);
    if (error instanceof HeklaError) throw new DataError(named);
    throw new DataError(`load: ${source}: the model cannot be made, got ${text}, expected a sound config`);
  }
}

function compileAsSaved(
  model: Model,
  training: SavedTraining,
  makeOptimizer: NonNullable<LoadOptions["optimizer"]>,
  source: string,
): void {
  const { loss } = training;
  const { length } = model.outputNames;
  if (loss === null) {
    throw new DataError(
      `load: ${source}: the loss was a function, got none in the file, expected a name; load ` +
        "without optimizer, then compile and load the file into the model",
    );
  }
  model.compile({
    ...training,
    optimizer: makeOptimizer(training.optimizer),
    metrics: namedMetrics(training.metrics, length),
    weightedMetrics: namedMetrics(training.weightedMetrics, length),
  } as CompileOptions);
}

/** `modelFromBytes` for a file, `modelFromTensorflowJs` for a `.json` with the shards beside it. Node only. */
export async function loadModel(path: string, options: LoadOptions = {}): Promise<Model> {
  const bytes = await readBytes(path);
  const source = options.source ?? path;
  if (!path.endsWith(".json")) return modelFromBytes(bytes, { ...options, source });
  const json = parseObject(new TextDecoder().decode(bytes), "the model", failIn(source));
  const folder = path.replace(/[^/\\]*$/, "");
  const shards = new Map<string, Uint8Array>();
  for (const name of shardPaths(json, source)) shards.set(name, await readBytes(folder + name));
  return modelFromTensorflowJs(json, shards, { ...options, source });
}
