import { DataError, type HostArray, type Optimizer, ShapeError, type Variable } from "@hekla/tensor";
import { configText } from "../keras/json.js";
import { type SavedTraining, savedTraining } from "../keras/saved-training.js";
import type { Assignments } from "../keras/weights-file.js";
import type { Layer } from "../layer.js";
import type { CompileOptions } from "../training/training.js";
import { encodeTensors, type TensorFile } from "./safetensors.js";

export type { Saved, SavedTraining } from "../keras/saved-training.js";

/** A model as files need it. */
export interface Stateful extends Layer {
  readonly layers: readonly Layer[];
  readonly compileOptions: CompileOptions | undefined;
  readonly attachments: Readonly<Record<string, unknown>>;
}

/** What stands in a file's metadata. */
export interface SavedModel {
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly training?: SavedTraining;
  readonly attachments?: Readonly<Record<string, unknown>>;
}

/** Version of the file's layout. */
const format = "hekla-1";

const weightPrefix = "weights/";
const statePrefix = "states/";
const optimizerPrefix = "optimizer/";

/** Every Variable that a file keeps, by the name it has there. */
function entriesOf(model: Stateful, optimizer: Optimizer | undefined): Map<string, Variable> {
  const entries = new Map<string, Variable>();
  const add = (prefix: string, pairs: Iterable<readonly [string, Variable]>): void => {
    for (const [path, variable] of pairs) {
      // Two nested models may have layers of the same name.
      let name = prefix + path;
      for (let number = 2; entries.has(name); number++) name = `${prefix}${path}#${number}`;
      entries.set(name, variable);
    }
  };
  add(weightPrefix, model.namedWeights());
  if (optimizer) {
    optimizer.build(model.trainableWeights);
    add(statePrefix, model.namedStates());
    add(
      optimizerPrefix,
      optimizer.variables.map((variable) => [variable.name, variable] as const),
    );
  }
  return entries;
}

/** The model as one file; `options` says how it was compiled if the optimizer's state is to be in it. */
export async function tensorFileOf(
  model: Stateful,
  options: CompileOptions | undefined,
): Promise<Uint8Array> {
  const tensors = new Map<string, HostArray>();
  for (const [name, variable] of entriesOf(model, options?.optimizer)) {
    tensors.set(name, { data: await variable.data(), shape: variable.shape });
  }
  const saved: SavedModel = {
    className: model.className,
    config: model.getConfig(),
    ...(options ? { training: savedTraining(options) } : {}),
    ...(hasAny(model.attachments) ? { attachments: model.attachments } : {}),
  };
  return encodeTensors({ tensors, metadata: { format, model: configText(saved) } });
}

/** Files of models without attachments do not mention them. */
export const hasAny = (attachments: Readonly<Record<string, unknown>>): boolean =>
  Object.keys(attachments).length > 0;

/** What the file says about the model; throws DataError where it is broken. */
export function savedModel({ metadata }: TensorFile, source: string): SavedModel {
  if (metadata.format !== format) {
    throw new DataError(
      `load: ${source}: the file is no model of this version, got format ` +
        `${JSON.stringify(metadata.format)}, expected "${format}"`,
    );
  }
  try {
    return JSON.parse(metadata.model!) as SavedModel;
  } catch {
    throw new DataError(
      `load: ${source}: the model's config cannot be read, got broken JSON, expected a config`,
    );
  }
}

/** What a file says of the model's variables, and of the optimizer's if one is given and the file has them. */
export function planRestore(
  model: Stateful,
  file: TensorFile,
  source: string,
  optimizer: Optimizer | undefined,
): Assignments {
  savedModel(file, source);
  const kept = [...file.tensors.keys()].some((name) => name.startsWith(optimizerPrefix));
  const entries = entriesOf(model, kept ? optimizer : undefined);
  for (const name of file.tensors.keys()) {
    const wanted = name.startsWith(weightPrefix) || optimizer !== undefined;
    if (wanted && !entries.has(name)) {
      throw new DataError(
        `load: ${source}: the model has no tensor of this name, got ${name}, expected ` +
          `${[...entries.keys()].join(", ")}`,
      );
    }
  }
  return [...entries].map(([name, variable]) => [
    variable,
    fitting(name, variable, file.tensors.get(name), source),
  ]);
}

function fitting(name: string, variable: Variable, value: HostArray | undefined, source: string): HostArray {
  if (!value) throw new DataError(`load: ${source}: a tensor is missing, got no ${name}, expected one`);
  if (value.shape.join() !== variable.shape.join()) {
    throw new ShapeError(
      `load: ${source}: tensor ${name} does not fit, got [${value.shape}], expected [${variable.shape}]`,
    );
  }
  return value;
}
